import type { PartialShape } from "../../core/shape.js";
import type { ShapeRule, ShapeTable } from "../infer-shapes.js";
import { einsumShapes } from "./linalg-einsum.js";
import { broadcastPartial, mergeShape, mergeSize, withRank, withRankAtLeast } from "./nn/shape-checks.js";

const matMul: ShapeRule = ({ inputs, attrs }) => {
  const a = withRank(inputs[0]!.shape, 2);
  const b = withRank(inputs[1]!.shape, 2);
  const [ta, tb] = [attrs.bool("transpose_a"), attrs.bool("transpose_b")];
  mergeSize(a[ta ? 0 : 1]!, b[tb ? 1 : 0]!);
  return [[a[ta ? 1 : 0]!, b[tb ? 0 : 1]!]];
};

function batchMatMul(broadcasts: boolean): ShapeRule {
  return ({ inputs, attrs }) => {
    const x = withRankAtLeast(inputs[0]!.shape, 2);
    const y = withRankAtLeast(inputs[1]!.shape, 2);
    const [adjX, adjY] = [attrs.bool("adj_x"), attrs.bool("adj_y")];
    const [xr, xc] = x === undefined ? [-1, -1] : (x.slice(-2) as [number, number]);
    const [yr, yc] = y === undefined ? [-1, -1] : (y.slice(-2) as [number, number]);
    mergeSize(adjX ? xr : xc, adjY ? yc : yr);
    const matrix = [adjX ? xc : xr, adjY ? yr : yc];
    if (broadcasts) {
      if (x === undefined || y === undefined) return [undefined];
      return [[...broadcastPartial(x.slice(0, -2), y.slice(0, -2)), ...matrix]];
    }
    const [bx, by] = [x?.slice(0, -2), y?.slice(0, -2)];
    if (bx === undefined && by === undefined) return [undefined];
    if (bx === undefined || by === undefined) return [[...(bx ?? by)!, ...matrix]];
    return [[...mergeShape(bx, by)!, ...matrix]];
  };
}

/** The shape of a batch of square matrices, with what is known of either side. */
function square(shape: PartialShape): PartialShape {
  const found = withRankAtLeast(shape, 2);
  if (found === undefined) return undefined;
  const size = mergeSize(found.at(-2)!, found.at(-1)!);
  return [...found.slice(0, -2), size, size];
}

const squareMatrix: ShapeRule = ({ inputs }) => [square(inputs[0]!.shape)];

const solve: ShapeRule = ({ inputs }) => {
  const lhs = square(inputs[0]!.shape);
  const rhs = withRankAtLeast(inputs[1]!.shape, 2);
  if (lhs === undefined || rhs === undefined) return [rhs === undefined ? undefined : rhs];
  const rows = mergeSize(lhs.at(-1)!, rhs.at(-2)!);
  return [[...mergeShape(lhs.slice(0, -2), rhs.slice(0, -2))!, rows, rhs.at(-1)!]];
};

const triangularSolve: ShapeRule = ({ inputs }) => {
  const lhs = square(inputs[0]!.shape);
  const rhs = withRankAtLeast(inputs[1]!.shape, 2);
  if (lhs === undefined || rhs === undefined) return [undefined];
  const rows = mergeSize(lhs.at(-1)!, rhs.at(-2)!);
  return [[...broadcastPartial(lhs.slice(0, -2), rhs.slice(0, -2)), rows, rhs.at(-1)!]];
};

const solveLs: ShapeRule = ({ inputs }) => {
  const lhs = withRankAtLeast(inputs[0]!.shape, 2);
  const rhs = withRankAtLeast(inputs[1]!.shape, 2);
  if (lhs === undefined || rhs === undefined) return [undefined];
  mergeSize(lhs.at(-2)!, rhs.at(-2)!);
  return [[...mergeShape(lhs.slice(0, -2), rhs.slice(0, -2))!, lhs.at(-1)!, rhs.at(-1)!]];
};

const determinant: ShapeRule = ({ inputs }) => [square(inputs[0]!.shape)?.slice(0, -2)];

const logDeterminant: ShapeRule = ({ inputs }) => {
  const batch = square(inputs[0]!.shape)?.slice(0, -2);
  return [batch, batch];
};

function smaller(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a < 0 || b < 0 ? -1 : Math.min(a, b);
}

const qr: ShapeRule = ({ inputs, attrs }) => {
  const shape = withRankAtLeast(inputs[0]!.shape, 2);
  if (shape === undefined) return [undefined, undefined];
  const [m, n] = shape.slice(-2) as [number, number];
  const batch = shape.slice(0, -2);
  const p = smaller(m, n);
  return attrs.bool("full_matrices")
    ? [
        [...batch, m, m],
        [...batch, m, n],
      ]
    : [
        [...batch, m, p],
        [...batch, p, n],
      ];
};

const svd: ShapeRule = ({ inputs, attrs }) => {
  const shape = withRankAtLeast(inputs[0]!.shape, 2);
  if (shape === undefined) return [undefined, undefined, undefined];
  const [m, n] = shape.slice(-2) as [number, number];
  const batch = shape.slice(0, -2);
  const p = smaller(m, n);
  const s = [...batch, p];
  if (!attrs.bool("compute_uv")) return [s, [0], [0]];
  return attrs.bool("full_matrices")
    ? [s, [...batch, m, m], [...batch, n, n]]
    : [s, [...batch, m, p], [...batch, n, p]];
};

const selfAdjointEig: ShapeRule = ({ inputs, attrs }) => {
  const shape = square(inputs[0]!.shape);
  return [shape?.slice(0, -1), attrs.bool("compute_v") ? shape : [0]];
};

const lu: ShapeRule = ({ inputs }) => {
  const shape = square(inputs[0]!.shape);
  return [shape, shape?.slice(0, -1)];
};

const tridiagonalSolve: ShapeRule = ({ inputs }) => {
  const diagonals = withRankAtLeast(inputs[0]!.shape, 2);
  const rhs = withRankAtLeast(inputs[1]!.shape, 2);
  if (diagonals === undefined || rhs === undefined) return [rhs];
  mergeShape(diagonals.slice(0, -2), rhs.slice(0, -2));
  mergeSize(diagonals.at(-2)!, 3);
  mergeSize(diagonals.at(-1)!, rhs.at(-2)!);
  return [rhs];
};

const bandedSolve: ShapeRule = ({ inputs }) => {
  const bands = withRankAtLeast(inputs[0]!.shape, 2);
  const rhs = withRankAtLeast(inputs[1]!.shape, 2);
  if (bands === undefined || rhs === undefined) return [undefined];
  const rows = mergeSize(bands.at(-1)!, rhs.at(-2)!);
  return [[...broadcastPartial(bands.slice(0, -2), rhs.slice(0, -2)), rows, rhs.at(-1)!]];
};

/** Shape rules of the linalg family. */
export const linalgShapes: ShapeTable = {
  MatMul: matMul,
  _FusedMatMul: matMul,
  SparseMatMul: matMul,
  BatchMatMul: batchMatMul(false),
  BatchMatMulV2: batchMatMul(true),
  BatchMatMulV3: batchMatMul(true),
  MatrixInverse: squareMatrix,
  MatrixDeterminant: determinant,
  LogMatrixDeterminant: logDeterminant,
  MatrixSolve: solve,
  MatrixTriangularSolve: triangularSolve,
  MatrixSolveLs: solveLs,
  Cholesky: squareMatrix,
  CholeskyGrad: squareMatrix,
  Qr: qr,
  Svd: svd,
  SelfAdjointEigV2: selfAdjointEig,
  Eig: selfAdjointEig,
  Lu: lu,
  MatrixExponential: squareMatrix,
  MatrixLogarithm: squareMatrix,
  MatrixSquareRoot: squareMatrix,
  TridiagonalSolve: tridiagonalSolve,
  TridiagonalMatMul: ({ inputs }) => [inputs[3]!.shape],
  BandedTriangularSolve: bandedSolve,
  ...einsumShapes,
};
