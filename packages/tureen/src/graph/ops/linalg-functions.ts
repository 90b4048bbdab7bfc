import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The LU decomposition of square matrices with the order of their rows. */
export function lu(
  input: TensorLike,
  options: { readonly outputIdxType?: DType; readonly name?: string } = {},
): { readonly lu: Tensor; readonly p: Tensor } {
  const { outputs } = buildOp("Lu", [input], { output_idx_type: options.outputIdxType }, options);
  return { lu: outputs[0]!, p: outputs[1]! };
}

/** Eigenvalues and vectors of square matrices. */
export function eig(
  input: TensorLike,
  options: { readonly computeV?: boolean; readonly Tout: DType; readonly name?: string },
): { readonly e: Tensor; readonly v: Tensor } {
  checkOptions("eig", options, { computeV: "optional", Tout: "required", name: "optional" });
  const { outputs } = buildOp("Eig", [input], { compute_v: options.computeV, Tout: options.Tout }, options.name);
  return { e: outputs[0]!, v: outputs[1]! };
}

/** e to the power of square matrices; an op of graphs before TensorFlow 1.9. */
export function matrixExponential(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixExponential", [input], {}, options);
}

/** The principal logarithm of square complex matrices. */
export function matrixLogarithm(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixLogarithm", [input], {}, options);
}

/** The principal square root of square matrices. */
export function matrixSquareRoot(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixSquareRoot", [input], {}, options);
}

/** The solutions of tridiagonal systems. */
export function tridiagonalSolve(
  diagonals: TensorLike,
  rhs: TensorLike,
  options: { readonly partialPivoting?: boolean; readonly perturbSingular?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "TridiagonalSolve",
    [diagonals, rhs],
    { partial_pivoting: options.partialPivoting, perturb_singular: options.perturbSingular },
    options,
  );
}

/** The product of a tridiagonal matrix, given by its diagonals, and a matrix. */
export function tridiagonalMatMul(
  superdiag: TensorLike,
  maindiag: TensorLike,
  subdiag: TensorLike,
  rhs: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TridiagonalMatMul", [superdiag, maindiag, subdiag, rhs], {}, options);
}

/** The solutions of triangular systems given by their bands. */
export function bandedTriangularSolve(
  matrix: TensorLike,
  rhs: TensorLike,
  options: { readonly lower?: boolean; readonly adjoint?: boolean; readonly name?: string } = {},
): Tensor {
  return build("BandedTriangularSolve", [matrix, rhs], { lower: options.lower, adjoint: options.adjoint }, options);
}
