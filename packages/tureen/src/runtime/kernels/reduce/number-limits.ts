import type { DType } from "../../../core/dtype.js";

/** The lowest and highest finite value of the dtypes whose elements are plain numbers. */
const limits: Partial<Record<DType, readonly [number, number]>> = {
  float16: [-65504, 65504],
  bfloat16: [-3.3895313892515355e38, 3.3895313892515355e38],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

/** The lowest finite value of a dtype of plain numbers. */
export function lowestOf(dtype: DType): number {
  return limits[dtype]?.[0] ?? Number.NaN;
}

/** The highest finite value of a dtype of plain numbers. */
export function highestOf(dtype: DType): number {
  return limits[dtype]?.[1] ?? Number.NaN;
}

/** The lowest value of a 64-bit integer dtype. */
export function lowestBig(dtype: DType): bigint {
  return dtype === "int64" ? -(2n ** 63n) : 0n;
}

/** The highest value of a 64-bit integer dtype. */
export function highestBig(dtype: DType): bigint {
  return dtype === "int64" ? 2n ** 63n - 1n : 2n ** 64n - 1n;
}
