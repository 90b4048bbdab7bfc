import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Sums of the rows that share an id; the ids are sorted. */
export function segmentSum(data: TensorLike, segmentIds: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SegmentSum", [data, segmentIds], {}, options);
}

/** Means of the rows that share an id; the ids are sorted. */
export function segmentMean(
  data: TensorLike,
  segmentIds: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SegmentMean", [data, segmentIds], {}, options);
}

/** Products of the rows that share an id; the ids are sorted. */
export function segmentProd(
  data: TensorLike,
  segmentIds: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SegmentProd", [data, segmentIds], {}, options);
}

/** Greatest of the rows that share an id; the ids are sorted. */
export function segmentMax(data: TensorLike, segmentIds: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SegmentMax", [data, segmentIds], {}, options);
}

/** Least of the rows that share an id; the ids are sorted. */
export function segmentMin(data: TensorLike, segmentIds: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SegmentMin", [data, segmentIds], {}, options);
}

/** Sums of the rows that share an id, in any order; rows with a negative id do not count. */
export function unsortedSegmentSum(
  data: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("UnsortedSegmentSum", [data, segmentIds, numSegments], {}, options);
}

/** Products of the rows that share an id, in any order; rows with a negative id do not count. */
export function unsortedSegmentProd(
  data: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("UnsortedSegmentProd", [data, segmentIds, numSegments], {}, options);
}

/** Greatest of the rows that share an id, in any order; rows with a negative id do not count. */
export function unsortedSegmentMax(
  data: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("UnsortedSegmentMax", [data, segmentIds, numSegments], {}, options);
}

/** Least of the rows that share an id, in any order; rows with a negative id do not count. */
export function unsortedSegmentMin(
  data: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("UnsortedSegmentMin", [data, segmentIds, numSegments], {}, options);
}

/** Sums of the rows that `indices` names, by sorted segment ids. */
export function sparseSegmentSum(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSum", [data, indices, segmentIds], {}, options);
}

/** As sparseSegmentSum, with as many output rows as said. */
export function sparseSegmentSumWithNumSegments(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSumWithNumSegments", [data, indices, segmentIds, numSegments], {}, options);
}

/** The gradient of sparseSegmentSum for its data of `outputDim0` rows. */
export function sparseSegmentSumGrad(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  outputDim0: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSumGrad", [grad, indices, segmentIds, outputDim0], {}, options);
}

/** Means of the rows that `indices` names, by sorted segment ids. */
export function sparseSegmentMean(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentMean", [data, indices, segmentIds], {}, options);
}

/** As sparseSegmentMean, with as many output rows as said. */
export function sparseSegmentMeanWithNumSegments(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentMeanWithNumSegments", [data, indices, segmentIds, numSegments], {}, options);
}

/** The gradient of sparseSegmentMean for its data of `outputDim0` rows. */
export function sparseSegmentMeanGrad(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  outputDim0: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentMeanGrad", [grad, indices, segmentIds, outputDim0], {}, options);
}

/** Sums, divided by the root of their number, of the rows that `indices` names, by sorted segment ids. */
export function sparseSegmentSqrtN(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSqrtN", [data, indices, segmentIds], {}, options);
}

/** As sparseSegmentSqrtN, with as many output rows as said. */
export function sparseSegmentSqrtNWithNumSegments(
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSqrtNWithNumSegments", [data, indices, segmentIds, numSegments], {}, options);
}

/** The gradient of sparseSegmentSqrtN for its data of `outputDim0` rows. */
export function sparseSegmentSqrtNGrad(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  outputDim0: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SparseSegmentSqrtNGrad", [grad, indices, segmentIds, outputDim0], {}, options);
}

/** As sparseSegmentSumGrad, but only the rows that are named, with which they are. */
export function sparseSegmentSumGradV2(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  denseOutputDim0: TensorLike,
  options: { readonly name?: string } = {},
): { readonly output: Tensor; readonly sortedUniqueIndices: Tensor } {
  const inputs = [grad, indices, segmentIds, denseOutputDim0];
  const [output, rows] = buildOp("SparseSegmentSumGradV2", inputs, {}, options).outputs;
  return { output: output!, sortedUniqueIndices: rows! };
}

/** As sparseSegmentMeanGrad, but only the rows that are named, with which they are. */
export function sparseSegmentMeanGradV2(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  denseOutputDim0: TensorLike,
  options: { readonly name?: string } = {},
): { readonly output: Tensor; readonly sortedUniqueIndices: Tensor } {
  const inputs = [grad, indices, segmentIds, denseOutputDim0];
  const [output, rows] = buildOp("SparseSegmentMeanGradV2", inputs, {}, options).outputs;
  return { output: output!, sortedUniqueIndices: rows! };
}

/** As sparseSegmentSqrtNGrad, but only the rows that are named, with which they are. */
export function sparseSegmentSqrtNGradV2(
  grad: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
  denseOutputDim0: TensorLike,
  options: { readonly name?: string } = {},
): { readonly output: Tensor; readonly sortedUniqueIndices: Tensor } {
  const inputs = [grad, indices, segmentIds, denseOutputDim0];
  const [output, rows] = buildOp("SparseSegmentSqrtNGradV2", inputs, {}, options).outputs;
  return { output: output!, sortedUniqueIndices: rows! };
}
