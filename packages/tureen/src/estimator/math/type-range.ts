import type { DType } from "../../core/dtype.js";

/** The least and the greatest value of an integer type. */
export interface TypeRange {
  readonly min: number;
  readonly max: number;
  /** The greatest float32 that is not above `max`. */
  readonly greatestFloat: number;
}

/** The range of integers of up to 32 bits; undefined for other types, all of whose values a float holds no better. */
export function rangeOfType(dtype: DType): TypeRange | undefined {
  const match = /^(u?)int(8|16|32)$/.exec(dtype);
  if (match === null) return undefined;
  const bits = Number(match[2]) - (match[1] === "u" ? 0 : 1);
  const max = 2 ** bits - 1;
  const min = match[1] === "u" ? 0 : -(2 ** bits);
  // A float32 has 24 bits.
  return { min, max, greatestFloat: bits > 24 ? 2 ** bits - 2 ** (bits - 24) : max };
}
