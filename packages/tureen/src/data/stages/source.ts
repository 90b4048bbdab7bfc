import { invalidArgument } from "../../core/status-error.js";
import { type ElementSpec, specOfElement } from "../element-spec.js";
import { type RowOrder, rangeOrder } from "../row-order.js";
import { type RowTable, rowAt, rowSpec } from "../row-table.js";
import { type Cursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";

/** The rows of a table in an order, known as such to the stages after. */
export function rowStage(table: RowTable, order: RowOrder = rangeOrder(table.length)): Stage {
  const open = (): Cursor => {
    const rows = order.open();
    const one = new Int32Array(1);
    return {
      next: () => (rows.fill(one, 0, 1) === 1 ? rowAt(table, one[0]!) : undefined),
      close: () => undefined,
    };
  };
  return { open, spec: () => rowSpec(table), rows: { table, order } };
}

/** One pass over what a generator or any iterable lists. */
export function iterableCursor(list: Iterable<Structure> | AsyncIterable<Structure>): Cursor {
  const iterator = Symbol.iterator in list ? list[Symbol.iterator]() : list[Symbol.asyncIterator]();
  const take = (result: IteratorResult<Structure>): Structure | undefined =>
    result.done === true ? undefined : result.value;
  return {
    next: () => whenHere(iterator.next(), take),
    close: () => whenHere(iterator.return?.() as MaybePromise<unknown>, () => undefined),
  };
}

/**
 * A stage whose spec is not declared: the first element tells it.
 *
 * The pass that was opened to see the element is the next one to be handed out, so no element is lost or made twice.
 */
export function peekedStage(
  open: () => Cursor,
  specOf: (first: Structure) => MaybePromise<ElementSpec> = specOfElement,
): Stage {
  const peeked = peekedPasses(open);
  return { open: peeked.open, spec: specOnce(() => whenHere(peeked.first(), specOf)) };
}

/** Passes of which the first element can be seen before the pass is handed out. */
export function peekedPasses(open: () => Cursor): {
  readonly open: () => Cursor;
  /** INVALID_ARGUMENT where there is none. */
  readonly first: () => MaybePromise<Structure>;
} {
  let waiting: Cursor | undefined;
  return {
    open: () => {
      const cursor = waiting ?? open();
      waiting = undefined;
      return cursor;
    },
    first: () => {
      const cursor = open();
      return whenHere(cursor.next(), (first) => {
        if (first === undefined)
          throw invalidArgument("An empty dataset has no element to tell its elementSpec: declare it");
        waiting = pushedBack(first, cursor);
        return first;
      });
    },
  };
}

/** A spec that is found out when it is first asked for. */
export function specOnce(find: () => MaybePromise<ElementSpec>): () => MaybePromise<ElementSpec> {
  let known: MaybePromise<ElementSpec> | undefined;
  return () => {
    known ??= whenHere(find(), (spec) => {
      known = spec;
      return spec;
    });
    return known;
  };
}

function pushedBack(first: Structure, rest: Cursor): Cursor {
  let held: Structure | undefined = first;
  return {
    next: () => {
      if (held === undefined) return rest.next();
      const element = held;
      held = undefined;
      return element;
    },
    close: () => {
      held = undefined;
      return rest.close();
    },
  };
}
