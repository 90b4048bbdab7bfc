import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** `a` times `b`, both matrices, each transposed first where asked. */
export function matMul(
  a: TensorLike,
  b: TensorLike,
  options: { readonly transposeA?: boolean; readonly transposeB?: boolean; readonly name?: string } = {},
): Tensor {
  return build("MatMul", [a, b], { transpose_a: options.transposeA, transpose_b: options.transposeB }, options);
}

/** Matrix products over equal batch dimensions; `adjX` and `adjY` transpose and conjugate. */
export function batchMatMul(
  x: TensorLike,
  y: TensorLike,
  options: { readonly adjX?: boolean; readonly adjY?: boolean; readonly name?: string } = {},
): Tensor {
  return build("BatchMatMul", [x, y], { adj_x: options.adjX, adj_y: options.adjY }, options);
}

/** Matrix products over batch dimensions that broadcast; `adjX` and `adjY` transpose and conjugate. */
export function batchMatMulV2(
  x: TensorLike,
  y: TensorLike,
  options: { readonly adjX?: boolean; readonly adjY?: boolean; readonly name?: string } = {},
): Tensor {
  return build("BatchMatMulV2", [x, y], { adj_x: options.adjX, adj_y: options.adjY }, options);
}

/** Matrix products over batch dimensions that broadcast, in an output dtype of their own. */
export function batchMatMulV3(
  x: TensorLike,
  y: TensorLike,
  options: { readonly tout: DType; readonly adjX?: boolean; readonly adjY?: boolean; readonly name?: string },
): Tensor {
  return build("BatchMatMulV3", [x, y], { Tout: options.tout, adj_x: options.adjX, adj_y: options.adjY }, options);
}

/** A float32 matrix product for operands with many zeros. */
export function sparseMatMul(
  a: TensorLike,
  b: TensorLike,
  options: {
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
    readonly aIsSparse?: boolean;
    readonly bIsSparse?: boolean;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "SparseMatMul",
    [a, b],
    {
      transpose_a: options.transposeA,
      transpose_b: options.transposeB,
      a_is_sparse: options.aIsSparse,
      b_is_sparse: options.bIsSparse,
    },
    options,
  );
}

/** Einstein summation over one or two tensors, by an equation such as `bij,bjk->bik`. */
export function einsum(
  inputs: readonly TensorLike[],
  options: { readonly equation: string; readonly name?: string },
): Tensor {
  return build("Einsum", [inputs], { equation: options.equation }, options);
}

/** The inverse of each innermost matrix. */
export function matrixInverse(
  input: TensorLike,
  options: { readonly adjoint?: boolean; readonly name?: string } = {},
): Tensor {
  return build("MatrixInverse", [input], { adjoint: options.adjoint }, options);
}

/** The determinant of each innermost matrix. */
export function matrixDeterminant(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("MatrixDeterminant", [input], {}, options);
}

/** Sign and logarithm of the absolute determinant of each innermost matrix. */
export function logMatrixDeterminant(
  input: TensorLike,
  options: { readonly name?: string } = {},
): { readonly sign: Tensor; readonly logAbsDeterminant: Tensor } {
  const { outputs } = buildOp("LogMatrixDeterminant", [input], {}, options);
  return { sign: outputs[0]!, logAbsDeterminant: outputs[1]! };
}

/** Solves `matrix · x = rhs` for each innermost pair. */
export function matrixSolve(
  matrix: TensorLike,
  rhs: TensorLike,
  options: { readonly adjoint?: boolean; readonly name?: string } = {},
): Tensor {
  return build("MatrixSolve", [matrix, rhs], { adjoint: options.adjoint }, options);
}

/** Solves `matrix · x = rhs` for triangular matrices; batch dimensions broadcast. */
export function matrixTriangularSolve(
  matrix: TensorLike,
  rhs: TensorLike,
  options: { readonly lower?: boolean; readonly adjoint?: boolean; readonly name?: string } = {},
): Tensor {
  return build("MatrixTriangularSolve", [matrix, rhs], { lower: options.lower, adjoint: options.adjoint }, options);
}

/** Least-squares solution of `matrix · x = rhs`, with an L2 regularizer in the fast way. */
export function matrixSolveLs(
  matrix: TensorLike,
  rhs: TensorLike,
  l2Regularizer: TensorLike,
  options: { readonly fast?: boolean; readonly name?: string } = {},
): Tensor {
  return build("MatrixSolveLs", [matrix, rhs, l2Regularizer], { fast: options.fast }, options);
}

/** The lower Cholesky factor of each innermost matrix, of which only the lower triangle is read. */
export function cholesky(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Cholesky", [input], {}, options);
}

/** The gradient of Cholesky from its output `l` and the gradient of that. */
export function choleskyGrad(l: TensorLike, grad: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("CholeskyGrad", [l, grad], {}, options);
}

/** QR decomposition of each innermost matrix. */
export function qr(
  input: TensorLike,
  options: { readonly fullMatrices?: boolean; readonly name?: string } = {},
): { readonly q: Tensor; readonly r: Tensor } {
  const { outputs } = buildOp("Qr", [input], { full_matrices: options.fullMatrices }, options);
  return { q: outputs[0]!, r: outputs[1]! };
}

/** Singular values of each innermost matrix, largest first, and the singular vectors. */
export function svd(
  input: TensorLike,
  options: { readonly computeUv?: boolean; readonly fullMatrices?: boolean; readonly name?: string } = {},
): { readonly s: Tensor; readonly u: Tensor; readonly v: Tensor } {
  const { outputs } = buildOp(
    "Svd",
    [input],
    { compute_uv: options.computeUv, full_matrices: options.fullMatrices },
    options,
  );
  return { s: outputs[0]!, u: outputs[1]!, v: outputs[2]! };
}

/** Eigenvalues, smallest first, and eigenvectors of each innermost symmetric matrix. */
export function selfAdjointEigV2(
  input: TensorLike,
  options: { readonly computeV?: boolean; readonly name?: string } = {},
): { readonly e: Tensor; readonly v: Tensor } {
  const { outputs } = buildOp("SelfAdjointEigV2", [input], { compute_v: options.computeV }, options);
  return { e: outputs[0]!, v: outputs[1]! };
}
