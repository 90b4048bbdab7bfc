import type { DType } from "./dtype.js";

const highest: Partial<Record<DType, number>> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};

/** The lowest finite value of a floating dtype (`tf.DType.min`); NaN for any other. */
export function lowestFloat(dtype: DType): number {
  return -(highest[dtype] ?? Number.NaN);
}

/** The highest finite value of a floating dtype (`tf.DType.max`); NaN for any other. */
export function highestFloat(dtype: DType): number {
  return highest[dtype] ?? Number.NaN;
}
