import { invalidArgument } from "../../core/status-error.js";
import { recipeAfter } from "../recipe.js";
import { shardedOrder, skippedOrder, takenOrder } from "../row-order.js";
import { type Cursor, emptyCursor, type MaybePromise, pullWhile, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { rowStage } from "./source.js";

/** The first `count` elements, all where count is negative; the source is closed once they have come. Semantics: `TakeDataset`. */
export function takeStage(source: Stage, count: number): Stage {
  const recipe = recipeAfter(source, (before) => ({ kind: "take", source: before, count }));
  if (source.rows !== undefined)
    return { ...rowStage(source.rows.table, takenOrder(source.rows.order, count)), recipe };
  if (count < 0) return source;
  const open = (): Cursor => {
    if (count === 0) return emptyCursor;
    const cursor = source.open();
    let left = count;
    return {
      next: () => {
        if (left > 0) {
          left--;
          return cursor.next();
        }
        return whenHere(cursor.close(), () => undefined);
      },
      close: () => cursor.close(),
    };
  };
  return { open, spec: () => source.spec(), recipe };
}

/** What comes after the first `count` elements; nothing where count is negative. Semantics: `SkipDataset`. */
export function skipStage(source: Stage, count: number): Stage {
  const skipped = count < 0 ? Number.POSITIVE_INFINITY : count;
  if (count < 0) return takeStage(source, 0);
  const recipe = recipeAfter(source, (before) => ({ kind: "skip", source: before, count }));
  if (source.rows !== undefined)
    return { ...rowStage(source.rows.table, skippedOrder(source.rows.order, skipped)), recipe };
  const open = (): Cursor => {
    const cursor = source.open();
    let left = skipped;
    const pass = (): boolean => --left > 0;
    return {
      next: () =>
        left > 0 ? whenHere(pullWhile(cursor, pass), (end) => (end ? undefined : cursor.next())) : cursor.next(),
      close: () => cursor.close(),
    };
  };
  return { open, spec: () => source.spec(), recipe };
}

/** Every element whose place is `index` modulo `shards`. Semantics: `ShardDataset`. */
export function shardStage(source: Stage, shards: number, index: number): Stage {
  if (!(shards > 0)) {
    throw invalidArgument(`Number of shards must be greater than zero (currently num_shards = ${shards}).`);
  }
  if (!(index >= 0 && index < shards)) {
    throw invalidArgument(`Index must be between 0 and ${shards - 1} (currently index = ${index}).`);
  }
  const recipe = recipeAfter(source, (before) => ({ kind: "shard", source: before, shards, index }));
  if (source.rows !== undefined)
    return { ...rowStage(source.rows.table, shardedOrder(source.rows.order, shards, index)), recipe };
  const open = (): Cursor => {
    const cursor = source.open();
    let place = -1;
    let found: Structure | undefined;
    const visit = (element: Structure): boolean => {
      place++;
      if (place % shards !== index) return true;
      found = element;
      return false;
    };
    const next = (): MaybePromise<Structure | undefined> =>
      whenHere(pullWhile(cursor, visit), (end) => (end ? undefined : found));
    return { next, close: () => cursor.close() };
  };
  return { open, spec: () => source.spec(), recipe };
}
