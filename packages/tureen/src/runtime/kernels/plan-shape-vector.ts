import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { words } from "./plan-source.js";

/** One size of a vector of sizes: a number where `source` is -1, else a dimension or an element of that input. */
export interface SizePart {
  readonly number: number;
  readonly source: number;
  readonly index: number;
  readonly isElement: boolean;
}

/**
 * A vector (or a scalar) of sizes. The value of the last run is given again where the sizes are the same, as values are never written to.
 */
export function shapeVectorKernel(dtype: "int32" | "int64", rank: number, parts: readonly SizePart[]): Kernel {
  const shape = rank === 0 ? [] : [parts.length];
  const sizes = new Float64Array(parts.length).fill(-1);
  let last: readonly TensorValue[] | undefined;
  return (inputs) => {
    let same = last !== undefined;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      let size = part.number;
      if (part.source >= 0) {
        size = sizeOf(part, inputs[part.source]!);
      }
      if (size !== sizes[i]) {
        sizes[i] = size;
        same = false;
      }
    }
    if (!same) {
      const data =
        dtype === "int32" ? Int32Array.from(sizes) : BigInt64Array.from(sizes as unknown as ArrayLike<number>, BigInt);
      last = [tensorValue(dtype, shape, data)];
    }
    return last!;
  };
}

/** The size that a part takes from its source. */
export function sizeOf({ index, isElement }: SizePart, value: TensorValue): number {
  if (!isElement) return value.shape[index]!;
  const source = words(value);
  return value.dtype === "int64" ? source[index * 2 + 1]! * 4294967296 + (source[index * 2]! >>> 0) : source[index]!;
}
