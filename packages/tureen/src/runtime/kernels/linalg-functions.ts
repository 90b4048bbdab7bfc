import { dtypeLabel, dtypeWidth } from "../../core/dtype.js";
import { broadcastShapes, elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { integersValue } from "./array/cells.js";
import { adjointOf, type DenseMatrix, luOf, triangularSolve, zeroMatrix } from "./linalg/dense-matrix.js";
import { checkSquare, readMatrices, writeMatrices } from "./linalg/matrix-batch.js";
import { eigenOf, matrixExponential, matrixLogarithm, matrixSquareRoot } from "./linalg/matrix-functions.js";
import { realArray, realValue } from "./linalg/real-data.js";
import { solveTridiagonal } from "./linalg/tridiagonal.js";
import { broadcastIndex, isSingular } from "./linalg-solve.js";

function ofMatrix(f: (a: DenseMatrix) => DenseMatrix): KernelFactory {
  return () =>
    ([input]) => {
      checkSquare(input!);
      return [writeMatrices(input!.dtype, input!.shape, readMatrices(input!).map(f))];
    };
}

const lu: KernelFactory = ({ outputTypes }) => {
  return ([input]) => {
    const { shape, dtype } = input!;
    if (shape.length < 2) throw invalidArgument(`Input tensor must have rank >= 2, got ${shape.length}`);
    if (shape.at(-1) !== shape.at(-2)) throw invalidArgument("Input matrix must be square.");
    const factors = readMatrices(input!).map((matrix) => {
      const factor = luOf(matrix);
      if (isSingular(factor.lu)) throw invalidArgument("Input is not invertible.");
      return factor;
    });
    const order = factors.flatMap((factor) => factor.order);
    return [
      writeMatrices(
        dtype,
        shape,
        factors.map((factor) => factor.lu),
      ),
      integersValue(outputTypes[1]!, shape.slice(0, -1), order),
    ];
  };
};

const eig: KernelFactory = ({ attrs, outputTypes }) => {
  const computeV = attrs.bool("compute_v");
  const dtype = outputTypes[0]!;
  return ([input]) => {
    checkSquare(input!);
    const { shape } = input!;
    const isReal = dtypeWidth(input!.dtype) === 1;
    const factors = readMatrices(input!).map((matrix) => {
      const found = matrix.re.some(Number.isNaN) || matrix.im.some(Number.isNaN) ? undefined : eigenOf(matrix, isReal);
      if (found === undefined) {
        throw invalidArgument("Eigen decomposition was not successful. The input might not be valid.");
      }
      return found;
    });
    return [
      writeMatrices(
        dtype,
        shape.slice(0, -1),
        factors.map(({ values }) => values),
      ),
      // As for other decompositions, vectors not asked for are a scalar.
      computeV
        ? writeMatrices(
            dtype,
            shape,
            factors.map(({ vectors }) => vectors),
          )
        : realValue(dtype, [], realArray(dtype, dtypeWidth(dtype))),
    ];
  };
};

const tridiagonalSolve: KernelFactory = ({ attrs }) => {
  const [pivoting, perturb] = [attrs.bool("partial_pivoting"), attrs.bool("perturb_singular")];
  if (perturb && !pivoting) throw invalidArgument("Setting perturb_singular requires pivoting.");
  return (inputs) => {
    const [diagonals, rhs] = inputs as readonly [TensorValue, TensorValue];
    const rows = diagonals.shape.at(-2);
    if (rows !== 3) {
      throw invalidArgument(`Expected diagonals to be provided as a matrix with 3 rows, got ${rows} rows.`);
    }
    const [size, right] = [diagonals.shape.at(-1)!, rhs.shape.at(-2)!];
    if (size !== right) {
      throw invalidArgument(
        `Expected the same number of left-hand sides and right-hand sides, got ${size} and ${right}.`,
      );
    }
    const sides = readMatrices(rhs);
    const isReal = dtypeWidth(rhs.dtype) === 1;
    const solutions = readMatrices(diagonals).map((bands, i) =>
      solveTridiagonal(bands, sides[i]!, pivoting, perturb, isReal),
    );
    return [writeMatrices(rhs.dtype, rhs.shape, solutions)];
  };
};

const tridiagonalMatMul: KernelFactory = () => (inputs) => {
  const [above, main, below, rhs] = inputs.map(readMatrices) as [
    DenseMatrix[],
    DenseMatrix[],
    DenseMatrix[],
    DenseMatrix[],
  ];
  const products = rhs.map((x, b) => {
    const out = zeroMatrix(x.rows, x.columns);
    const add = (i: number, band: DenseMatrix, from: number): void => {
      if (from < 0 || from >= x.rows) return;
      for (let j = 0; j < x.columns; j++) {
        const [to, at] = [i * x.columns + j, from * x.columns + j];
        out.re[to] = out.re[to]! + band.re[i]! * x.re[at]! - band.im[i]! * x.im[at]!;
        out.im[to] = out.im[to]! + band.re[i]! * x.im[at]! + band.im[i]! * x.re[at]!;
      }
    };
    for (let i = 0; i < x.rows; i++) {
      add(i, above[b]!, i + 1);
      add(i, main[b]!, i);
      add(i, below[b]!, i - 1);
    }
    return out;
  });
  return [writeMatrices(inputs[3]!.dtype, inputs[3]!.shape, products)];
};

/** The whole matrix of the bands of a triangular one: the diagonal is the first row of a lower matrix and the last of an upper one. */
function fromBands(bands: DenseMatrix, lower: boolean): DenseMatrix {
  const n = bands.columns;
  const whole = zeroMatrix(n, n);
  for (let k = 0; k < bands.rows; k++) {
    for (let i = 0; i < n; i++) {
      const row = lower ? k : bands.rows - 1 - k;
      const j = lower ? i - k : i + k;
      if (j < 0 || j >= n) continue;
      whole.re[i * n + j] = bands.re[row * n + i]!;
      whole.im[i * n + j] = bands.im[row * n + i]!;
    }
  }
  return whole;
}

const bandedTriangularSolve: KernelFactory = ({ attrs }) => {
  const [lower, adjoint] = [attrs.bool("lower"), attrs.bool("adjoint")];
  return (inputs) => {
    const [matrix, rhs] = inputs as readonly [TensorValue, TensorValue];
    const [a, b] = [matrix.shape, rhs.shape];
    if (a.length < 2) throw invalidArgument(`In[0] ndims must be >= 2: ${a.length}`);
    if (b.length < 2) throw invalidArgument(`In[1] ndims must be >= 2: ${b.length}`);
    if (elementCount(a) === 0) {
      throw invalidArgument(
        `In[0] must not be an empty tensor: Tensor<type: ${dtypeLabel(matrix.dtype)} shape: ${shapeText(a)} values: >`,
      );
    }
    const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
    if (batch === undefined) {
      throw invalidArgument(
        `In[0] and In[1] must have compatible batch dimensions: ${shapeText(a)} vs. ${shapeText(b)}`,
      );
    }
    const size = a.at(-1)!;
    if (size !== b.at(-2)) {
      throw invalidArgument(
        `In[0] mismatch In[1] shape: ${size} vs. ${b.at(-2)}: ${shapeText(a)} ${shapeText(b)} ${lower ? 1 : 0} ${adjoint ? 1 : 0}`,
      );
    }
    const left = readMatrices(matrix).map((part) => fromBands(part, lower));
    const right = readMatrices(rhs);
    for (const whole of left) {
      if (isSingular(whole)) throw invalidArgument("Input matrix is not invertible.");
    }
    const solutions = Array.from({ length: elementCount(batch) }, (_, i) => {
      const whole = left[broadcastIndex(i, batch, a)]!;
      const factor = adjoint ? adjointOf(whole) : whole;
      return triangularSolve(factor, right[broadcastIndex(i, batch, b)]!, lower !== adjoint, false);
    });
    return [writeMatrices(matrix.dtype, [...batch, ...b.slice(-2)], solutions)];
  };
};

/** Host kernels of functions of matrices, general eigenvalues, and banded systems. */
export const linalgFunctionKernels: KernelTable = {
  Lu: lu,
  Eig: eig,
  MatrixExponential: ofMatrix(matrixExponential),
  MatrixLogarithm: ofMatrix(matrixLogarithm),
  MatrixSquareRoot: ofMatrix(matrixSquareRoot),
  TridiagonalSolve: tridiagonalSolve,
  TridiagonalMatMul: tridiagonalMatMul,
  BandedTriangularSolve: bandedTriangularSolve,
};
