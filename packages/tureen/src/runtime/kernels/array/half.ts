import type { DType } from "../../../core/dtype.js";
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from "../../../core/half-float.js";

/** The number in a float16 or bfloat16 cell. */
export function readHalf(dtype: DType, bits: number): number {
  return dtype === "bfloat16" ? fromBfloat16(bits) : fromFloat16(bits);
}

/** The cell of a number as float16 or bfloat16. */
export function writeHalf(dtype: DType, value: number): number {
  return dtype === "bfloat16" ? toBfloat16(value) : toFloat16(value);
}
