import { dtypeWidth } from "../../core/dtype.js";
import { isFullyDefined } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { build, buildOp, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import {
  concatV2,
  expandDims,
  matrixBandPart,
  matrixDiag,
  matrixDiagPart,
  matrixSetDiag,
  pad,
  reshape,
  shape,
  transpose,
  zerosLike,
} from "../ops/array.js";
import { batchMatMulV2, cholesky, matrixSolve, matrixTriangularSolve } from "../ops/linalg.js";
import { bandedTriangularSolve, tridiagonalSolve } from "../ops/linalg-functions.js";
import { addV2, cast, mul, neg, reciprocal, square, sub } from "../ops/math.js";
import { sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";
import { conjugate, unbroadcastBatch } from "./linalg-products.js";
import { scalarLike } from "./math/scalar-like.js";

/** The adjoint of a batch of matrices. */
function adjoint(x: Tensor): Tensor {
  return conjugate(swapped(x));
}

function swapped(x: Tensor): Tensor {
  const rank = rankOf(x);
  const axes = Array.from({ length: rank }, (_, i) => (i === rank - 2 ? rank - 1 : i === rank - 1 ? rank - 2 : i));
  return transpose(x, constant(axes, "int32"));
}

function rankOf(x: Tensor): number {
  if (x.shape === undefined) throw unimplemented(`The gradient of ${x.op.type} needs operands of known rank`);
  return x.shape.length;
}

/** Some columns of matrices: a slice of the last dimension, -1 for all the rest. */
function columns(x: Tensor, from: number, to: number | undefined): Tensor {
  const rank = rankOf(x);
  const begin = Array.from({ length: rank }, (_, i) => (i === rank - 1 ? from : 0));
  const size = Array.from({ length: rank }, (_, i) => (i === rank - 1 && to !== undefined ? to - from : -1));
  return build("Slice", [x, constant(begin, "int32"), constant(size, "int32")]);
}

function safeReciprocal(x: Tensor): Tensor {
  return mul(x, reciprocal(addV2(mul(x, x), scalarLike(x, 1e-20))));
}

/** 1/(x_j - x_i), and 0 on the diagonal. */
function reciprocalDifferences(x: Tensor): Tensor {
  return matrixSetDiag(safeReciprocal(sub(expandDims(x, -2), expandDims(x, -1))), zerosLike(x));
}

function setLowerHalf(grad: Tensor): Tensor {
  const both = matrixBandPart(addV2(grad, adjoint(grad)), constant(-1, "int64"), constant(0, "int64"));
  return matrixSetDiag(both, mul(scalarLike(both, 0.5), matrixDiagPart(both)));
}

const selfAdjointEig: GradientRule = (op, grads) => {
  const gradE = matrixDiag(denseOf(grads));
  let v: Tensor;
  let inner = gradE;
  if (op.attrs.bool("compute_v")) {
    v = op.outputs[1]!;
    const f = reciprocalDifferences(op.outputs[0]!);
    inner = addV2(gradE, mul(f, batchMatMulV2(v, denseOf(grads, 1), { adjX: true })));
  } else {
    v = buildOp("SelfAdjointEigV2", [op.inputs[0]!], { compute_v: true }).outputs[1]!;
  }
  return [setLowerHalf(batchMatMulV2(v, batchMatMulV2(inner, v, { adjY: true })))];
};

const eig: GradientRule = (op, grads) => {
  const input = op.inputs[0]!;
  const e = op.outputs[0]!;
  let inner = matrixDiag(denseOf(grads));
  let v: Tensor;
  if (op.attrs.bool("compute_v")) {
    v = op.outputs[1]!;
    const vt = adjoint(v);
    const f = conjugate(reciprocalDifferences(e));
    if (grads[1] !== null) {
      const vgv = batchMatMulV2(vt, denseOf(grads, 1));
      const real = build("Real", [matrixDiagPart(vgv)], { Tout: e.dtype === "complex64" ? "float32" : "float64" });
      const part = matrixDiag(cast(real, vgv.dtype));
      inner = addV2(inner, mul(f, sub(vgv, batchMatMulV2(batchMatMulV2(vt, v), part))));
    }
  } else {
    v = buildOp("Eig", [input], { compute_v: true, Tout: e.dtype }).outputs[1]!;
  }
  const vt = adjoint(v);
  const grad = matrixSolve(vt, batchMatMulV2(inner, vt));
  if (grad.dtype === input.dtype) return [grad];
  return [build("Real", [grad], { Tout: input.dtype })];
};

/** Giles, "An extended collection of matrix derivative results", 2008, and what TensorFlow adds for matrices that are not square. */
const svd: GradientRule = (op, grads) => {
  const a = op.inputs[0]!;
  const gradS = matrixDiag(cast(denseOf(grads), a.dtype));
  if (!op.attrs.bool("compute_uv")) {
    const { outputs } = buildOp("Svd", [a], { compute_uv: true, full_matrices: false });
    return [batchMatMulV2(outputs[1]!, batchMatMulV2(gradS, outputs[2]!, { adjY: true }))];
  }
  const full = op.attrs.bool("full_matrices");
  let [m, n] = [a.shape?.at(-2) ?? -1, a.shape?.at(-1) ?? -1];
  if (m < 0 || n < 0) {
    throw unimplemented("SVD gradient has not been implemented for input with unknown inner matrix shape.");
  }
  const s = cast(op.outputs[0]!, a.dtype);
  let [u, v] = [op.outputs[1]!, op.outputs[2]!];
  let [gradU, gradV] = [denseOf(grads, 1), denseOf(grads, 2)];
  const turned = m > n;
  if (turned) [m, n, u, v, gradU, gradV] = [n, m, v, u, gradV, gradU];
  if (full && n - m > 1) {
    throw unimplemented(
      `svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True. Received: m=${m} and n=${n}`,
    );
  }
  const diagonal = matrixDiag(s);
  const f = reciprocalDifferences(square(s));
  const inverse = matrixDiag(safeReciprocal(s));
  const v1 = columns(v, 0, m);
  const gradV1 = columns(gradV, 0, m);
  const fu = mul(f, batchMatMulV2(u, gradU, { adjX: true }));
  const vgv = batchMatMulV2(v1, gradV1, { adjX: true });
  const fv = mul(f, vgv);
  const inner = addV2(
    addV2(gradS, batchMatMulV2(addV2(fu, adjoint(fu)), diagonal)),
    batchMatMulV2(diagonal, addV2(fv, adjoint(fv))),
  );
  let result = batchMatMulV2(u, batchMatMulV2(inner, v1, { adjY: true }));
  if (m !== n) {
    const gt = adjoint(gradV1);
    let rest = sub(gt, batchMatMulV2(batchMatMulV2(gt, v1), v1, { adjY: true }));
    if (full) {
      const [v2, gradV2] = [columns(v, m, n), columns(gradV, m, n)];
      rest = sub(rest, batchMatMulV2(batchMatMulV2(v1, gradV2, { adjX: true }), v2, { adjY: true }));
    }
    result = addV2(result, batchMatMulV2(batchMatMulV2(u, inverse), rest));
  }
  if (dtypeWidth(a.dtype) === 2) {
    const l = matrixDiag(matrixDiagPart(vgv));
    const third = batchMatMulV2(inverse, sub(adjoint(l), l));
    const half = mul(scalarLike(third, 0.5), batchMatMulV2(u, batchMatMulV2(third, v1, { adjY: true })));
    result = addV2(result, half);
  }
  return [turned ? adjoint(result) : result];
};

/** x r⁻ᴴ of an upper triangular r. */
function timesInverse(x: Tensor, r: Tensor): Tensor {
  return adjoint(matrixTriangularSolve(r, adjoint(x), { lower: false, adjoint: false }));
}

function deepQr(q: Tensor, r: Tensor, dq: Tensor, dr: Tensor): Tensor {
  const qdq = batchMatMulV2(q, dq, { adjX: true });
  const rdr = batchMatMulV2(r, dr, { adjY: true });
  const skew = addV2(sub(qdq, adjoint(qdq)), sub(rdr, adjoint(rdr)));
  const lower = matrixBandPart(skew, constant(-1, "int64"), constant(0, "int64"));
  const first = batchMatMulV2(q, addV2(dr, timesInverse(lower, r)));
  const result = addV2(first, timesInverse(sub(dq, batchMatMulV2(q, qdq)), r));
  if (dtypeWidth(q.dtype) === 1) return result;
  const diagonal = matrixDiag(matrixDiagPart(sub(rdr, adjoint(qdq))));
  const real = build("Real", [diagonal], { Tout: q.dtype === "complex64" ? "float32" : "float64" });
  const correction = sub(diagonal, cast(real, q.dtype));
  return addV2(result, timesInverse(batchMatMulV2(q, adjoint(correction)), r));
}

const qr: GradientRule = (op, grads) => {
  const [q, r] = op.outputs as unknown as [Tensor, Tensor];
  const [dq, dr] = [denseOf(grads), denseOf(grads, 1)];
  const [rows, width, order] = [r.shape?.at(-2) ?? -1, r.shape?.at(-1) ?? -1, q.shape?.at(-2) ?? -1];
  if (rows < 0 || width < 0 || order < 0) throw unimplemented("QrGrad not implemented with dynamic shapes.");
  if (rows > width && order === q.shape!.at(-1)) {
    throw unimplemented("QrGrad not implemented when nrows > ncols and full_matrices is true.");
  }
  if (order >= width) return [deepQr(q, r, dq, dr)];
  const y = columns(op.inputs[0]!, order, undefined);
  const dv = columns(dr, order, undefined);
  const dx = deepQr(q, columns(r, 0, order), addV2(dq, batchMatMulV2(y, dv, { adjY: true })), columns(dr, 0, order));
  return [concatV2([dx, batchMatMulV2(q, dv)], -1)];
};

function choleskySolve(factor: Tensor, rhs: Tensor): Tensor {
  return matrixTriangularSolve(factor, matrixTriangularSolve(factor, rhs), { adjoint: true });
}

const matrixSolveLs: GradientRule = (op, grads) => {
  if (!op.attrs.bool("fast")) throw invalidArgument("Gradient not defined for fast=False");
  const grad = denseOf(grads);
  const [a, b] = op.inputs as [Tensor, Tensor];
  const lambda = cast(op.inputs[2]!, a.dtype);
  const [m, n] = [a.shape?.at(-2) ?? -1, a.shape?.at(-1) ?? -1];
  if (m < 0 || n < 0) throw unimplemented("The gradient of MatrixSolveLs needs matrices of known size");
  const over = m >= n;
  const gram = over ? batchMatMulV2(a, a, { adjX: true }) : batchMatMulV2(a, a, { adjY: true });
  const factor = cholesky(matrixSetDiag(gram, addV2(matrixDiagPart(gram), lambda)));
  if (over) {
    const z = choleskySolve(factor, grad);
    const xz = batchMatMulV2(op.output, z, { adjY: true });
    const gradA = addV2(neg(batchMatMulV2(a, addV2(xz, swapped(xz)))), batchMatMulV2(b, z, { adjY: true }));
    return [gradA, batchMatMulV2(a, z), null];
  }
  const gradB = choleskySolve(factor, batchMatMulV2(a, grad));
  const solved = choleskySolve(factor, b);
  const first = neg(batchMatMulV2(gradB, batchMatMulV2(solved, a, { adjX: true })));
  const second = batchMatMulV2(solved, sub(grad, batchMatMulV2(a, gradB, { adjX: true })), { adjY: true });
  return [addV2(first, second), gradB, null];
};

const bandedSolve: GradientRule = (op, grads) => {
  const [a, b] = op.inputs as [Tensor, Tensor];
  const [lower, turned] = [op.attrs.bool("lower"), op.attrs.bool("adjoint")];
  const gradB = bandedTriangularSolve(a, denseOf(grads), { lower, adjoint: !turned });
  const product = turned
    ? batchMatMulV2(op.output, gradB, { adjY: true })
    : batchMatMulV2(gradB, op.output, { adjY: true });
  const bands = a.shape?.at(-2) ?? -1;
  if (bands < 0) throw unimplemented("The gradient of BandedTriangularSolve needs a known number of bands");
  const k = lower ? [1 - bands, 0] : [0, bands - 1];
  const gradA = build("MatrixDiagPartV3", [neg(product), constant(k, "int32"), scalarLike(product, 0)], {
    align: "LEFT_RIGHT",
  });
  // A single band comes without its dimension.
  const whole = bands === 1 ? expandDims(gradA, -2) : gradA;
  return unbroadcastBatch([a, b], [whole, gradB]);
};

/** Shifts the rows of matrices by one, with zeros where none come from. */
function shifted(x: Tensor, up: boolean): Tensor {
  const rank = rankOf(x);
  const begin = Array.from({ length: rank }, (_, i) => (i === rank - 2 && up ? 1 : 0));
  const rows = build("StridedSlice", [shape(x), [rank - 2], [rank - 1], [1]], { shrink_axis_mask: 1 });
  const size = build("Pack", [
    Array.from({ length: rank }, (_, i) => (i === rank - 2 ? sub(rows, constant(1, "int32")) : constant(-1, "int32"))),
  ]);
  const part = build("Slice", [x, constant(begin, "int32"), size]);
  const paddings = Array.from({ length: rank }, (_, i) => (i === rank - 2 ? (up ? [0, 1] : [1, 0]) : [0, 0]));
  return pad(part, constant(paddings, "int32"));
}

const lastAxis = (): Tensor => constant(-1, "int32");

const tridiagonalMatMul: GradientRule = (op, grads) => {
  const grad = denseOf(grads);
  const [above, main, below] = op.inputs.slice(0, 3).map(adjoint) as [Tensor, Tensor, Tensor];
  const rhs = conjugate(op.inputs[3]!);
  const banded = (x: Tensor): Tensor => expandDims(sum(mul(x, grad), lastAxis()), -2);
  return [
    banded(shifted(rhs, true)),
    banded(rhs),
    banded(shifted(rhs, false)),
    addV2(addV2(shifted(mul(above, grad), false), mul(main, grad)), shifted(mul(below, grad), true)),
  ];
};

/** One of the three diagonals of tridiagonal matrices, as a column. */
function diagonalOf(diagonals: Tensor, row: number): Tensor {
  const turned = swapped(diagonals);
  return columns(turned, row, row + 1);
}

const tridiagonal: GradientRule = (op, grads) => {
  const diagonals = op.inputs[0]!;
  const transposed = swapped(
    concatV2(
      [shifted(diagonalOf(diagonals, 2), true), diagonalOf(diagonals, 1), shifted(diagonalOf(diagonals, 0), false)],
      -1,
    ),
  );
  const gradRhs = tridiagonalSolve(transposed, denseOf(grads), {
    partialPivoting: op.attrs.bool("partial_pivoting"),
    perturbSingular: op.attrs.bool("perturb_singular"),
  });
  const part = (x: Tensor): Tensor => expandDims(sum(mul(gradRhs, x), lastAxis()), -2);
  const x = op.output;
  return [neg(concatV2([part(shifted(x, true)), part(x), part(shifted(x, false))], -2)), gradRhs];
};

/** Solves the Sylvester equation of the root by a Kronecker sum, as TensorFlow does. */
const squareRoot: GradientRule = (op, grads) => {
  const root = op.output;
  const grad = denseOf(grads);
  const known = root.shape;
  if (!isFullyDefined(known)) throw unimplemented("The gradient of MatrixSquareRoot needs matrices of known shape");
  const n = known.at(-1)!;
  const batch = known.slice(0, -2);
  const identity = matrixDiag(build("Fill", [constant([...known.slice(0, -1)], "int32"), scalarLike(root, 1)]));
  const kronecker = (a: Tensor, b: Tensor): Tensor =>
    reshape(
      mul(reshape(a, constant([...batch, n, 1, n, 1], "int32")), reshape(b, constant([...batch, 1, n, 1, n], "int32"))),
      constant([...batch, n * n, n * n], "int32"),
    );
  const total = addV2(kronecker(identity, swapped(root)), kronecker(root, identity));
  const vector = reshape(swapped(grad), constant([...batch, n * n, 1], "int32"));
  return [swapped(reshape(matrixSolve(total, vector), constant([...known], "int32")))];
};

/** Gradients of decompositions, least squares and banded systems. */
export const linalgDecomposeGradients: GradientTable = {
  SelfAdjointEigV2: selfAdjointEig,
  Eig: eig,
  Svd: svd,
  Qr: qr,
  MatrixSolveLs: matrixSolveLs,
  BandedTriangularSolve: bandedSolve,
  TridiagonalMatMul: tridiagonalMatMul,
  TridiagonalSolve: tridiagonal,
  MatrixSquareRoot: squareRoot,
};
