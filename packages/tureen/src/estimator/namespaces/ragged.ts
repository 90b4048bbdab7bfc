/** `tf.ragged`: rows of different lengths. */
import { checkOptions, nameOnly } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { type NestedValue, tensorValue, toTensor } from "../../core/tensor-value.js";
import { asTensor, build, constant as constantOp, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { raggedRange, raggedTensorToSparse, raggedTensorToTensor } from "../../graph/ops/ragged.js";
import { isRows, type RaggedRows, RaggedTensor } from "../../graph/ragged-tensor.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { booleanMask as denseMask } from "../math/arrays.js";
import { cast, sub } from "../nn/arithmetic.js";
import { concat, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

export { RaggedTensor } from "../../graph/ragged-tensor.js";

/** Rows of any depth: a tensor at the innermost. */
export type Rows = RaggedRows;

function splitsOf(lengths: readonly number[], dtype: "int32" | "int64"): Tensor {
  const ends = [0];
  for (const length of lengths) ends.push(ends.at(-1)! + length);
  return constantOp(toTensor(ends, dtype, [ends.length]), undefined, "row_splits");
}

/** Rows of a nested list (`tf.ragged.constant`): all of its levels but the innermost are rows. INVALID_ARGUMENT where the levels differ. */
export function constant(
  pylist: NestedValue,
  options: NamedOptions & { readonly dtype?: DType; readonly rowSplitsDtype?: "int32" | "int64" } = {},
): Rows | Tensor {
  checkOptions("constant", options, { dtype: "optional", rowSplitsDtype: "optional", name: "optional" });
  return nameScope(options.name ?? "RaggedConstant", () =>
    rowsOf(pylist, options.rowSplitsDtype ?? "int64", options.dtype),
  );
}

function rowsOf(value: NestedValue, splits: "int32" | "int64", dtype: DType | undefined): Rows | Tensor {
  if (!Array.isArray(value) || !value.some((item) => Array.isArray(item))) {
    const empty = Array.isArray(value) && value.length === 0;
    return constantOp(empty ? toTensor([], dtype ?? "float32", [0]) : value, empty ? undefined : dtype, "values");
  }
  if (!value.every((item) => Array.isArray(item)))
    throw invalidArgument("all scalar values must have the same nesting depth");
  const rows = value as readonly (readonly NestedValue[])[];
  const inner = rowsOf(rows.flat() as unknown as NestedValue, splits, dtype);
  return new RaggedTensor(
    inner as Tensor,
    splitsOf(
      rows.map(({ length }) => length),
      splits,
    ),
  );
}

/** A range of numbers in each row (`tf.ragged.range`): from `starts` to before `limits`, or from 0 to before `starts` without them. */
export function range(
  starts: TensorLike,
  limits?: TensorLike | null,
  options: NamedOptions & { readonly deltas?: TensorLike; readonly rowSplitsDtype?: "int32" | "int64" } = {},
): RaggedTensor {
  checkOptions("range", options, { deltas: "optional", rowSplitsDtype: "optional", name: "optional" });
  const { deltas = 1, rowSplitsDtype = "int64", name } = options;
  return nameScope(name ?? "RaggedRange", () => {
    const first =
      starts instanceof Tensor ? starts : asTensor(starts, limits instanceof Tensor ? limits.dtype : "int32", "starts");
    const { dtype } = first;
    const [from, to] =
      limits === undefined || limits === null
        ? [asTensor(0, dtype, "starts"), first]
        : [first, asTensor(limits, dtype, "limits")];
    const { splits, values } = raggedRange(from, to, asTensor(deltas, dtype, "deltas"), {
      splitsDtype: rowSplitsDtype,
    });
    return new RaggedTensor(values, splits);
  });
}

/** The elements of rows or of a tensor's first dimension where a mask of the same shape is true, in rows of their own (`tf.ragged.boolean_mask`). */
export function booleanMask(data: RaggedTensor, mask: RaggedTensor, options: NamedOptions = {}): RaggedTensor {
  checkOptions("booleanMask", options, nameOnly);
  return nameScope(options.name ?? "RaggedMask", () => {
    const flags = cast(mask.values, data.rowSplits.dtype);
    const zero = constantOp(tensorValue("int32", [1], Int32Array.of(0)));
    const before = concat(
      [cast(zero, flags.dtype), build("Cumsum", [flags, constantOp(0, "int32", "axis")], {}, "Cumsum")],
      0,
    );
    const splits = build("GatherV2", [before, mask.rowSplits, constantOp(0, "int32", "axis")], {}, "masked_splits");
    return new RaggedTensor(denseMask(data.values, mask.values), splits);
  });
}

/** Tensors of one dimension as the rows of one (`tf.ragged.stack`). */
export function stack(values: readonly Tensor[], options: NamedOptions = {}): RaggedTensor {
  checkOptions("stack", options, nameOnly);
  if (values.length === 0) throw invalidArgument("rt_inputs may not be empty.");
  return nameScope(options.name ?? "RaggedStack", () => {
    const lengths = values.map((value) => sliceFirst(shapeOf(value), { begin: 0 }));
    return fromRowLengths(concat(values, 0), concat(lengths, 0));
  });
}

/** Rows of values from where each begins, and the end (`tf.RaggedTensor.from_row_splits`). */
export function fromRowSplits(values: Tensor, rowSplits: TensorLike): RaggedTensor {
  return new RaggedTensor(values, asTensor(rowSplits, rowSplits instanceof Tensor ? undefined : "int64", "row_splits"));
}

/** Rows of values from how long each is (`tf.RaggedTensor.from_row_lengths`). */
export function fromRowLengths(values: Tensor, rowLengths: TensorLike): RaggedTensor {
  return nameScope("RaggedFromRowLengths", () => {
    const lengths = asTensor(rowLengths, rowLengths instanceof Tensor ? undefined : "int64", "row_lengths");
    const ends = build("Cumsum", [lengths, constantOp(0, "int32", "axis")], {}, "Cumsum");
    return new RaggedTensor(values, concat([constantOp(toTensor([0], lengths.dtype), undefined, "zero"), ends], 0));
  });
}

/** How many elements each row has (`tf.RaggedTensor.row_lengths`). */
export function rowLengths(rows: Rows): Tensor {
  const { rowSplits } = rows;
  return sub(sliceFirst(rowSplits, { begin: 1 }), sliceFirst(rowSplits, { end: -1 }));
}

/** A dense tensor, rows filled up with a default to the longest or to a shape, in which -1 stands for "as needed" (`tf.RaggedTensor.to_tensor`). */
export function toDense(
  rows: Rows,
  options: NamedOptions & { readonly defaultValue?: TensorLike; readonly shape?: readonly number[] } = {},
): Tensor {
  checkOptions("toDense", options, { defaultValue: "optional", shape: "optional", name: "optional" });
  const { flatValues, nestedRowSplits } = rows;
  const { defaultValue = flatValues.dtype === "string" ? "" : 0, shape } = options;
  return nameScope(options.name ?? "RaggedToTensor", () =>
    raggedTensorToTensor(
      shape === undefined
        ? constantOp(-1, "int64", "shape")
        : constantOp(toTensor([...shape], "int64"), undefined, "shape"),
      flatValues,
      asTensor(defaultValue, flatValues.dtype, "default_value"),
      nestedRowSplits,
      { rowPartitionTypes: nestedRowSplits.map(() => "ROW_SPLITS") },
    ),
  );
}

/** The same as a sparse tensor (`tf.RaggedTensor.to_sparse`). */
export function toSparse(rows: Rows, options: NamedOptions = {}): SparseTensor {
  checkOptions("toSparse", options, nameOnly);
  return nameScope(options.name ?? "RaggedToSparse", () => {
    const { indices, values, shape } = raggedTensorToSparse(rows.nestedRowSplits, rows.flatValues);
    return new SparseTensor(indices, values, shape);
  });
}

/** Rows whose innermost values went through a function that keeps their number (`tf.ragged.map_flat_values`). */
export function mapFlatValues(fn: (values: Tensor) => Tensor, rows: Rows): Rows {
  const { values } = rows;
  return new RaggedTensor((isRows(values) ? mapFlatValues(fn, values) : fn(values)) as Tensor, rows.rowSplits);
}
