import { constant, type TensorLike } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable, IndexedSlices } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  concatV2,
  expandDims,
  fill,
  gatherV2,
  onesLike,
  rank,
  reshape,
  selectV2,
  shape,
  stridedSlice,
} from "../ops/array.js";
import * as m from "../ops/math.js";
import * as r from "../ops/reduce.js";
import { denseOf, shapeTensor, zerosLikeTensor } from "./array/build-math.js";
import { scalarLike } from "./math/scalar-like.js";

// The formulas of TensorFlow's gradient functions.

type Grads = readonly (Gradient | null)[];

function int(value: number): Tensor {
  return constant(value, "int32");
}

function rowsOf(params: Tensor, ids: TensorLike): Tensor {
  return gatherV2(params, ids, int(0));
}

/** Ones in the shape of the ids, with as many dimensions of 1 after it as the data has more. */
function onesByRow(ids: Tensor, data: Tensor, dtype: Tensor): Tensor {
  const more = fill(expandDims(m.sub(rank(data), int(1)), int(0)), int(1));
  return fill(concatV2([shape(ids), more], int(0)), scalarLike(dtype, 1));
}

function segmentMean(op: Operation, grads: Grads): (Tensor | null)[] {
  const [data, ids, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const counts = r.segmentSum(onesByRow(ids, data, grad), ids);
  return [rowsOf(m.realDiv(grad, counts), ids), null];
}

const segmentExtreme: GradientRule = (op, grads) => {
  const [data, ids, grad] = [op.inputs[0]!, op.inputs[1]!, denseOf(grads)];
  const zeros = zerosLikeTensor(data);
  const isChosen = m.equal(data, rowsOf(op.output, ids));
  const count = r.segmentSum(m.cast(isChosen, grad.dtype), ids);
  return [selectV2(isChosen, rowsOf(m.realDiv(grad, count), ids), zeros), null];
};

/**
 * The product over an element, which is the product of the others, or where the element is the one zero of its segment, the product of
 * what is not zero; where there are more zeros the gradient has been made 0.
 */
function segmentProd(op: Operation, grads: Grads): (Tensor | null)[] {
  const [data, ids] = [op.inputs[0]!, op.inputs[1]!];
  const isZero = m.equal(data, scalarLike(data, 0));
  const zeroCount = r.segmentSum(m.cast(isZero, "int32"), ids);
  const grad = withoutSeveralZeros(zeroCount, denseOf(grads));
  const nonZero = selectV2(isZero, onesLike(data), data);
  const nonZeroProduct = rowsOf(r.segmentProd(nonZero, ids), ids);
  const divided = m.realDiv(rowsOf(op.output, ids), nonZero);
  return [m.mul(rowsOf(grad, ids), selectV2(isZero, nonZeroProduct, divided)), null];
}

function withoutSeveralZeros(zeroCount: Tensor, grad: Tensor): Tensor {
  return selectV2(m.greater(zeroCount, int(1)), zerosLikeTensor(grad), grad);
}

/** Ids with negative ones at 0, and what masks those out again. */
interface ClippedIds {
  readonly ids: Tensor;
  readonly isPositive: Tensor;
}

function clipIds(ids: Tensor, gathered: (clipped: Tensor) => Tensor): ClippedIds {
  const clipped = m.maximum(ids, zerosLikeTensor(ids));
  const rows = gathered(clipped);
  const positive = m.greaterEqual(ids, scalarLike(ids, 0));
  const missing = fill(expandDims(m.sub(rank(rows), rank(positive)), int(0)), int(1));
  const widened = reshape(positive, concatV2([shape(positive), missing], int(0)));
  return { ids: clipped, isPositive: m.logicalAnd(widened, m.cast(onesLike(rows), "bool")) };
}

/** The rows of positive ids, zeros for negative ones. */
function gatherPositive(params: Tensor, { ids, isPositive }: ClippedIds): Tensor {
  const rows = rowsOf(params, ids);
  return selectV2(isPositive, rows, zerosLikeTensor(rows));
}

function unsortedSum(op: Operation, grads: Grads): (Tensor | null)[] {
  const grad = denseOf(grads);
  return [
    gatherPositive(
      grad,
      clipIds(op.inputs[1]!, (ids) => rowsOf(grad, ids)),
    ),
    null,
    null,
  ];
}

const unsortedExtreme: GradientRule = (op, grads) => {
  const [data, ids, count, grad] = [op.inputs[0]!, op.inputs[1]!, op.inputs[2]!, denseOf(grads)];
  const clipped = clipIds(ids, (positive) => rowsOf(op.output, positive));
  const isChosen = m.logicalAnd(m.equal(data, gatherPositive(op.output, clipped)), clipped.isPositive);
  const chosen = r.unsortedSegmentSum(m.cast(isChosen, grad.dtype), ids, count);
  const rows = gatherPositive(m.realDiv(grad, chosen), clipped);
  return [selectV2(isChosen, rows, zerosLikeTensor(rows)), null, null];
};

function unsortedProd(op: Operation, grads: Grads): (Tensor | null)[] {
  const [data, ids, count] = [op.inputs[0]!, op.inputs[1]!, op.inputs[2]!];
  const isZero = m.equal(data, scalarLike(data, 0));
  const zeroCount = r.unsortedSegmentSum(m.cast(isZero, "int32"), ids, count);
  const grad = withoutSeveralZeros(zeroCount, denseOf(grads));
  const nonZero = selectV2(isZero, onesLike(data), data);
  const clipped = clipIds(ids, (positive) => rowsOf(grad, positive));
  const nonZeroProduct = rowsOf(r.unsortedSegmentProd(nonZero, ids, count), clipped.ids);
  const divided = m.realDiv(rowsOf(op.output, clipped.ids), data);
  return [m.mul(gatherPositive(grad, clipped), selectV2(isZero, nonZeroProduct, divided)), null, null];
}

type Inputs = readonly [grad: Tensor, indices: Tensor, segmentIds: Tensor, rows: Tensor];

interface CompactRows {
  readonly output: Tensor;
  readonly sortedUniqueIndices: Tensor;
}

/** The gradient for the data: all its rows, or with the attribute `sparse_gradient` those that are named, as IndexedSlices. */
function sparse(dense: (...inputs: Inputs) => Tensor, compact: (...inputs: Inputs) => CompactRows): GradientRule {
  return (op, grads) => {
    const dataShape = shapeTensor(op.inputs[0]!);
    const rows = stridedSlice(dataShape, constant([0], "int32"), constant([1], "int32"), constant([1], "int32"), {
      shrinkAxisMask: 1,
    });
    const inputs: Inputs = [denseOf(grads), op.inputs[1]!, op.inputs[2]!, rows];
    const result = op.attrs.bool("sparse_gradient") ? slicesOf(compact(...inputs), dataShape) : dense(...inputs);
    return op.inputs.map((_, i) => (i === 0 ? result : null));
  };
}

function slicesOf({ output, sortedUniqueIndices }: CompactRows, denseShape: Tensor): IndexedSlices {
  return { values: output, indices: sortedUniqueIndices, denseShape };
}

const sparseSum = sparse(r.sparseSegmentSumGrad, r.sparseSegmentSumGradV2);
const sparseMean = sparse(r.sparseSegmentMeanGrad, r.sparseSegmentMeanGradV2);
const sparseSqrtN = sparse(r.sparseSegmentSqrtNGrad, r.sparseSegmentSqrtNGradV2);

/** Gradients of the segment reductions. */
export const reduceSegmentGradients: GradientTable = {
  SegmentMax: segmentExtreme,
  SegmentMean: segmentMean,
  SegmentMin: segmentExtreme,
  SegmentProd: segmentProd,
  SegmentSum: (op, grads) => [rowsOf(denseOf(grads), op.inputs[1]!), null],
  SparseSegmentMean: sparseMean,
  SparseSegmentMeanWithNumSegments: sparseMean,
  SparseSegmentSqrtN: sparseSqrtN,
  SparseSegmentSqrtNWithNumSegments: sparseSqrtN,
  SparseSegmentSum: sparseSum,
  SparseSegmentSumWithNumSegments: sparseSum,
  UnsortedSegmentMax: unsortedExtreme,
  UnsortedSegmentMin: unsortedExtreme,
  UnsortedSegmentProd: unsortedProd,
  UnsortedSegmentSum: unsortedSum,
};
