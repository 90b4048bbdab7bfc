import type { ElementSpec } from "./element-spec.js";
import type { RecipeMaker } from "./recipe.js";
import type { RowOrder } from "./row-order.js";
import type { RowTable } from "./row-table.js";
import type { Structure } from "./structure.js";
import type { TextCursor } from "./text-cursor.js";

/** A value that is here, or one that is waited for. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * One pass over a dataset.
 *
 * `next` gives the next element, undefined at the end and ever after; a promise only where some stage has to wait. One call at a time: the
 * answer to the last has come before the next is asked. `close` gives up early and frees what is held.
 */
export interface Cursor<T = Structure> {
  next(): MaybePromise<T | undefined>;
  close(): MaybePromise<void>;
  /** Passes over elements without making them; absent where that saves nothing. */
  skip?(count: number): void;
}

/** One step of a pipeline: what opens a pass, and what is known of the elements before. */
export interface Stage {
  open(): Cursor;
  /** The spec of the elements; a promise where it takes an element to know and that element is waited for. */
  spec(): MaybePromise<ElementSpec>;
  /** Given where the elements are rows of tensors in memory, so that the next stage can reorder row numbers alone. */
  readonly rows?: Rows;
  /** Given where the elements are string scalars that never have to be waited for: opens a pass in place of `open`. */
  readonly texts?: () => TextCursor;
  /** What another thread can make the pass of that would be opened next; absent where it cannot. */
  readonly recipe?: RecipeMaker;
}

/** Rows of tensors and the order in which they come. */
export interface Rows {
  readonly table: RowTable;
  readonly order: RowOrder;
}

/** `use` applied to the value, at once where it is here. */
export function whenHere<A, B>(value: MaybePromise<A>, use: (value: A) => MaybePromise<B>): MaybePromise<B> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** Pulls until the end, or until `visit` says false; true when the end was reached. */
export function pullWhile(cursor: Cursor, visit: (element: Structure) => boolean): MaybePromise<boolean> {
  for (;;) {
    const element = cursor.next();
    if (element instanceof Promise) return awaitWhile(cursor, element, visit);
    if (element === undefined) return true;
    if (!visit(element)) return false;
  }
}

async function awaitWhile(
  cursor: Cursor,
  first: Promise<Structure | undefined>,
  visit: (element: Structure) => boolean,
): Promise<boolean> {
  let element = await first;
  while (element !== undefined) {
    if (!visit(element)) return false;
    element = await cursor.next();
  }
  return true;
}

/** What a step of a pass answers where it has nothing to give yet. */
export const nothingYet: unique symbol = Symbol("nothing yet");

/** What a step of a pass gives: an element, undefined for the end, or nothing yet. */
export type Step = Structure | undefined | typeof nothingYet;

/** Steps until one gives an element or the end. */
export function stepUntilGiven(step: () => MaybePromise<Step>): MaybePromise<Structure | undefined> {
  for (;;) {
    const given = step();
    if (given instanceof Promise) return given.then((here) => (here === nothingYet ? stepUntilGiven(step) : here));
    if (given !== nothingYet) return given;
  }
}

/** A cursor of nothing. */
export const emptyCursor: Cursor = Object.freeze({ next: () => undefined, close: () => undefined });

/** Closes several passes. */
export function closeAll(cursors: readonly (Cursor | undefined)[]): MaybePromise<void> {
  const waiting = cursors.map((cursor) => cursor?.close());
  return waiting.some((one) => one instanceof Promise) ? Promise.all(waiting).then(() => undefined) : undefined;
}
