import { type DType, dtypeWidth } from "../../core/dtype.js";
import { broadcastShapes, elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { hermitianEigen, qrOf, svdOf } from "./linalg/decompositions.js";
import {
  adjointOf,
  choleskyOf,
  type DenseMatrix,
  identityMatrix,
  luOf,
  luSolve,
  multiply,
  triangularSolve,
  zeroMatrix,
} from "./linalg/dense-matrix.js";
import { checkRanks, checkSquare, readMatrices, writeMatrices } from "./linalg/matrix-batch.js";
import { realArray, realValue } from "./linalg/real-data.js";

/** Whether a decomposition has a zero pivot. */
export function isSingular(lu: DenseMatrix): boolean {
  for (let i = 0; i < lu.rows; i++) {
    const at = i * lu.rows + i;
    if (!(Math.hypot(lu.re[at]!, lu.im[at]!) > 0)) return true;
  }
  return false;
}

const matrixInverse: KernelFactory = ({ attrs }) => {
  const adjoint = attrs.bool("adjoint");
  return ([input]) => {
    checkSquare(input!);
    const inverses = readMatrices(input!).map((matrix) => {
      const lu = luOf(adjoint ? adjointOf(matrix) : matrix);
      if (isSingular(lu.lu)) throw invalidArgument("Input is not invertible.");
      return luSolve(lu, identityMatrix(matrix.rows));
    });
    return [writeMatrices(input!.dtype, input!.shape, inverses)];
  };
};

const matrixDeterminant: KernelFactory =
  () =>
  ([input]) => {
    checkSquare(input!);
    const values = readMatrices(input!).map((matrix) => {
      const { lu, sign } = luOf(matrix);
      let [re, im] = [sign as number, 0];
      for (let i = 0; i < lu.rows; i++) {
        const [xr, xi] = [lu.re[i * lu.rows + i]!, lu.im[i * lu.rows + i]!];
        [re, im] = [re * xr - im * xi, re * xi + im * xr];
      }
      return { re: Float64Array.of(re), im: Float64Array.of(im) };
    });
    return [writeMatrices(input!.dtype, input!.shape.slice(0, -2), values)];
  };

const logMatrixDeterminant: KernelFactory =
  () =>
  ([input]) => {
    checkSquare(input!);
    const shape = input!.shape.slice(0, -2);
    const signs: { re: Float64Array; im: Float64Array }[] = [];
    const logs: { re: Float64Array }[] = [];
    for (const matrix of readMatrices(input!)) {
      const { lu, sign } = luOf(matrix);
      let [re, im, log] = [sign as number, 0, 0];
      for (let i = 0; i < lu.rows; i++) {
        const [xr, xi] = [lu.re[i * lu.rows + i]!, lu.im[i * lu.rows + i]!];
        const size = Math.hypot(xr, xi);
        log += Math.log(size);
        if (size > 0) [re, im] = [(re * xr - im * xi) / size, (re * xi + im * xr) / size];
        else [re, im] = [0, 0];
      }
      signs.push({ re: Float64Array.of(re), im: Float64Array.of(im) });
      logs.push({ re: Float64Array.of(log) });
    }
    return [writeMatrices(input!.dtype, shape, signs), writeMatrices(input!.dtype, shape, logs)];
  };

const matrixSolve: KernelFactory = ({ attrs }) => {
  const adjoint = attrs.bool("adjoint");
  return ([matrix, rhs]) => {
    checkRanks([matrix!, rhs!]);
    const [rows, columns] = matrix!.shape.slice(-2);
    if (rows !== columns) throw invalidArgument("First input (lhs) must be a square matrix.");
    if (rhs!.shape.at(-2) !== rows) throw invalidArgument("Input matrix and rhs are incompatible.");
    const right = readMatrices(rhs!);
    const solutions = readMatrices(matrix!).map((lhs, i) => {
      const lu = luOf(adjoint ? adjointOf(lhs) : lhs);
      if (isSingular(lu.lu)) throw invalidArgument("Input matrix is not invertible.");
      return luSolve(lu, right[i]!);
    });
    return [writeMatrices(matrix!.dtype, rhs!.shape, solutions)];
  };
};

const matrixTriangularSolve: KernelFactory = ({ attrs }) => {
  const [lower, adjoint] = [attrs.bool("lower"), attrs.bool("adjoint")];
  return ([matrix, rhs]) => {
    const [a, b] = [matrix!.shape, rhs!.shape];
    if (a.length < 2) throw invalidArgument(`In[0] ndims must be >= 2: ${a.length}`);
    if (b.length < 2) throw invalidArgument(`In[1] ndims must be >= 2: ${b.length}`);
    const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
    if (batch === undefined) {
      throw invalidArgument(
        `In[0] and In[1] must have compatible batch dimensions: ${shapeText(a)} vs. ${shapeText(b)}`,
      );
    }
    if (a.at(-1) !== a.at(-2)) {
      throw invalidArgument(`In[0] matrices in the last dimensions must be square (${a.at(-1)} =/= ${a.at(-2)})`);
    }
    if (a.at(-1) !== b.at(-2)) {
      throw invalidArgument(
        `In[0] mismatch In[1] shape: ${a.at(-1)} vs. ${b.at(-2)}: ${shapeText(a)} ${shapeText(b)} ${lower ? 1 : 0} ${adjoint ? 1 : 0}`,
      );
    }
    const left = readMatrices(matrix!);
    const right = readMatrices(rhs!);
    const count = elementCount(batch);
    const solutions = Array.from({ length: count }, (_, i) => {
      const lhs = left[broadcastIndex(i, batch, a)]!;
      const factor = adjoint ? adjointOf(lhs) : lhs;
      return triangularSolve(factor, right[broadcastIndex(i, batch, b)]!, lower !== adjoint, false);
    });
    return [writeMatrices(matrix!.dtype, [...batch, ...b.slice(-2)], solutions)];
  };
};

/** Which matrix of an operand serves entry `index` of the broadcast batch. */
export function broadcastIndex(index: number, batch: Shape, operand: Shape): number {
  let rest = index;
  let result = 0;
  let stride = 1;
  for (let d = 1; d <= batch.length; d++) {
    const size = batch[batch.length - d]!;
    const own = operand[operand.length - 2 - d] ?? 1;
    if (own !== 1) {
      result += (rest % size) * stride;
      stride *= own;
    }
    rest = Math.floor(rest / size);
  }
  return result;
}

const matrixSolveLs: KernelFactory = ({ attrs }) => {
  const fast = attrs.bool("fast");
  return ([matrix, rhs, regularizer]) => {
    checkRanks([matrix!, rhs!]);
    if (rhs!.shape.at(-2) !== matrix!.shape.at(-2)) throw invalidArgument("Input matrix and rhs are incompatible.");
    const [m, n] = matrix!.shape.slice(-2) as [number, number];
    const lambda = (regularizer!.data as Float64Array)[0]!;
    if (lambda < 0) throw invalidArgument("l2_regularizer must be >= 0.");
    const right = readMatrices(rhs!);
    const solutions = readMatrices(matrix!).map((a, i) => {
      const b = right[i]!;
      const adjoint = adjointOf(a);
      if (!fast) return pseudoSolve(a, b);
      // Over-determined: (AᴴA + λI) x = Aᴴb; under-determined: x = Aᴴ (AAᴴ + λI)⁻¹ b.
      const over = m >= n;
      const gram = over ? multiply(adjoint, a) : multiply(a, adjoint);
      for (let d = 0; d < gram.rows; d++) gram.re[d * gram.rows + d]! += lambda;
      const factor = choleskyOf(gram);
      if (factor === undefined) {
        throw invalidArgument(
          "Input matrix was rank deficient or ill-conditioned. Try setting fast=False or provide a larger l2_regularizer > 0.",
        );
      }
      const inner = over ? multiply(adjoint, b) : b;
      const solved = triangularSolve(adjointOf(factor), triangularSolve(factor, inner, true, false), false, false);
      return over ? solved : multiply(adjoint, solved);
    });
    return [writeMatrices(matrix!.dtype, [...matrix!.shape.slice(0, -2), n, rhs!.shape.at(-1)!], solutions)];
  };
};

/** The least-squares solution of least norm. */
function pseudoSolve(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const { s, u, v } = svdOf(a, false);
  const projected = multiply(adjointOf(u), b);
  const threshold = Math.max(a.rows, a.columns) * Number.EPSILON * (s[0] ?? 0);
  for (let i = 0; i < s.length; i++) {
    for (let j = 0; j < b.columns; j++) {
      const at = i * b.columns + j;
      const keep = s[i]! > threshold;
      projected.re[at] = keep ? projected.re[at]! / s[i]! : 0;
      projected.im[at] = keep ? projected.im[at]! / s[i]! : 0;
    }
  }
  return multiply(v, projected);
}

const cholesky: KernelFactory =
  () =>
  ([input]) => {
    checkSquare(input!);
    const factors = readMatrices(input!).map((matrix) => {
      const factor = choleskyOf(matrix);
      if (factor !== undefined) return factor;
      const failed = zeroMatrix(matrix.rows, matrix.columns);
      for (let i = 0; i < matrix.rows; i++) failed.re.fill(Number.NaN, i * matrix.rows, i * matrix.rows + i + 1);
      return failed;
    });
    return [writeMatrices(input!.dtype, input!.shape, factors)];
  };

/** `L⁻ᴴ Φ(Lᴴ dL) L⁻¹`, made symmetric; Φ keeps the lower triangle and half of the diagonal. Murray, arXiv:1602.07527. */
const choleskyGrad: KernelFactory =
  () =>
  ([l, grad]) => {
    checkRanks([l!, grad!]);
    const grads = readMatrices(grad!);
    const results = readMatrices(l!).map((factor, index) => {
      const n = factor.rows;
      const lower = lowerTriangle(factor);
      const adjoint = adjointOf(lower);
      const phi = lowerTriangle(multiply(adjoint, lowerTriangle(grads[index]!)));
      for (let i = 0; i < n; i++) phi.re[i * n + i]! /= 2;
      const left = triangularSolve(adjoint, phi, false, false);
      const both = adjointOf(triangularSolve(adjoint, adjointOf(left), false, false));
      const other = adjointOf(both);
      return {
        re: both.re.map((x, i) => (x + other.re[i]!) / 2),
        im: both.im.map((x, i) => (x + other.im[i]!) / 2),
      };
    });
    return [writeMatrices(l!.dtype, l!.shape, results)];
  };

function lowerTriangle(a: DenseMatrix): DenseMatrix {
  const result: DenseMatrix = { ...a, re: a.re.slice(), im: a.im.slice() };
  for (let i = 0; i < a.rows; i++) {
    result.re.fill(0, i * a.columns + i + 1, (i + 1) * a.columns);
    result.im.fill(0, i * a.columns + i + 1, (i + 1) * a.columns);
  }
  return result;
}

function leading(a: DenseMatrix, rows: number, columns: number): DenseMatrix {
  const result = zeroMatrix(rows, columns);
  for (let i = 0; i < rows; i++) {
    result.re.set(a.re.subarray(i * a.columns, i * a.columns + columns), i * columns);
    result.im.set(a.im.subarray(i * a.columns, i * a.columns + columns), i * columns);
  }
  return result;
}

const qr: KernelFactory = ({ attrs }) => {
  const full = attrs.bool("full_matrices");
  return ([input]) => {
    checkRanks([input!]);
    const [m, n] = input!.shape.slice(-2) as [number, number];
    const batch = input!.shape.slice(0, -2);
    const p = full ? m : Math.min(m, n);
    const factors = readMatrices(input!).map(qrOf);
    return [
      writeMatrices(
        input!.dtype,
        [...batch, m, p],
        factors.map(({ q }) => leading(q, m, p)),
      ),
      writeMatrices(
        input!.dtype,
        [...batch, p, n],
        factors.map(({ r }) => leading(r, p, n)),
      ),
    ];
  };
};

/** What TensorFlow's kernels give for vectors that were not asked for: a scalar, though their shape functions promise `[0]`. */
function absent(dtype: DType): TensorValue {
  return realValue(dtype, [], realArray(dtype, dtypeWidth(dtype)));
}

const svd: KernelFactory = ({ attrs }) => {
  const [computeUv, full] = [attrs.bool("compute_uv"), attrs.bool("full_matrices")];
  return ([input]) => {
    checkRanks([input!]);
    const { dtype, shape } = input!;
    const [m, n] = shape.slice(-2) as [number, number];
    const batch = shape.slice(0, -2);
    const p = Math.min(m, n);
    const factors = readMatrices(input!).map((matrix) => svdOf(matrix, full));
    const values = writeMatrices(
      dtype,
      [...batch, p],
      factors.map(({ s }) => ({ re: s })),
    );
    if (!computeUv) return [values, absent(dtype), absent(dtype)];
    return [
      values,
      writeMatrices(
        dtype,
        [...batch, m, full ? m : p],
        factors.map(({ u }) => u),
      ),
      writeMatrices(
        dtype,
        [...batch, n, full ? n : p],
        factors.map(({ v }) => v),
      ),
    ];
  };
};

const selfAdjointEig: KernelFactory = ({ attrs }) => {
  const computeV = attrs.bool("compute_v");
  return ([input]) => {
    checkSquare(input!);
    const { dtype, shape } = input!;
    const factors = readMatrices(input!).map(hermitianEigen);
    return [
      writeMatrices(
        dtype,
        shape.slice(0, -1),
        factors.map(({ values }) => ({ re: values })),
      ),
      computeV
        ? writeMatrices(
            dtype,
            shape,
            factors.map(({ vectors }) => vectors),
          )
        : absent(dtype),
    ];
  };
};

/** Host kernels of inverses, solutions and decompositions. */
export const linalgSolveKernels: KernelTable = {
  MatrixInverse: matrixInverse,
  MatrixDeterminant: matrixDeterminant,
  LogMatrixDeterminant: logMatrixDeterminant,
  MatrixSolve: matrixSolve,
  MatrixTriangularSolve: matrixTriangularSolve,
  MatrixSolveLs: matrixSolveLs,
  Cholesky: cholesky,
  CholeskyGrad: choleskyGrad,
  Qr: qr,
  Svd: svd,
  SelfAdjointEigV2: selfAdjointEig,
};
