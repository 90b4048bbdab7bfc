import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A tensor of twice the rank with the input on its diagonal. */
export function diag(diagonal: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Diag", [diagonal], {}, options);
}

/** The diagonal of a tensor whose second half of dimensions repeats the first. */
export function diagPart(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("DiagPart", [input], {}, options);
}

/** Square matrices with the input on their main diagonals. */
export function matrixDiag(diagonal: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixDiag", [diagonal], {}, options);
}

/** Matrices with the input on their diagonals `k`. */
export function matrixDiagV2(
  diagonal: TensorLike,
  k: TensorLike,
  numRows: TensorLike,
  numCols: TensorLike,
  paddingValue: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("MatrixDiagV2", [diagonal, k, numRows, numCols, paddingValue], {}, options);
}

/** Matrices with the input on their diagonals `k`; `align` says how shorter ones are stored. */
export function matrixDiagV3(
  diagonal: TensorLike,
  k: TensorLike,
  numRows: TensorLike,
  numCols: TensorLike,
  paddingValue: TensorLike,
  options: { readonly align?: string; readonly name?: string } = {},
): Tensor {
  return build("MatrixDiagV3", [diagonal, k, numRows, numCols, paddingValue], { align: options.align }, options);
}

/** The main diagonals of matrices. */
export function matrixDiagPart(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixDiagPart", [input], {}, options);
}

/** The diagonals `k` of matrices. */
export function matrixDiagPartV2(
  input: TensorLike,
  k: TensorLike,
  paddingValue: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("MatrixDiagPartV2", [input, k, paddingValue], {}, options);
}

/** The diagonals `k` of matrices; `align` says how shorter ones are stored. */
export function matrixDiagPartV3(
  input: TensorLike,
  k: TensorLike,
  paddingValue: TensorLike,
  options: { readonly align?: string; readonly name?: string } = {},
): Tensor {
  return build("MatrixDiagPartV3", [input, k, paddingValue], { align: options.align }, options);
}

/** Matrices with their main diagonals replaced. */
export function matrixSetDiag(
  input: TensorLike,
  diagonal: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("MatrixSetDiag", [input, diagonal], {}, options);
}

/** Matrices with their diagonals `k` replaced. */
export function matrixSetDiagV2(
  input: TensorLike,
  diagonal: TensorLike,
  k: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("MatrixSetDiagV2", [input, diagonal, k], {}, options);
}

/** Matrices with their diagonals `k` replaced; `align` says how shorter ones are stored. */
export function matrixSetDiagV3(
  input: TensorLike,
  diagonal: TensorLike,
  k: TensorLike,
  options: { readonly align?: string; readonly name?: string } = {},
): Tensor {
  return build("MatrixSetDiagV3", [input, diagonal, k], { align: options.align }, options);
}

/** Matrices with zeros outside a band; a negative bound keeps the whole triangle. */
export function matrixBandPart(
  input: TensorLike,
  numLower: TensorLike,
  numUpper: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("MatrixBandPart", [input, numLower, numUpper], {}, options);
}
