import { unimplemented } from "../../core/status-error.js";
import { constant } from "../build-op.js";
import type { Gradient, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  concatV2,
  expandDims,
  fill,
  gatherNd,
  gatherV2,
  invertPermutation,
  range,
  reshape,
  shape,
  size,
  slice,
  squeeze,
  stridedSlice,
  transpose,
  zerosLike,
} from "../ops/array.js";
import { batchMatMulV2 } from "../ops/linalg.js";
import { cast, floorDiv, mul, neg, realDiv, square, sub } from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import {
  sparseAddGrad,
  sparseDenseCwiseAdd,
  sparseFillEmptyRowsGrad,
  sparseReduceSum,
  sparseReorder,
  sparseSliceGrad,
  sparseTensorDenseAdd,
  sparseTensorDenseMatMul,
} from "../ops/sparse.js";
import { denseOf, sumAll } from "./array/build-math.js";
import { keptShape } from "./reduce/kept-shape.js";

// The formulas of TensorFlow's python/ops/sparse_grad.py.

type Grads = readonly (Gradient | null)[];

function inputsOf(op: Operation): Tensor[] {
  return op.inputs as Tensor[];
}

/** One column of a matrix of indices. */
function columnOf(indices: Tensor, column: number): Tensor {
  return stridedSlice(indices, int32([0, column]), int32([0, column + 1]), int32([1, 1]), {
    beginMask: 1,
    endMask: 1,
    shrinkAxisMask: 2,
  });
}

function int32(value: number | readonly number[]): Tensor {
  return constant(value, "int32");
}

function matrixTranspose(matrix: Tensor): Tensor {
  return transpose(matrix, int32([1, 0]));
}

function int64(value: number | readonly number[]): Tensor {
  return constant(value, "int64");
}

/** The entries of a dense tensor, broadcast to a sparse one's shape, at the sparse one's indices; and those indices within it. */
function denseAt(indices: Tensor, sparseShape: Tensor, dense: Tensor): readonly [Tensor, Tensor, Tensor] {
  const denseShape = cast(shape(dense), "int64");
  const added = expandDims(sub(size(sparseShape), size(denseShape)), int32(0));
  const augmented = concatV2([fill(added, int64(1)), denseShape], int32(0));
  const scaled = floorDiv(indices, floorDiv(sparseShape, augmented));
  const begin = concatV2([int32([0]), added], int32(0));
  const within = slice(scaled, begin, int32([-1, -1]));
  return [gatherNd(dense, within), within, denseShape];
}

function cwiseGradient(op: Operation, grads: Grads, isMultiply: boolean): (Tensor | null)[] {
  const [indices, values, sparseShape, dense] = inputsOf(op) as [Tensor, Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const [at, within, denseShape] = denseAt(indices, sparseShape, dense);
  const dx = isMultiply ? mul(grad, at) : realDiv(grad, at);
  const dyValues = isMultiply ? mul(grad, values) : mul(grad, realDiv(neg(values), square(at)));
  return [null, dx, null, sparseTensorDenseAdd(within, dyValues, denseShape, zerosLike(dense))];
}

/** Gradients of the sparse family. */
export const sparseGradients: GradientTable = {
  SparseReorder: (op, grads) => {
    const [indices, , denseShape] = inputsOf(op) as [Tensor, Tensor, Tensor];
    const count = stridedSlice(shape(indices), int32([0]), int32([1]), int32([1]), { shrinkAxisMask: 1 });
    const entries = range(int32(0), count, int32(1));
    const ordered = sparseReorder(indices, entries, denseShape);
    return [null, gatherV2(denseOf(grads, 1), invertPermutation(ordered.values), int32(0)), null];
  },

  SparseAdd: (op, grads) => {
    const { a, b } = sparseAddGrad(denseOf(grads, 1), op.inputs[0]!, op.inputs[3]!, op.outputs[0]!);
    return [null, a, null, null, b, null, null];
  },

  SparseTensorDenseAdd: (op, grads) => {
    const grad = denseOf(grads);
    return [null, gatherNd(grad, op.inputs[0]!), null, grad];
  },

  SparseReduceSum: (op, grads) => {
    const [indices, , denseShape, axes] = inputsOf(op) as [Tensor, Tensor, Tensor, Tensor];
    const kept = keptShape(cast(denseShape, "int32"), axes);
    const spread = reshape(denseOf(grads), kept);
    const scale = floorDiv(denseShape, cast(kept, "int64"));
    return [null, gatherNd(spread, floorDiv(indices, scale)), null, null];
  },

  SparseSlice: (op, grads) => {
    const [indices, , , start] = inputsOf(op) as [Tensor, Tensor, Tensor, Tensor];
    return [null, sparseSliceGrad(denseOf(grads, 1), indices, start, op.outputs[0]!), null, null, null];
  },

  SparseTensorDenseMatMul: (op, grads) => {
    const [indices, values, denseShape, b] = inputsOf(op) as [Tensor, Tensor, Tensor, Tensor];
    const grad = denseOf(grads);
    const adjointA = op.attrs.bool("adjoint_a");
    const adjointB = op.attrs.bool("adjoint_b");
    const product = sparseTensorDenseMatMul(indices, values, denseShape, grad, { adjointA: !adjointA });
    const bGrad = adjointB ? matrixTranspose(product) : product;
    const rows = columnOf(indices, 0);
    const columns = columnOf(indices, 1);
    const axis = int32(0);
    const partsA = gatherV2(grad, adjointA ? columns : rows, axis);
    const partsB = gatherV2(adjointB ? matrixTranspose(b) : b, adjointA ? rows : columns, axis);
    const last = int32(-2);
    const valuesGrad =
      adjointA || adjointB
        ? sum(mul(partsA, partsB), int32(1))
        : squeeze(batchMatMulV2(expandDims(partsA, last), expandDims(partsB, last), { adjY: true }), {
            squeezeDims: [-2, -1],
          });
    return [null, valuesGrad, null, bGrad];
  },

  SparseDenseCwiseAdd: null,
  SparseDenseCwiseMul: (op, grads) => cwiseGradient(op, grads, true),
  SparseDenseCwiseDiv: (op, grads) => cwiseGradient(op, grads, false),

  SparseSoftmax: (op, grads) => {
    const [indices, , denseShape] = inputsOf(op) as [Tensor, Tensor, Tensor];
    const grad = denseOf(grads);
    const output = op.outputs[0]!;
    const reduced = neg(sparseReduceSum(indices, mul(output, grad), denseShape, [-1], { keepDims: true }));
    const total = sparseDenseCwiseAdd(indices, grad, denseShape, reduced);
    return [null, mul(total, output), null];
  },

  SparseFillEmptyRows: (op, grads) => {
    const { values, defaultValue } = sparseFillEmptyRowsGrad(op.outputs[3]!, denseOf(grads, 1));
    return [null, values, null, defaultValue];
  },

  SparseToDense: (op, grads) => {
    const grad = denseOf(grads);
    const values = gatherNd(grad, op.inputs[0]!);
    return [null, null, values, sub(sumAll(grad), sumAll(values))];
  },

  SparseSparseMaximum: () => {
    throw unimplemented("Gradient for SparseSparseMaximum is not implemented.");
  },
  SparseSparseMinimum: () => {
    throw unimplemented("Gradient for SparseSparseMinimum is not implemented.");
  },

  SparseReshape: null,
  SparseConcat: null,
  SparseCross: null,
  SparseCrossHashed: null,
  SparseCrossV2: null,
  SparseAddGrad: null,
  SparseFillEmptyRowsGrad: null,
  DenseToDenseSetOperation: null,
  DenseToSparseSetOperation: null,
  SparseToSparseSetOperation: null,
  SetSize: null,
};
