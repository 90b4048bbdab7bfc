import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import {
  concatV2,
  conjugateTranspose,
  matrixBandPart,
  matrixDiag,
  matrixDiagPart,
  matrixSetDiag,
  onesLike,
  reshape,
  shape,
} from "../ops/array.js";
import { batchMatMulV2, matrixInverse, matrixSolve, matrixTriangularSolve } from "../ops/linalg.js";
import { addV2, mul, neg } from "../ops/math.js";
import { denseOf } from "./array/build-math.js";
import { unbroadcastBatch } from "./linalg-products.js";

const inverse: GradientRule = (op, grads) => {
  const result = op.output;
  const adjoint = op.attrs.bool("adjoint");
  const inner = batchMatMulV2(denseOf(grads), result, { adjX: adjoint, adjY: !adjoint });
  return [neg(batchMatMulV2(result, inner, { adjX: !adjoint }))];
};

/** A batch of numbers as a batch of 1×1 matrices. */
function asMatrices(numbers: Tensor, like: Tensor): Tensor {
  return reshape(numbers, concatV2([shape(like), constant([1, 1], "int32")], 0));
}

const determinant: GradientRule = (op, grads) => {
  const result = op.output;
  const factor = asMatrices(mul(denseOf(grads), result), result);
  return [mul(factor, matrixInverse(op.inputs[0]!, { adjoint: true }))];
};

const logDeterminant: GradientRule = (op, grads) => {
  const factor = asMatrices(denseOf(grads, 1), op.outputs[0]!);
  return [mul(factor, matrixInverse(op.inputs[0]!, { adjoint: true }))];
};

function adjoint(matrix: Tensor): Tensor {
  const rank = matrix.shape?.length ?? 2;
  const axes = Array.from({ length: rank }, (_, i) => (i === rank - 2 ? rank - 1 : i === rank - 1 ? rank - 2 : i));
  return conjugateTranspose(matrix, constant(axes, "int32"));
}

/** Murray, "Differentiation of the Cholesky decomposition", arXiv:1602.07527. */
const cholesky: GradientRule = (op, grads) => {
  const l = op.output;
  const identity = matrixDiag(onesLike(matrixDiagPart(l)));
  const inverted = matrixTriangularSolve(l, identity);
  const product = batchMatMulV2(l, denseOf(grads), { adjX: true });
  const halved = matrixSetDiag(product, mul(constant(0.5, l.dtype), matrixDiagPart(product)));
  const middle = matrixBandPart(halved, constant(-1, "int64"), constant(0, "int64"));
  const grad = batchMatMulV2(batchMatMulV2(inverted, middle, { adjX: true }), inverted);
  return [mul(addV2(grad, adjoint(grad)), constant(0.5, l.dtype))];
};

/** The gradient of a system's matrix from that of its right-hand side. */
function matrixGradient(op: Operation, gradRhs: Tensor): Tensor {
  const solution = op.output;
  const product = op.attrs.bool("adjoint")
    ? batchMatMulV2(solution, gradRhs, { adjY: true })
    : batchMatMulV2(gradRhs, solution, { adjY: true });
  return neg(product);
}

const solve: GradientRule = (op, grads) => {
  const gradRhs = matrixSolve(op.inputs[0]!, denseOf(grads), { adjoint: !op.attrs.bool("adjoint") });
  return [matrixGradient(op, gradRhs), gradRhs];
};

const triangularSolve: GradientRule = (op, grads) => {
  const [a, b] = op.inputs as [Tensor, Tensor];
  const lower = op.attrs.bool("lower");
  const gradRhs = matrixTriangularSolve(a, denseOf(grads), { lower, adjoint: !op.attrs.bool("adjoint") });
  const [below, above] = lower ? [-1, 0] : [0, -1];
  const full = matrixGradient(op, gradRhs);
  const gradMatrix = matrixBandPart(full, constant(below, "int64"), constant(above, "int64"));
  return unbroadcastBatch([a, b], [gradMatrix, gradRhs]);
};

/** Gradients of inverses, determinants, systems and Cholesky factors. */
export const linalgSolveGradients: GradientTable = {
  MatrixInverse: inverse,
  MatrixDeterminant: determinant,
  LogMatrixDeterminant: logDeterminant,
  Cholesky: cholesky,
  MatrixSolve: solve,
  MatrixTriangularSolve: triangularSolve,
};
