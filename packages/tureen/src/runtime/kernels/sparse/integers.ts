import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/** The elements of an int32 or int64 tensor as numbers, without a BigInt each; exact up to 2^53. */
export function numbersOf(value: TensorValue): Float64Array {
  if (value.dtype !== "int64") return Float64Array.from(value.data as Int32Array);
  const data = value.data as BigInt64Array;
  const words = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
  const numbers = new Float64Array(data.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = words[i * 2 + 1]! * 4294967296 + (words[i * 2]! >>> 0);
  return numbers;
}

/** An int64 tensor of numbers that are integers below 2^53. */
export function int64Value(shape: Shape, numbers: ArrayLike<number>): TensorValue<"int64"> {
  const words = new Int32Array(numbers.length * 2);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i]!;
    words[i * 2] = number;
    words[i * 2 + 1] = Math.floor(number / 4294967296);
  }
  return tensorValue("int64", shape, new BigInt64Array(words.buffer));
}

/** A tensor of int32 or int64 numbers. */
export function integerValue(dtype: "int32" | "int64", shape: Shape, numbers: ArrayLike<number>): TensorValue {
  return dtype === "int64" ? int64Value(shape, numbers) : tensorValue("int32", shape, Int32Array.from(numbers));
}
