const scratch = new ArrayBuffer(4);
const scratchFloat = new Float32Array(scratch);
const scratchBits = new Uint32Array(scratch);

/** Number of bit patterns of a 16-bit element. */
const patterns = 0x10000;

let halfTable: Float32Array | undefined;

/** The value of each float16 bit pattern; built when first used (256 KB), because a look-up beats decoding by far. */
function halfValues(): Float32Array {
  if (halfTable !== undefined) return halfTable;
  halfTable = new Float32Array(patterns);
  for (let bits = 0; bits < patterns; bits++) {
    const sign = bits >= 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0x1f) halfTable[bits] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else if (exponent === 0) halfTable[bits] = sign * fraction * 2 ** -24;
    else halfTable[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halfTable;
}

/** The number that float16 bits stand for. */
export function fromFloat16(bits: number): number {
  return halfValues()[bits]!;
}

/** The float16 bits nearest to a number, ties to even; beyond 65519 it is infinite. The number is rounded to float32 first, as TensorFlow's casts do. */
export function toFloat16(value: number): number {
  scratchFloat[0] = value;
  return halfOfBits(scratchBits[0]!);
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x47800000) {
    // From 65536 up: infinite, or NaN, quiet.
    return magnitude > 0x7f800000 ? sign | 0x7e00 : sign | 0x7c00;
  }
  if (magnitude < 0x38800000) {
    // Below 2^-14 the result is subnormal: adding 0.5 lets the float32 adder round to a multiple of 2^-24.
    scratchBits[0] = magnitude;
    scratchFloat[0] = scratchFloat[0]! + 0.5;
    return sign | (scratchBits[0]! - 0x3f000000);
  }
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** The number that bfloat16 bits stand for. */
export function fromBfloat16(bits: number): number {
  scratchBits[0] = bits << 16;
  return scratchFloat[0]!;
}

/** The bfloat16 bits nearest to a number, ties to even. The number is rounded to float32 first. */
export function toBfloat16(value: number): number {
  scratchFloat[0] = value;
  return bfloat16OfBits(scratchBits[0]!);
}

function bfloat16OfBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return ((bits >>> 16) & 0x8000) | 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** All elements of a 16-bit float array as float32. */
export function widenHalf(dtype: "float16" | "bfloat16", data: Uint16Array): Float32Array {
  const result = new Float32Array(data.length);
  if (dtype === "float16") {
    const table = halfValues();
    for (let i = 0; i < data.length; i++) result[i] = table[data[i]!]!;
    return result;
  }
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < data.length; i++) bits[i] = data[i]! << 16;
  return result;
}

/** All elements of a float32 array rounded to a 16-bit float. */
export function narrowHalf(dtype: "float16" | "bfloat16", data: Float32Array): Uint16Array {
  const result = new Uint16Array(data.length);
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  if (dtype === "float16") for (let i = 0; i < data.length; i++) result[i] = halfOfBits(bits[i]!);
  else for (let i = 0; i < data.length; i++) result[i] = bfloat16OfBits(bits[i]!);
  return result;
}
