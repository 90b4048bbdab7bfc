import { fromFloat16, toFloat16 } from "../../../core/half-float.js";

/** The 8-bit floats: five exponent bits and infinities, or four and none ("FP8 Formats for Deep Learning", Micikevicius et al., 2022). */
export type Float8 = "float8_e5m2" | "float8_e4m3fn";

const magnitude = 0x7f;
/** The only NaN of e4m3fn, which has no infinities: numbers past its range become it. */
const noNumber = 0x7f;
const smallestNormal = 2 ** -6;
const smallestStep = 2 ** -9;

function fromE4m3(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits & magnitude) >> 3;
  const fraction = bits & 7;
  if ((bits & magnitude) === noNumber) return Number.NaN;
  return exponent === 0 ? sign * fraction * smallestStep : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

const tables: Partial<Record<Float8, Float32Array>> = {};

/** The number of each bit pattern; made when first used. */
function tableOf(dtype: Float8): Float32Array {
  // An e5m2 number is the upper byte of a float16.
  const number = dtype === "float8_e5m2" ? (bits: number): number => fromFloat16(bits << 8) : fromE4m3;
  tables[dtype] ??= Float32Array.from({ length: 256 }, (_, bits) => number(bits));
  return tables[dtype];
}

function nearestEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** The sign bit of a number, that of -0 included. */
function signBit(x: number): number {
  return x < 0 || Object.is(x, -0) ? 0x80 : 0;
}

function toE4m3(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size === Number.POSITIVE_INFINITY) return signBit(x) | noNumber;
  if (size < smallestNormal) return signBit(x) | nearestEven(size / smallestStep);
  const exponent = Math.floor(Math.log2(size));
  const steps = nearestEven((size / 2 ** exponent) * 8);
  const bits = ((exponent + 7) << 3) + steps - 8;
  return signBit(x) | Math.min(bits, noNumber);
}

const infinity = 0x7c;

function toE5m2(x: number): number {
  if (Number.isNaN(x)) return signBit(x) | 0x7e;
  const size = Math.abs(x);
  if (size === Number.POSITIVE_INFINITY) return signBit(x) | infinity;
  const floor = toFloat16(size) >> 8;
  // The float16 may have been rounded up onto the next byte: step back where it lies beyond the number.
  const low = floor < infinity && fromFloat16(floor << 8) <= size ? floor : floor - 1;
  const [below, above] = [fromFloat16(low << 8), low + 1 >= infinity ? 2 ** 16 : fromFloat16((low + 1) << 8)];
  const half = below + (above - below) / 2;
  return signBit(x) | (size > half || (size === half && low % 2 === 1) ? low + 1 : low);
}

/** The numbers that 8-bit floats stand for. */
export function widenFloat8(dtype: Float8, data: Uint8Array): Float32Array {
  const table = tableOf(dtype);
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = table[data[i]!]!;
  return out;
}

/** The nearest 8-bit floats, ties to even. */
export function narrowFloat8(dtype: Float8, data: Float32Array): Uint8Array {
  const narrow = dtype === "float8_e5m2" ? toE5m2 : toE4m3;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = narrow(data[i]!);
  return out;
}
