import { allocate, type DType, dtypeWidth } from "../../../core/dtype.js";
import { narrowHalf, widenHalf } from "../../../core/half-float.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/**
 * Elements that `+`, `*` and `<` work on: numbers, or BigInts for 64-bit integers, which TypeScript is not told of; half floats as
 * float32. Stores round and wrap as the dtype does.
 */
export type Numbers = number[];

/** A tensor's elements to compute with; not to be written to. */
export function numbersToRead(value: TensorValue): Numbers {
  const { dtype } = value;
  if (dtype === "float16" || dtype === "bfloat16") {
    return widenHalf(dtype, value.data as Uint16Array) as unknown as Numbers;
  }
  return value.data as unknown as Numbers;
}

/** Zeros to compute into. */
export function numbersToWrite(dtype: DType, count: number): Numbers {
  if (dtype === "float16" || dtype === "bfloat16") return new Float32Array(count) as unknown as Numbers;
  return allocate(dtype, count) as unknown as Numbers;
}

/** The tensor of what was computed. */
export function fromNumbers(dtype: DType, shape: Shape, numbers: Numbers): TensorValue {
  if (dtype === "float16" || dtype === "bfloat16") {
    return tensorValue(dtype, shape, narrowHalf(dtype, numbers as unknown as Float32Array));
  }
  return tensorValue(dtype, shape, numbers as never);
}

/** Numbers an element takes: 2 for complex. */
export function widthOf(dtype: DType): number {
  return dtypeWidth(dtype);
}
