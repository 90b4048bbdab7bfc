import { allocate, type NumericArray } from "../../core/dtype.js";
import { elementCount, sameShape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { withShapes } from "../element-spec.js";
import { recipeAfter } from "../recipe.js";
import { gatherRows } from "../row-table.js";
import { type Cursor, type MaybePromise, pullWhile, type Stage, whenHere } from "../stage.js";
import { flatten, isTensorValue, layoutOf, pack, type Structure } from "../structure.js";
import { batchedTexts } from "../text-cursor.js";

/** How a batch is cut. */
export interface BatchOptions {
  /** Whether a last batch that is not full is left out; it comes, smaller, unless said. */
  readonly dropRemainder?: boolean | undefined;
}

/**
 * `size` elements stacked along a new leading dimension.
 *
 * Rows of tensors in memory are gathered column by column. Elements of different shapes are INVALID_ARGUMENT.
 * Semantics: `BatchDatasetV2`.
 */
export function batchStage(source: Stage, size: number, { dropRemainder = false }: BatchOptions): Stage {
  if (!(size > 0)) throw invalidArgument("Batch size must be greater than zero.");
  const { rows, texts } = source;
  const open =
    rows === undefined
      ? () =>
          texts === undefined
            ? stackingCursor(source.open(), size, dropRemainder, stackAlike)
            : batchedTexts(texts(), size, dropRemainder)
      : (): Cursor => {
          const order = rows.order.open();
          const numbers = new Int32Array(Math.min(size, rows.order.size));
          const next = (): Structure | undefined => {
            const count = order.fill(numbers, 0, numbers.length);
            return count === 0 || (dropRemainder && count < size) ? undefined : gatherRows(rows.table, numbers, count);
          };
          const skip = (batches: number): void => {
            for (let i = 0; i < batches; i++) order.fill(numbers, 0, numbers.length);
          };
          return { next, close: () => undefined, skip };
        };
  const spec: Stage["spec"] = () =>
    whenHere(source.spec(), (inner) => withShapes(inner, (shape) => shape && [dropRemainder ? size : -1, ...shape]));
  const recipe = recipeAfter(source, (before) => ({ kind: "batch", source: before, size, dropRemainder }));
  return { open, spec, recipe };
}

/** Groups of `size` elements, each leaf of a group made one by `stack`. */
export function stackingCursor(
  cursor: Cursor,
  size: number,
  dropRemainder: boolean,
  stack: (values: readonly TensorValue[], component: number) => TensorValue,
): Cursor {
  const next = (): MaybePromise<Structure | undefined> => {
    const group: Structure[] = [];
    return whenHere(
      pullWhile(cursor, (element) => group.push(element) < size),
      (end) => (group.length === 0 || (end && dropRemainder) ? undefined : stackElements(group, stack)),
    );
  };
  return { next, close: () => cursor.close() };
}

function stackElements(
  group: readonly Structure[],
  stack: (values: readonly TensorValue[], component: number) => TensorValue,
): Structure {
  const layout = layoutOf(group[0], isTensorValue);
  const byLeaf: TensorValue[][] = [];
  for (const element of group) {
    const leaves = flatten(layout, element);
    if (leaves === undefined) throw invalidArgument("The elements of one batch must be nested alike");
    for (let i = 0; i < leaves.length; i++) {
      byLeaf[i] ??= [];
      byLeaf[i]!.push(leaves[i] as TensorValue);
    }
  }
  return pack(layout, byLeaf.map(stack));
}

/** Values of one shape and dtype under a new leading dimension. */
function stackAlike(values: readonly TensorValue[], component: number): TensorValue {
  const { dtype, shape } = values[0]!;
  const size = elementCount(shape);
  for (let i = 1; i < values.length; i++) {
    const other = values[i]!;
    if (other.dtype !== dtype) {
      throw invalidArgument(
        `Cannot batch tensors with different types in component ${component}. First element had type ${dtype} and element ${i} had type ${other.dtype}.`,
      );
    }
    if (!sameShape(other.shape, shape)) {
      throw invalidArgument(
        `Cannot batch tensors with different shapes in component ${component}. First element had shape ${shapeText(shape)} and element ${i} had shape ${shapeText(other.shape)}.`,
      );
    }
  }
  const data = allocate(dtype, values.length * size);
  values.forEach((value, i) => {
    copyInto(data, value.data, (i * data.length) / values.length);
  });
  return tensorValue(dtype, [values.length, ...shape], data);
}

function copyInto(target: TensorValue["data"], source: TensorValue["data"], at: number): void {
  if (source.length === 1) (target as unknown[])[at] = source[0];
  else if (ArrayBuffer.isView(target)) (target as NumericArray as Int32Array).set(source as Int32Array, at);
  else for (let i = 0; i < source.length; i++) (target as unknown[])[at + i] = source[i];
}
