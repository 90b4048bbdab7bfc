import { allocate, type DataOf, type DType, type NumericArray } from "../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../core/half-float.js";
import type { Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";

/** One scan over the lines of an array: element k of a line lies `inner` after element k-1; `step` is -1 for a reversed scan. */
type Scan = (
  x: NumericArray,
  out: NumericArray,
  start: number,
  stride: number,
  length: number,
  exclusive: boolean,
) => void;

const sumNumbers: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as Float32Array, out as Float32Array];
  let total = 0;
  for (let k = 0, i = start; k < length; k++, i += stride) {
    if (exclusive) to[i] = total;
    total += from[i]!;
    if (!exclusive) to[i] = total;
  }
};

const sumBig: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as BigInt64Array, out as BigInt64Array];
  let total = 0n;
  for (let k = 0, i = start; k < length; k++, i += stride) {
    if (exclusive) to[i] = total;
    total = BigInt.asIntN(64, total + from[i]!);
    if (!exclusive) to[i] = total;
  }
};

const productFloats: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as Float32Array, out as Float32Array];
  let total = 1;
  for (let k = 0, i = start; k < length; k++, i += stride) {
    if (exclusive) to[i] = total;
    total *= from[i]!;
    if (!exclusive) to[i] = total;
  }
};

const productInts: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as Int32Array, out as Int32Array];
  let total = 1;
  for (let k = 0, i = start; k < length; k++, i += stride) {
    if (exclusive) to[i] = total;
    total = Math.imul(total, from[i]!);
    if (!exclusive) to[i] = total;
  }
};

const productBig: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as BigInt64Array, out as BigInt64Array];
  let total = 1n;
  for (let k = 0, i = start; k < length; k++, i += stride) {
    if (exclusive) to[i] = total;
    total = BigInt.asIntN(64, total * from[i]!);
    if (!exclusive) to[i] = total;
  }
};

const sumComplex: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as Float32Array, out as Float32Array];
  let re = 0;
  let im = 0;
  for (let k = 0, i = 2 * start; k < length; k++, i += 2 * stride) {
    const [a, b] = [re, im];
    re += from[i]!;
    im += from[i + 1]!;
    to[i] = exclusive ? a : re;
    to[i + 1] = exclusive ? b : im;
  }
};

const productComplex: Scan = (x, out, start, stride, length, exclusive) => {
  const [from, to] = [x as Float32Array, out as Float32Array];
  let re = 1;
  let im = 0;
  for (let k = 0, i = 2 * start; k < length; k++, i += 2 * stride) {
    const [a, b] = [re, im];
    re = a * from[i]! - b * from[i + 1]!;
    im = a * from[i + 1]! + b * from[i]!;
    to[i] = exclusive ? a : re;
    to[i + 1] = exclusive ? b : im;
  }
};

/** log(e^a + e^b), which starts at the lowest number of the dtype as TensorFlow's scan does. */
function logSumExpFrom(lowest: number): Scan {
  return (x, out, start, stride, length, exclusive) => {
    const [from, to] = [x as Float32Array, out as Float32Array];
    let total = Number.NEGATIVE_INFINITY;
    for (let k = 0, i = start; k < length; k++, i += stride) {
      if (exclusive) to[i] = k === 0 ? lowest : total;
      const value = from[i]!;
      const high = Math.max(total, value);
      const low = Math.min(total, value);
      total =
        high === Number.NEGATIVE_INFINITY || low === high
          ? high + (low === high && high > Number.NEGATIVE_INFINITY ? Math.LN2 : 0)
          : high + Math.log1p(Math.exp(low - high));
      if (!exclusive) to[i] = total;
    }
  };
}

function scanKernel(choose: (dtype: DType) => Scan): KernelFactory {
  return (node) => {
    const dtype = node.inputTypes[0]!;
    const half = dtype === "float16" || dtype === "bfloat16" ? dtype : undefined;
    const scan = choose(dtype);
    const exclusive = node.attrs.bool("exclusive");
    const reverse = node.attrs.bool("reverse");
    return ([x, axisValue]) => {
      const axis = scanAxis(x!.shape, axisValue!);
      const { outer, length, inner } = linesOf(x!.shape, axis);
      const data = half === undefined ? (x!.data as NumericArray) : widenHalf(half, x!.data as Uint16Array);
      const out = (half === undefined
        ? allocate(dtype, outer * length * inner)
        : new Float32Array(data.length)) as unknown as NumericArray;
      for (let o = 0; o < outer; o++) {
        const base = o * length * inner + (reverse ? (length - 1) * inner : 0);
        for (let i = 0; i < inner; i++) scan(data, out, base + i, reverse ? -inner : inner, length, exclusive);
      }
      const result = half === undefined ? out : narrowHalf(half, out as Float32Array);
      return [tensorValue(dtype, x!.shape, result as DataOf[DType])];
    };
  };
}

function scanAxis(shape: Shape, value: TensorValue): number {
  if (value.data.length !== 1) {
    throw invalidArgument(`ScanOp: axis must be a scalar, not [${value.shape.join(",")}]`);
  }
  const given = toIntegers(value)[0]!;
  const axis = given < 0 ? given + shape.length : given;
  if (axis < 0 || axis >= shape.length) {
    throw invalidArgument(
      `ScanOp: Expected scan axis in the range [${-shape.length}, ${shape.length}), but got ${axis}`,
    );
  }
  return axis;
}

function linesOf(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  let outer = 1;
  let inner = 1;
  for (let d = 0; d < axis; d++) outer *= shape[d]!;
  for (let d = axis + 1; d < shape.length; d++) inner *= shape[d]!;
  return { outer, length: shape[axis]!, inner };
}

function isComplex(dtype: DType): boolean {
  return dtype === "complex64" || dtype === "complex128";
}

/** Kernels of the cumulative ops. */
export const mathScanKernels: KernelTable = {
  Cumsum: scanKernel((dtype) => {
    if (dtype === "int64" || dtype === "uint64") return sumBig;
    return isComplex(dtype) ? sumComplex : sumNumbers;
  }),
  Cumprod: scanKernel((dtype) => {
    if (dtype === "int64" || dtype === "uint64") return productBig;
    if (isComplex(dtype)) return productComplex;
    return /int/.test(dtype) ? productInts : productFloats;
  }),
  CumulativeLogsumexp: scanKernel(() => logSumExpFrom(Number.NEGATIVE_INFINITY)),
};
