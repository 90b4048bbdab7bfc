import { allocate, type DType, dtypeWidth, type NumericArray } from "../../core/dtype.js";
import { elementCount, type PartialShape, type Shape, shapeText } from "../../core/shape.js";
import { dataLoss, invalidArgument } from "../../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { withShapes } from "../element-spec.js";
import { type Stage, whenHere } from "../stage.js";
import { flatten, layoutOf, type Structure } from "../structure.js";
import { type BatchOptions, stackingCursor } from "./batch.js";

/** What an element is filled up with. */
export type PaddingValue = number | bigint | boolean | string | Uint8Array;

/** How a padded batch is cut and filled. */
export interface PaddedBatchOptions extends BatchOptions {
  /** The shape that each leaf is padded to, one for all leaves or nested as the elements; -1 for the largest of the batch, as all are unless said. */
  readonly paddedShapes?: Structure<readonly number[]> | undefined;
  /** What fills up, one for all leaves or nested as the elements; zero or the empty string unless said. */
  readonly paddingValues?: Structure<PaddingValue> | undefined;
}

/**
 * `size` elements, each padded at its ends to a common shape, stacked along a new leading dimension.
 *
 * Semantics: `PaddedBatchDatasetV2`. DATA_LOSS where an element is larger than the shape it is to be padded to.
 */
export function paddedBatchStage(source: Stage, size: number, options: PaddedBatchOptions): Stage {
  if (!(size > 0)) throw invalidArgument("Batch size must be greater than zero.");
  const { dropRemainder = false, paddedShapes, paddingValues } = options;
  const shapes = paddedShapesOf(paddedShapes);
  const fillers = leavesOf<PaddingValue>(
    paddingValues,
    (value) => typeof value !== "object" || value instanceof Uint8Array,
  );
  const pad = (values: readonly TensorValue[], component: number): TensorValue =>
    stackPadded(values, shapes(component), fillers(component));
  const spec: Stage["spec"] = () =>
    whenHere(source.spec(), (inner) =>
      withShapes(inner, (shape, leaf) => {
        const padded = shapes(leaf) ?? shape?.map(() => -1);
        return padded && [dropRemainder ? size : -1, ...padded];
      }),
    );
  return { open: () => stackingCursor(source.open(), size, dropRemainder, pad), spec };
}

/** The shape that an option gives for a component. */
export function paddedShapesOf(
  paddedShapes: PaddedBatchOptions["paddedShapes"],
): (component: number) => readonly number[] | undefined {
  return leavesOf<readonly number[]>(paddedShapes, isShape);
}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && value.every((size) => typeof size === "number");
}

/** The leaf that an option gives for a component: its own, or the only one. */
function leavesOf<Leaf>(
  option: Structure<Leaf> | undefined,
  isLeaf: (value: unknown) => boolean,
): (component: number) => Leaf | undefined {
  if (option === undefined) return () => undefined;
  if (isLeaf(option)) return () => option as Leaf;
  const leaves = flatten<Leaf>(layoutOf(option, isLeaf), option)!;
  return (component) => leaves[component];
}

function stackPadded(
  values: readonly TensorValue[],
  declared: PartialShape,
  filler: PaddingValue | undefined,
): TensorValue {
  const { dtype, shape } = values[0]!;
  const target = [...shape];
  for (const value of values) {
    if (value.shape.length !== target.length) {
      throw invalidArgument(
        `All elements in a batch must have the same rank as the padded shape: ${shapeText(value.shape)} and ${shapeText(target)}`,
      );
    }
    value.shape.forEach((size, axis) => {
      target[axis] = Math.max(target[axis]!, size);
    });
  }
  if (declared !== undefined) {
    if (declared.length !== target.length) throw invalidArgument(mismatch(declared, target));
    declared.forEach((size, axis) => {
      if (size >= 0 && size < target[axis]!)
        throw dataLoss("Attempted to pad to a smaller size than the input element.");
      if (size >= 0) target[axis] = size;
    });
  }
  const rowSize = elementCount(target) * dtypeWidth(dtype);
  const data = allocate(dtype, values.length * elementCount(target));
  if (filler !== undefined) (data as unknown as unknown[]).fill(fillerOf(dtype, filler));
  values.forEach((value, i) => {
    copyBlock(value, dtype, data as unknown as unknown[], target, i * rowSize);
  });
  return tensorValue(dtype, [values.length, ...target], data);
}

function mismatch(declared: Shape, target: Shape): string {
  return `The padded shape ${shapeText(declared)} is not compatible with the corresponding input component shape ${shapeText(target)}.`;
}

function fillerOf(dtype: DType, filler: PaddingValue): unknown {
  return (scalarValue(dtype, filler).data as ArrayLike<unknown>)[0];
}

/** Copies a value into the low corner of a larger block, one innermost row at a time. */
function copyBlock(value: TensorValue, dtype: DType, target: unknown[], shape: Shape, at: number): void {
  const width = dtypeWidth(dtype);
  const rank = shape.length;
  const source = value.data as unknown as NumericArray;
  const run = rank === 0 ? width : value.shape[rank - 1]! * width;
  if (run === 0) return;
  const rows = source.length / run;
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let offset = 0;
    let stride = rank === 0 ? 0 : shape[rank - 1]! * width;
    for (let axis = rank - 2; axis >= 0; axis--) {
      offset += (rest % value.shape[axis]!) * stride;
      rest = Math.floor(rest / value.shape[axis]!);
      stride *= shape[axis]!;
    }
    for (let i = 0; i < run; i++) target[at + offset + i] = source[row * run + i];
  }
}
