import { build, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { gatherV2, range, rank, reshape, shape, squeeze, stridedSlice, where } from "../ops/array.js";
import { cast, cumprod, equal, logicalNot, notEqual, sub } from "../ops/math.js";
import { raggedRange, raggedTensorToVariant, raggedTensorToVariantGradient } from "../ops/ragged.js";
import { raggedFillEmptyRowsGrad } from "../ops/ragged-rows.js";
import { sum } from "../ops/reduce.js";
import { denseOf, shapeTensor, tailOf } from "./array/build-math.js";

const fillEmptyRows: GradientRule = (op, grads) => {
  const { dValues, dDefaultValue } = raggedFillEmptyRowsGrad(op.outputs[3]!, denseOf(grads, 1));
  return [null, dValues, null, dDefaultValue];
};

/** What `tensor` holds where `mask` is true, in order; the mask spans the first dimensions. */
function masked(tensor: Tensor, mask: Tensor, maskRank: Tensor): Tensor {
  const inner = build("StridedSlice", [shape(tensor), [0], [0], [1]], { begin_mask: 1, end_mask: 1 });
  const flatShape = build("ConcatV2", [
    [constant([-1], "int32"), build("Slice", [inner, maskRank, constant([-1], "int32")])],
    0,
  ]);
  const places = squeeze(where(reshape(mask, [-1])), { squeezeDims: [1] });
  return gatherV2(reshape(tensor, flatShape), places, 0);
}

/** How many dimensions a value has after leading ones of size 1. */
function innerRank(value: Tensor): Tensor | number {
  const known = value.shape;
  const first = known?.findIndex((size) => size !== 1) ?? 0;
  if (known !== undefined && (first < 0 || known[first]! >= 0)) return first < 0 ? 0 : known.length - first;
  const leading = sum(cumprod(cast(equal(shape(value), constant(1, "int32")), "int32"), 0), constant([0], "int32"));
  return sub(rank(value), leading);
}

/** Rows of the result came from the values, whose gradient is sparse, or from the default, which gets the sum of the others. */
const toTensor: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [, values, fallback] = op.inputs as [Tensor, Tensor, Tensor];
  const partitions = op.inputs.slice(3);
  const types = op.attrs.texts("row_partition_types");
  const raggedRank = types.filter((type) => type !== "FIRST_DIM_SIZE").length;
  const valuesShape = shape(values);
  const outer = stridedSlice(shape(grad), [0], [1 + raggedRank], [1]);
  const rows = build("StridedSlice", [valuesShape, [0], [1], [1]], { shrink_axis_mask: 1 });
  const indices = build("RaggedTensorToTensor", [outer, range(0, rows, 1), constant(-1, "int32"), partitions], {
    row_partition_types: types,
  });
  const fromValues = notEqual(indices, constant(-1, "int32"));
  const maskRank = constant([1 + raggedRank], "int32");
  const valuesGrad = {
    values: masked(grad, fromValues, maskRank),
    indices: masked(indices, fromValues, maskRank),
    denseShape: valuesShape,
  };
  const others = masked(grad, logicalNot(fromValues), maskRank);
  const repeated = range(0, sub(rank(others), innerRank(fallback)), 1);
  return [null, valuesGrad, reshape(sum(others, repeated), shape(fallback)), ...partitions.map(() => null)];
};

/** Each row taken adds to the values that it was made of. */
const gather: GradientRule = (op, grads) => {
  const count = op.attrs.int("PARAMS_RAGGED_RANK");
  const values = op.inputs[count]!;
  const [first, ...others] = op.inputs.slice(0, count) as [Tensor, ...Tensor[]];
  const splits = others.reduce((outer, inner) => gatherV2(inner, outer, 0), first);
  const rows = reshape(op.inputs[count + 1]!, [-1]);
  const places = raggedRange(
    gatherV2(splits, rows, 0),
    gatherV2(tailOf(splits, 1), rows, 0),
    constant(1, splits.dtype),
    { splitsDtype: splits.dtype },
  ).values;
  const grad = { values: denseOf(grads, op.outputs.length - 1), indices: places, denseShape: shapeTensor(values) };
  return [...op.inputs.slice(0, count).map(() => null), grad, null];
};

const toSparse: GradientRule = (op, grads) => {
  const values = op.inputs.at(-1)!;
  return [...op.inputs.slice(0, -1).map(() => null), reshape(denseOf(grads, 1), shape(values))];
};

const fromVariant: GradientRule = (op, grads) => {
  const known = op.inputs[0]!.shape?.length;
  if (known !== undefined && known > 1) return [null];
  const batchedInput = known === undefined ? op.attrs.int("output_ragged_rank") > 0 : known === 1;
  return [raggedTensorToVariant(op.outputs.slice(0, -1), denseOf(grads, op.outputs.length - 1), { batchedInput })];
};

const toVariant: GradientRule = (op, grads) => {
  const values = op.inputs.at(-1)!;
  const splits = op.inputs.length > 1 ? op.inputs[0]! : constant(0, "int64");
  const options = { tValues: values.dtype };
  const grad = raggedTensorToVariantGradient(denseOf(grads), splits, shape(values), options);
  return [...op.inputs.slice(0, -1).map(() => null), grad];
};

/** Gradients of the ragged family. */
export const raggedGradients: GradientTable = {
  RaggedFillEmptyRows: fillEmptyRows,
  RaggedFillEmptyRowsGrad: null,
  RaggedGather: gather,
  RaggedRange: null,
  RaggedTensorFromVariant: fromVariant,
  RaggedTensorToSparse: toSparse,
  RaggedTensorToTensor: toTensor,
  RaggedTensorToVariant: toVariant,
};
