import { allocate, type DataOf, type DType, type NumericArray } from "../../../core/dtype.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { type FloatArray, gemm } from "./gemm.js";
import { realArray, realData, realValue } from "./real-data.js";

/** How an operand is stored: as it is, transposed, or transposed and (complex only) conjugated. */
export type Orientation = "plain" | "transposed" | "adjoint";

/** Sizes of a product: rows of A, columns of B, and what they share. */
export interface ProductSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Products of matrices of one dtype, on arrays that `read` gives and `finish` turns into a tensor. */
export interface MatrixProduct {
  readonly read: (value: TensorValue) => NumericArray;
  readonly target: (elements: number) => NumericArray;
  readonly finish: (shape: Shape, data: NumericArray) => TensorValue;
  /** Writes one product; offsets are in array entries. */
  readonly multiply: (
    sizes: ProductSizes,
    a: NumericArray,
    aOffset: number,
    b: NumericArray,
    bOffset: number,
    c: NumericArray,
    cOffset: number,
  ) => void;
  /** Array entries an element: 2 for complex. */
  readonly width: 1 | 2;
}

/** The product for a dtype and two orientations; `output` differs from `dtype` only in BatchMatMulV3's integer forms. */
export function matrixProduct(dtype: DType, a: Orientation, b: Orientation, output: DType = dtype): MatrixProduct {
  const ta = a !== "plain";
  const tb = b !== "plain";
  switch (dtype) {
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return {
        read: realData,
        target: (elements) => realArray(output, elements),
        finish: (shape, data) => realValue(output, shape, data as FloatArray),
        multiply: ({ m, n, k }, x, xOffset, y, yOffset, c, cOffset) =>
          gemm(
            m,
            n,
            k,
            { data: x as FloatArray, offset: xOffset, transposed: ta },
            { data: y as FloatArray, offset: yOffset, transposed: tb },
            c as FloatArray,
            cOffset,
          ),
        width: 1,
      };
    case "complex64":
    case "complex128":
      return {
        ...plainArrays(output),
        multiply: (sizes, x, xOffset, y, yOffset, c, cOffset) =>
          complexProduct(sizes, x as FloatArray, xOffset, a, y as FloatArray, yOffset, b, c as FloatArray, cOffset),
        width: 2,
      };
    case "int64":
    case "uint64":
      return {
        ...plainArrays(output),
        multiply: (sizes, x, xOffset, y, yOffset, c, cOffset) =>
          bigProduct(
            sizes,
            x as BigInt64Array,
            xOffset,
            ta,
            y as BigInt64Array,
            yOffset,
            tb,
            c as BigInt64Array,
            cOffset,
          ),
        width: 1,
      };
    default:
      return {
        ...plainArrays(output),
        multiply: (sizes, x, xOffset, y, yOffset, c, cOffset) =>
          integerProduct(sizes, x as Int32Array, xOffset, ta, y as Int32Array, yOffset, tb, c as Int32Array, cOffset),
        width: 1,
      };
  }
}

function plainArrays(output: DType): Pick<MatrixProduct, "read" | "target" | "finish"> {
  return {
    read: (value) => value.data as NumericArray,
    target: (elements) => allocate(output, elements) as NumericArray,
    finish: (shape, data) => tensorValue(output, shape, data as DataOf[DType]),
  };
}

/** Sums wrap at 32 bits and narrower arrays wrap further when they store. */
function integerProduct(
  { m, n, k }: ProductSizes,
  a: Int32Array,
  aOffset: number,
  ta: boolean,
  b: Int32Array,
  bOffset: number,
  tb: boolean,
  c: Int32Array,
  cOffset: number,
): void {
  const [aRow, aStep, bColumn, bStep] = [ta ? 1 : k, ta ? m : 1, tb ? k : 1, tb ? 1 : n];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let x = aOffset + i * aRow;
      let y = bOffset + j * bColumn;
      for (let p = 0; p < k; p++) {
        sum = (sum + Math.imul(a[x]!, b[y]!)) | 0;
        x += aStep;
        y += bStep;
      }
      c[cOffset + i * n + j] = sum;
    }
  }
}

function bigProduct(
  { m, n, k }: ProductSizes,
  a: BigInt64Array,
  aOffset: number,
  ta: boolean,
  b: BigInt64Array,
  bOffset: number,
  tb: boolean,
  c: BigInt64Array,
  cOffset: number,
): void {
  const [aRow, aStep, bColumn, bStep] = [ta ? 1 : k, ta ? m : 1, tb ? k : 1, tb ? 1 : n];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0n;
      for (let p = 0; p < k; p++) {
        sum += a[aOffset + i * aRow + p * aStep]! * b[bOffset + j * bColumn + p * bStep]!;
      }
      c[cOffset + i * n + j] = BigInt.asIntN(64, sum);
    }
  }
}

function complexProduct(
  { m, n, k }: ProductSizes,
  a: FloatArray,
  aOffset: number,
  aForm: Orientation,
  b: FloatArray,
  bOffset: number,
  bForm: Orientation,
  c: FloatArray,
  cOffset: number,
): void {
  const [aRow, aStep] = aForm === "plain" ? [k, 1] : [1, m];
  const [bColumn, bStep] = bForm === "plain" ? [1, n] : [k, 1];
  const aSign = aForm === "adjoint" ? -1 : 1;
  const bSign = bForm === "adjoint" ? -1 : 1;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let real = 0;
      let imaginary = 0;
      for (let p = 0; p < k; p++) {
        const x = aOffset + 2 * (i * aRow + p * aStep);
        const y = bOffset + 2 * (j * bColumn + p * bStep);
        const [xr, xi] = [a[x]!, aSign * a[x + 1]!];
        const [yr, yi] = [b[y]!, bSign * b[y + 1]!];
        real += xr * yr - xi * yi;
        imaginary += xr * yi + xi * yr;
      }
      const to = cOffset + 2 * (i * n + j);
      c[to] = real;
      c[to + 1] = imaginary;
    }
  }
}
