import { cachedOrder } from "../row-order.js";
import { type Cursor, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { rowStage } from "./source.js";

/**
 * Keeps the elements of the first pass that reaches its end in memory; later passes give these.
 *
 * A pass that is given up early keeps nothing, as TensorFlow's memory cache does. Semantics: `CacheDatasetV2` without a file.
 */
export function cacheStage(source: Stage): Stage {
  if (source.rows !== undefined) return rowStage(source.rows.table, cachedOrder(source.rows.order));
  let kept: readonly Structure[] | undefined;
  const open = (): Cursor => {
    if (kept !== undefined) return listCursor(kept);
    const cursor = source.open();
    const seen: Structure[] = [];
    const keep = (element: Structure | undefined): Structure | undefined => {
      if (element === undefined) kept ??= seen;
      else seen.push(element);
      return element;
    };
    return { next: () => whenHere(cursor.next(), keep), close: () => cursor.close() };
  };
  return { open, spec: () => source.spec() };
}

/** One pass over a list. */
export function listCursor(elements: readonly Structure[]): Cursor {
  let next = 0;
  return {
    next: () => (next < elements.length ? elements[next++] : undefined),
    close: () => {
      next = elements.length;
    },
  };
}
