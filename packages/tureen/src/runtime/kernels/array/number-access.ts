import type { TensorValue } from "../../../core/tensor-value.js";
import { readHalf, writeHalf } from "./half.js";

/** Reads an element as a number, whatever its dtype; exact up to 2^53. */
export function numberReader({ dtype, data }: TensorValue): (at: number) => number {
  if (dtype === "float16" || dtype === "bfloat16") {
    const bits = data as Uint16Array;
    return (at) => readHalf(dtype, bits[at]!);
  }
  if (dtype === "int64" || dtype === "uint64") {
    const integers = data as BigInt64Array;
    return (at) => Number(integers[at]);
  }
  const numbers = data as Float64Array;
  return (at) => numbers[at]!;
}

/** Writes a number as an element, rounded (floats) or cut (integers) as a C++ cast does. */
export function numberWriter({ dtype, data }: TensorValue): (at: number, value: number) => void {
  if (dtype === "float16" || dtype === "bfloat16") {
    const bits = data as Uint16Array;
    return (at, value) => {
      bits[at] = writeHalf(dtype, value);
    };
  }
  if (dtype === "int64" || dtype === "uint64") {
    const integers = data as BigInt64Array;
    return (at, value) => {
      integers[at] = BigInt(Math.trunc(value));
    };
  }
  const numbers = data as Float64Array;
  return (at, value) => {
    numbers[at] = value;
  };
}
