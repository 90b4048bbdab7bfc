import { recipeAfter } from "../recipe.js";
import { repeatedOrder } from "../row-order.js";
import { type Cursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { repeatedTexts } from "../text-cursor.js";
import { rowStage } from "./source.js";

/**
 * `source` `count` times over, forever where count is negative; forever of an empty dataset is empty.
 *
 * Semantics: `RepeatDataset`.
 */
export function repeatStage(source: Stage, count: number): Stage {
  const recipe = recipeAfter(source, (before) => ({ kind: "repeat", source: before, count }));
  if (source.rows !== undefined)
    return { ...rowStage(source.rows.table, repeatedOrder(source.rows.order, count)), recipe };
  const times = count < 0 ? Number.POSITIVE_INFINITY : count;
  const open = (): Cursor => {
    let passes = 0;
    let cursor: Cursor | undefined;
    let fresh = true;
    const keepOrReopen = (element: Structure | undefined): MaybePromise<Structure | undefined> => {
      if (element !== undefined) {
        fresh = false;
        return element;
      }
      cursor = undefined;
      // A pass without a single element would start over without end.
      passes = fresh ? times : passes + 1;
      return next();
    };
    const next = (): MaybePromise<Structure | undefined> => {
      if (passes >= times) return undefined;
      if (cursor === undefined) {
        cursor = source.open();
        fresh = true;
      }
      return whenHere(cursor.next(), keepOrReopen);
    };
    return { next, close: () => cursor?.close() };
  };
  const { texts } = source;
  const repeated = texts === undefined ? {} : { texts: () => repeatedTexts(texts, times) };
  return { open, ...repeated, spec: () => source.spec(), recipe };
}
