import {
  allocate,
  type DataOf,
  type DType,
  isFloatingDType,
  isIntegerDType,
  isNumericDType,
  type NumericArray,
} from "../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../core/half-float.js";
import { unimplemented } from "../../core/status-error.js";
import { tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { BigArray, NumberArray } from "./math/element-wise.js";
import { type Float8, narrowFloat8, widenFloat8 } from "./math/float8.js";
import { truncateMantissa } from "./math/truncate-mantissa.js";

type Convert = (data: NumericArray) => NumericArray;

/** What x86's conversion instructions give for numbers out of range and NaN: the lowest integer of their width. */
const indefinite32 = -(2 ** 31);
const indefinite64 = -(2n ** 63n);

/** `cvttss2si` to 32 bits. */
function toInt32(x: number): number {
  return x > -2147483649 && x < 2147483648 ? x | 0 : indefinite32;
}

/** `cvttss2si` to 64 bits. */
function toInt64(x: number): bigint {
  return x >= -(2 ** 63) && x < 2 ** 63 ? BigInt(Math.trunc(x)) : indefinite64;
}

/** Negative numbers wrap; from 2^63 up the number less 2^63 is converted and the top bit set; what is left is 2^63. */
function toUint64(x: number): bigint {
  const low = toInt64(x);
  return BigInt.asUintN(64, low < 0n ? low | toInt64(x - 2 ** 63) : low);
}

/** As to uint64, by 32 bits. */
function toUint32(x: number): number {
  const low = toInt32(x);
  return low < 0 ? low | toInt32(x - 2 ** 31) : low;
}

const narrowRange: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

function isFloat(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

function isBig(dtype: DType): boolean {
  return dtype === "int64" || dtype === "uint64";
}

/** Conversion between dtypes whose elements are plain numbers or 64-bit integers; halves and complex are taken apart before. */
function convertReal(from: DType, to: DType): Convert {
  if (to === "bool") {
    return (data) => {
      const out = new Uint8Array(data.length);
      const zero = isBig(from) ? 0n : 0;
      for (let i = 0; i < out.length; i++) out[i] = data[i] === zero ? 0 : 1;
      return out;
    };
  }
  if (isBig(from)) return fromBig(to);
  if (isBig(to)) return isFloat(from) ? floatToBig(to) : intToBig(to);
  if (isFloat(from) && !isFloat(to)) return floatToInt(to);
  return (data) => {
    const out = allocate(to, data.length) as unknown as NumberArray;
    out.set(data as NumberArray);
    return out;
  };
}

function fromBig(to: DType): Convert {
  if (isBig(to)) {
    return (data) =>
      to === "int64"
        ? new BigInt64Array(data.buffer, data.byteOffset, data.length)
        : new BigUint64Array(data.buffer, data.byteOffset, data.length);
  }
  if (isFloat(to)) {
    return (data) => {
      const big = data as BigArray;
      const out = allocate(to, data.length) as unknown as NumberArray;
      for (let i = 0; i < out.length; i++) out[i] = Number(big[i]!);
      return out;
    };
  }
  // Narrower integers are the low bits.
  return (data) => {
    const words = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
    const out = allocate(to, data.length) as unknown as NumberArray;
    for (let i = 0; i < out.length; i++) out[i] = words[2 * i]!;
    return out;
  };
}

function intToBig(to: DType): Convert {
  return (data) => {
    const numbers = data as NumberArray;
    const out = allocate(to, data.length) as BigInt64Array;
    const words = new Int32Array(out.buffer);
    for (let i = 0; i < numbers.length; i++) {
      words[2 * i] = numbers[i]!;
      words[2 * i + 1] = numbers[i]! < 0 ? -1 : 0;
    }
    return out;
  };
}

function floatToBig(to: DType): Convert {
  const convert = to === "int64" ? toInt64 : toUint64;
  return (data) => {
    const out = allocate(to, data.length) as BigInt64Array;
    for (let i = 0; i < out.length; i++) out[i] = convert(data[i] as number);
    return out;
  };
}

function floatToInt(to: DType): Convert {
  if (to === "int32") {
    return (data) => {
      const out = new Int32Array(data.length);
      for (let i = 0; i < out.length; i++) out[i] = toInt32(data[i] as number);
      return out;
    };
  }
  if (to === "uint32") {
    return (data) => {
      const out = new Uint32Array(data.length);
      for (let i = 0; i < out.length; i++) out[i] = toUint32(data[i] as number);
      return out;
    };
  }
  // Through int32, then saturating, as the packing instructions of TensorFlow's vector loop do. (The few elements that are left over at
  // the end of its loop wrap instead: which of the two an out-of-range number gets there is an accident of its position.)
  const [low, high] = narrowRange[to]!;
  return (data) => {
    const out = allocate(to, data.length) as unknown as Int16Array;
    for (let i = 0; i < out.length; i++) {
      out[i] = Math.min(Math.max(toInt32(data[i] as number), low), high);
    }
    return out;
  };
}

/** The low bits of a 64-bit integer: so real parts of complex numbers are narrowed, which TensorFlow does one by one. */
function lowBits(to: DType): Convert {
  return (data) => {
    const out = allocate(to, data.length) as unknown as NumberArray;
    for (let i = 0; i < out.length; i++) {
      const x = data[i] as number;
      out[i] = Number(to === "uint32" ? BigInt.asIntN(32, toInt64(x)) : toInt32(x));
    }
    return out;
  };
}

/** What holds the numbers while an element of this dtype is converted. */
function carrier(dtype: DType): DType {
  if (dtype === "float16" || dtype === "bfloat16" || dtype === "complex64" || isFloat8(dtype)) return "float32";
  if (dtype === "int4") return "int8";
  if (dtype === "uint4") return "uint8";
  return dtype === "complex128" ? "float64" : dtype;
}

function isComplex(dtype: DType): boolean {
  return dtype === "complex64" || dtype === "complex128";
}

/** Converts a whole array; undefined where TensorFlow has no such cast. */
function converter(from: DType, to: DType, truncate: boolean): Convert | undefined {
  if (!isCastable(from, to)) return undefined;
  if (isComplex(from) && isComplex(to)) return convertReal(carrier(from), carrier(to));
  const unpack = unpacking(from);
  const cut = truncate ? truncateMantissa(from, to) : undefined;
  const narrow = isComplex(from) && isIntegerDType(to) && !isBig(to) && to !== "int32";
  const convert = narrow ? lowBits(to) : convertReal(carrier(from), carrier(to));
  const pack = packing(to);
  return (data) => {
    const numbers = unpack(data);
    return pack(convert(cut === undefined ? numbers : cut(numbers)));
  };
}

function unpacking(from: DType): Convert {
  if (from === "float16" || from === "bfloat16") return (data) => widenHalf(from, data as Uint16Array);
  if (isFloat8(from)) return (data) => widenFloat8(from, data as Uint8Array);
  if (!isComplex(from)) return (data) => data;
  return (data) => {
    const out = allocate(carrier(from), data.length / 2) as Float32Array;
    for (let i = 0; i < out.length; i++) out[i] = data[2 * i] as number;
    return out;
  };
}

function packing(to: DType): Convert {
  if (to === "float16" || to === "bfloat16") return (data) => narrowHalf(to, data as Float32Array);
  if (isFloat8(to)) return (data) => narrowFloat8(to, data as Float32Array);
  if (to === "int4") return (data) => (data as Int8Array).map((x) => (x << 28) >> 28);
  if (to === "uint4") return (data) => (data as Uint8Array).map((x) => x & 0xf);
  if (!isComplex(to)) return (data) => data;
  return (data) => {
    const out = allocate(to, data.length) as Float32Array;
    for (let i = 0; i < data.length; i++) out[2 * i] = data[i] as number;
    return out;
  };
}

function isFloat8(dtype: DType): dtype is Float8 {
  return dtype === "float8_e5m2" || dtype === "float8_e4m3fn";
}

function isFourBits(dtype: DType): boolean {
  return dtype === "int4" || dtype === "uint4";
}

/** Four-bit integers convert to and from integers, 8-bit floats to any number and from floats. */
function isCastable(from: DType, to: DType): boolean {
  if (!isNumericDType(from) || !isNumericDType(to) || /^q/.test(from) || /^q/.test(to)) return false;
  const isWhole = (dtype: DType): boolean => isIntegerDType(dtype) || isFourBits(dtype);
  if (isFourBits(from) || isFourBits(to)) return isWhole(from) && isWhole(to);
  return !isFloat8(to) || isFloat8(from) || isFloatingDType(from);
}

const cast: KernelFactory = (node) => {
  const from = node.inputTypes[0]!;
  const to = node.outputTypes[0]!;
  if (from === to) return ([x]) => [x!];
  const convert = converter(from, to, node.attrs.bool("Truncate"));
  if (convert === undefined) throw unimplemented(`Cast ${label(from)} to ${label(to)} is not supported`);
  return ([x]) => [tensorValue(to, x!.shape, convert(x!.data as NumericArray) as DataOf[DType])];
};

function label(dtype: DType): string {
  return dtype === "float32" ? "float" : dtype === "float64" ? "double" : dtype === "float16" ? "half" : dtype;
}

/** The kernel of Cast. */
export const mathCastKernels: KernelTable = { Cast: cast };
