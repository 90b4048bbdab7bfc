import { type ElementSpec, specOfElement, withShapes } from "../element-spec.js";
import { type Cursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import { flatten, type Structure } from "../structure.js";
import { peekedStage } from "./source.js";

/** Each element through `fn`, which may answer with a promise. `declared` is the spec of what comes out; else the first element tells it. */
export function mapStage(
  source: Stage,
  fn: (element: Structure) => MaybePromise<Structure>,
  declared: ElementSpec | undefined,
): Stage {
  // The input of the element that a peek has just seen.
  let latest: Structure | undefined;
  const apply = (element: Structure | undefined): MaybePromise<Structure | undefined> => {
    if (element === undefined) return undefined;
    latest = element;
    return fn(element);
  };
  const open = (): Cursor => {
    const cursor = source.open();
    return { next: () => whenHere(cursor.next(), apply), close: () => cursor.close() };
  };
  if (declared !== undefined) return { open, spec: () => declared };
  return peekedStage(open, (output) => whenHere(source.spec(), (input) => specAfter(input, latest!, output)));
}

/**
 * The spec of mapped elements, by the first one: a dimension is unknown where it has the size of an unknown one of the input.
 *
 * Leading dimensions are compared with leading ones only, so that a batch of 64 rows of 64 columns keeps its columns known.
 */
function specAfter(input: ElementSpec, firstInput: Structure, firstOutput: Structure): ElementSpec {
  const leading = new Set<number>();
  const inner = new Set<number>();
  const values = flatten(input.layout, firstInput);
  if (values === undefined) throw new TypeError("The elements of one dataset must be nested alike");
  input.leaves.forEach((leaf, i) => {
    // A dataset in the dataset has no sizes.
    if (leaf.dtype === "variant") return;
    const actual = (values[i] as { shape: readonly number[] }).shape;
    actual.forEach((size, axis) => {
      if (leaf.shape === undefined || leaf.shape[axis]! < 0) (axis === 0 ? leading : inner).add(size);
    });
  });
  return withShapes(specOfElement(firstOutput), (shape) =>
    shape?.map((size, axis) => ((axis === 0 ? leading : inner).has(size) ? -1 : size)),
  );
}

/** The elements that `predicate` answers true for, or with a promise of true. */
export function filterStage(source: Stage, predicate: (element: Structure) => MaybePromise<boolean>): Stage {
  const open = (): Cursor => {
    const cursor = source.open();
    const next = (): MaybePromise<Structure | undefined> => {
      for (;;) {
        const element = cursor.next();
        if (element instanceof Promise) return element.then(judge);
        if (element === undefined) return undefined;
        const keep = predicate(element);
        if (keep instanceof Promise) return keep.then((yes) => (yes ? element : next()));
        if (keep) return element;
      }
    };
    const judge = (element: Structure | undefined): MaybePromise<Structure | undefined> =>
      element === undefined ? undefined : whenHere(predicate(element), (keep) => (keep ? element : next()));
    return { next, close: () => cursor.close() };
  };
  return { open, spec: () => source.spec() };
}
