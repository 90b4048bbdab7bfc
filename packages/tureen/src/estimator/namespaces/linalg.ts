/** `tf.linalg`: functions of matrices by TensorFlow's names. Matrices are the last two dimensions; those before them are batches. */
import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { selfAdjointEigV2 } from "../../graph/ops/linalg.js";
import { nameScope } from "../../graph/scope.js";
import { matrixTranspose, type NormOptions, norm } from "../math/linear-algebra.js";
import { reduceSum } from "../math/reductions.js";
import { div, mul, unary } from "../nn/arithmetic.js";

export {
  cholesky,
  cross,
  diag as tensorDiag,
  diagPart as tensorDiagPart,
  logMatrixDeterminant as slogdet,
  lu,
  matrixBandPart as bandPart,
  matrixDeterminant as det,
  matrixExponential as expm,
  matrixInverse as inv,
  matrixLogarithm as logm,
  matrixSolve as solve,
  matrixSquareRoot as sqrtm,
  qr,
  selfAdjointEigV2 as eigh,
  svd,
} from "../../graph/ops/index.js";
export { einsum } from "../math/einsum.js";
export { eye, matrixTranspose, matvec, type NormOptions, norm, tensordot, trace } from "../math/linear-algebra.js";
export { globalNorm } from "../nn/clip.js";
export { l2Normalize } from "../nn/moments.js";

/** Options of `matmul`: what is transposed, or transposed and conjugated, first. */
export interface MatmulOptions extends NamedOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly adjointA?: boolean;
  readonly adjointB?: boolean;
}

/**
 * Products of matrices (`tf.linalg.matmul`): [..., n, m] times [..., m, k]; batches broadcast.
 *
 * INVALID_ARGUMENT where an operand is to be transposed and adjoint.
 */
export function matmul(a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor {
  checkOptions("matmul", options, {
    transposeA: "optional",
    transposeB: "optional",
    adjointA: "optional",
    adjointB: "optional",
    name: "optional",
  });
  const { transposeA = false, transposeB = false, adjointA = false, adjointB = false } = options;
  for (const [which, transpose, adjoint] of [
    ["a", transposeA, adjointA],
    ["b", transposeB, adjointB],
  ] as const) {
    if (transpose && adjoint) {
      throw invalidArgument(
        `Only one of \`transpose_${which}\` and \`adjoint_${which}\` can be True. Received \`transpose_${which}\`=True, \`adjoint_${which}\`=True.`,
      );
    }
  }
  return nameScope(options.name ?? "MatMul", (scope) => {
    const x = asTensor(a, undefined, "a");
    const y = asTensor(b, x.dtype, "b");
    const isReal = !x.dtype.startsWith("complex");
    const isMatrix = x.shape?.length === 2 && y.shape?.length === 2;
    if (isMatrix && (isReal || !(adjointA || adjointB))) {
      return build(
        "MatMul",
        [x, y],
        { transpose_a: transposeA || adjointA, transpose_b: transposeB || adjointB },
        scope,
      );
    }
    const conj = (t: Tensor, plain: boolean): Tensor => (plain && !isReal ? build("Conj", [t], {}, "Conj") : t);
    return build(
      "BatchMatMulV2",
      [conj(x, transposeA), conj(y, transposeB)],
      { adj_x: transposeA || adjointA, adj_y: transposeB || adjointB },
      scope,
    );
  });
}

/** Each matrix transposed and conjugated (`tf.linalg.adjoint`). */
export function adjoint(matrix: Tensor, options: NamedOptions = {}): Tensor {
  checkOptions("adjoint", options, nameOnly);
  return nameScope(options.name ?? "adjoint", () => {
    const turned = matrixTranspose(matrix);
    return matrix.dtype.startsWith("complex") ? build("Conj", [turned], {}, "Conj") : turned;
  });
}

/** The eigenvalues of symmetric matrices, smallest first: [..., n] (`tf.linalg.eigvalsh`). */
export function eigvalsh(tensor: TensorLike, options: NamedOptions = {}): Tensor {
  checkOptions("eigvalsh", options, nameOnly);
  return selfAdjointEigV2(tensor, { computeV: false, ...(options.name === undefined ? {} : { name: options.name }) }).e;
}

/** The logarithm of the determinant of positive definite matrices (`tf.linalg.logdet`). */
export function logdet(matrix: TensorLike, options: NamedOptions = {}): Tensor {
  checkOptions("logdet", options, nameOnly);
  return nameScope(options.name ?? "logdet", () => {
    const factor = build("Cholesky", [matrix], {}, "Cholesky");
    const diagonal = build("MatrixDiagPart", [factor], {}, "MatrixDiagPart");
    return mul(reduceSum(unary("Log", diagonal), { axis: -1 }), 2);
  });
}

/** x of `A x = rhs`, with `chol` the Cholesky factor of A (`tf.linalg.cholesky_solve`). */
export function choleskySolve(chol: TensorLike, rhs: TensorLike, options: NamedOptions = {}): Tensor {
  checkOptions("choleskySolve", options, nameOnly);
  return nameScope(options.name ?? "cholesky_solve", () => {
    const factor = asTensor(chol);
    const y = triangularSolve(factor, rhs);
    return triangularSolve(factor, y, { adjoint: true });
  });
}

/** x of `matrix x = rhs` of triangular matrices (`tf.linalg.triangular_solve`): the lower ones by default. */
export function triangularSolve(
  matrix: TensorLike,
  rhs: TensorLike,
  options: NamedOptions & { readonly lower?: boolean; readonly adjoint?: boolean } = {},
): Tensor {
  checkOptions("triangularSolve", options, { lower: "optional", adjoint: "optional", name: "optional" });
  const { lower = true, adjoint: isAdjoint = false, name } = options;
  return build("MatrixTriangularSolve", [matrix, rhs], { lower, adjoint: isAdjoint }, name);
}

/** The least squares solution of `matrix x = rhs` (`tf.linalg.lstsq`): by normal equations, or with `fast: false` by an orthogonal decomposition. */
export function lstsq(
  matrix: TensorLike,
  rhs: TensorLike,
  options: NamedOptions & { readonly l2Regularizer?: number; readonly fast?: boolean } = {},
): Tensor {
  checkOptions("lstsq", options, { l2Regularizer: "optional", fast: "optional", name: "optional" });
  const { l2Regularizer = 0, fast = true, name } = options;
  return build("MatrixSolveLs", [matrix, rhs, constant(l2Regularizer, "float64", "l2_regularizer")], { fast }, name);
}

/** How diagonals of different lengths lie in their rows: first superdiagonals, then subdiagonals. */
export type DiagonalAlign = "RIGHT_LEFT" | "LEFT_RIGHT" | "LEFT_LEFT" | "RIGHT_RIGHT";

/** Which diagonals, above 0 those over the main one: one, or from the lowest to the highest. */
export interface DiagonalOptions extends NamedOptions {
  readonly k?: number | readonly [lowest: number, highest: number];
  readonly align?: DiagonalAlign;
}

const diagonalTable: OptionTable<DiagonalOptions> = { k: "optional", align: "optional", name: "optional" };

function diagonals({ k = 0 }: DiagonalOptions): Tensor {
  return constant(typeof k === "number" ? k : [...k], "int32", "k");
}

/** Matrices with given diagonals and a padding of 0 around them (`tf.linalg.diag`). */
export function diag(
  diagonal: Tensor,
  options: DiagonalOptions & {
    readonly numRows?: number;
    readonly numCols?: number;
    readonly paddingValue?: number;
  } = {},
): Tensor {
  checkOptions("diag", options, {
    ...diagonalTable,
    numRows: "optional",
    numCols: "optional",
    paddingValue: "optional",
  });
  const { numRows = -1, numCols = -1, paddingValue = 0, align = "RIGHT_LEFT", name } = options;
  return nameScope(name ?? "diag", (scope) =>
    build(
      "MatrixDiagV3",
      [
        diagonal,
        diagonals(options),
        constant(numRows, "int32", "num_rows"),
        constant(numCols, "int32", "num_cols"),
        constant(paddingValue, diagonal.dtype, "padding_value"),
      ],
      { align },
      scope,
    ),
  );
}

/** Diagonals of matrices (`tf.linalg.diag_part`); shorter ones are padded with 0 where several are asked for. */
export function diagPart(input: Tensor, options: DiagonalOptions & { readonly paddingValue?: number } = {}): Tensor {
  checkOptions("diagPart", options, { ...diagonalTable, paddingValue: "optional" });
  const { paddingValue = 0, align = "RIGHT_LEFT", name } = options;
  return nameScope(name ?? "diag_part", (scope) =>
    build(
      "MatrixDiagPartV3",
      [input, diagonals(options), constant(paddingValue, input.dtype, "padding_value")],
      { align },
      scope,
    ),
  );
}

/** Matrices with other diagonals (`tf.linalg.set_diag`). */
export function setDiag(input: Tensor, diagonal: Tensor, options: DiagonalOptions = {}): Tensor {
  checkOptions("setDiag", options, diagonalTable);
  const { align = "RIGHT_LEFT", name } = options;
  return nameScope(name ?? "set_diag", (scope) =>
    build("MatrixSetDiagV3", [input, diagonal, diagonals(options)], { align }, scope),
  );
}

/** The tensor over its norm, and the norm (`tf.linalg.normalize`); `ord` and `axis` as of `norm`. */
export function normalize(
  tensor: Tensor,
  options: Omit<NormOptions, "keepDims"> = {},
): { readonly normalized: Tensor; readonly norm: Tensor } {
  checkOptions("normalize", options, { ord: "optional", axis: "optional", name: "optional" });
  const { name, ...rest } = options;
  return nameScope(name ?? "normalize", () => {
    const length = norm(tensor, { ...rest, keepDims: true });
    return { normalized: div(tensor, length), norm: length };
  });
}
