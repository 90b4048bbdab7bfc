import type { DType } from "../../../core/dtype.js";
import { highestFloat, lowestFloat } from "../../../core/float-limits.js";

/** The lowest and highest value of the integer dtypes whose elements are plain numbers. */
const limits: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

/** The lowest finite value of a dtype of plain numbers. */
export function lowestOf(dtype: DType): number {
  return limits[dtype]?.[0] ?? lowestFloat(dtype);
}

/** The highest finite value of a dtype of plain numbers. */
export function highestOf(dtype: DType): number {
  return limits[dtype]?.[1] ?? highestFloat(dtype);
}

/** The lowest value of a 64-bit integer dtype. */
export function lowestBig(dtype: DType): bigint {
  return dtype === "int64" ? -(2n ** 63n) : 0n;
}

/** The highest value of a 64-bit integer dtype. */
export function highestBig(dtype: DType): bigint {
  return dtype === "int64" ? 2n ** 63n - 1n : 2n ** 64n - 1n;
}
