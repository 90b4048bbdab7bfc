import type { DType, NumericArray } from "../../../core/dtype.js";

/** Bits of the mantissa, without the leading one. */
const mantissa: Partial<Record<DType, number>> = {
  float16: 10,
  bfloat16: 7,
  float32: 23,
  float64: 52,
  float8_e5m2: 2,
  float8_e4m3fn: 3,
};

/**
 * Clears the mantissa bits that a cast between floats would round away, so that it rounds towards zero: Cast's `Truncate`.
 *
 * Undefined where no bits are lost. Takes float32 for float16 and bfloat16.
 */
export function truncateMantissa(from: DType, to: DType): ((data: NumericArray) => NumericArray) | undefined {
  const has = mantissa[from];
  // TensorFlow gives complex64 no mantissa at all and clears the exponent's last bit, too, which only a float64 has to spare.
  const keeps = from === "float64" && to === "complex64" ? -1 : mantissa[to];
  if (has === undefined || keeps === undefined || keeps >= has) return undefined;
  if (from === "float64") {
    const mask = -1n << BigInt(has - keeps);
    return (data) => {
      const given = data as Float64Array;
      const bits = BigInt64Array.from(new BigInt64Array(data.buffer, data.byteOffset, data.length), (x, i) =>
        Number.isNaN(given[i]) ? x : x & mask,
      );
      return new Float64Array(bits.buffer);
    };
  }
  const mask = -1 << (23 - keeps);
  return (data) => {
    const bits = Int32Array.from(new Int32Array(data.buffer, data.byteOffset, data.length), (x) => x & mask);
    return new Float32Array(bits.buffer);
  };
}
