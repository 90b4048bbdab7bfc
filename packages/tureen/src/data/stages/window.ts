import { scalarShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type ElementSpec, elementSpecOf, type TensorSpec } from "../element-spec.js";
import { type Cursor, type MaybePromise, pullWhile, type Stage, whenHere } from "../stage.js";
import { flatten, leafLayout, pack, type Structure } from "../structure.js";
import { listCursor } from "./cache.js";

/** How windows lie. */
export interface WindowOptions {
  /** How many elements the next window begins later; as many as a window has unless said. */
  readonly shift?: number | undefined;
  /** How far the elements of a window lie apart; 1 unless said. */
  readonly stride?: number | undefined;
  /** Whether windows at the end that are not full are left out; they come, smaller, unless said. */
  readonly dropRemainder?: boolean | undefined;
}

/**
 * Windows of up to `size` elements: a dataset for each leaf, made by `dataset`, in the nesting of the elements. Semantics: `WindowDataset`.
 *
 * Their spec is TensorFlow's of a dataset in a dataset: a variant scalar.
 */
export function windowStage(
  source: Stage,
  size: number,
  { shift = size, stride = 1, dropRemainder = false }: WindowOptions,
  dataset: (stage: Stage) => unknown,
): Stage {
  for (const [value, name] of [
    [size, "Window size"],
    [shift, "Window shift"],
    [stride, "Window stride"],
  ] as const) {
    if (!(value > 0)) throw invalidArgument(`${name} must be greater than zero.`);
  }
  const reach = (size - 1) * stride + 1;
  const windowOf = (spec: ElementSpec, elements: readonly Structure[]): Structure => {
    const columns = elements.map((element) => flatten(spec.layout, element)!);
    const datasets = spec.leaves.map((leaf, i) => {
      const values = columns.map((leaves) => leaves[i]!);
      return dataset({ open: () => listCursor(values), spec: () => ({ layout: leafLayout, leaves: [leaf] }) });
    });
    return pack(spec.layout, datasets) as Structure;
  };
  const open = (): Cursor => {
    const cursor = source.open();
    let buffer: Structure[] = [];
    let toSkip = 0;
    let isAtEnd = false;
    const cut = (): MaybePromise<Structure | undefined> => {
      if (buffer.length === 0 || (dropRemainder && buffer.length < reach)) return undefined;
      const taken = buffer.filter((_, i) => i % stride === 0);
      toSkip = Math.max(0, shift - buffer.length);
      buffer = buffer.slice(shift);
      return whenHere(source.spec(), (spec) => windowOf(spec, taken));
    };
    const visit = (element: Structure): boolean => {
      if (toSkip > 0) toSkip--;
      else buffer.push(element);
      return buffer.length < reach;
    };
    const next = (): MaybePromise<Structure | undefined> => {
      if (isAtEnd || buffer.length >= reach) return cut();
      return whenHere(pullWhile(cursor, visit), (end) => {
        isAtEnd = end;
        return cut();
      });
    };
    return { next, close: () => cursor.close() };
  };
  const variants = (spec: ElementSpec): ElementSpec =>
    elementSpecOf(
      pack<TensorSpec>(
        spec.layout,
        spec.leaves.map(() => ({ dtype: "variant", shape: scalarShape })),
      ),
    );
  return { open, spec: () => whenHere(source.spec(), variants) };
}
