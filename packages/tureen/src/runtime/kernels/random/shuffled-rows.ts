import { elementCount } from "../../../core/shape.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { integersValue } from "../array/cells.js";
import { gatherRows } from "../array/gather-rows.js";
import { type Philox, SingleWords } from "./philox.js";

/** The rows of a tensor in random order (Fisher and Yates); `reserve` gives a generator for so many samples, and is not called where none is needed. */
export function shuffledRows(input: TensorValue, reserve: (samples: number) => Philox): TensorValue {
  const size = input.shape[0] ?? 1;
  if (size <= 1 || elementCount(input.shape) <= 1) return input;
  const words = new SingleWords(reserve(size - 1));
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < size - 1; i++) {
    const other = i + (words.next() % (size - i));
    const held = order[i]!;
    order[i] = order[other]!;
    order[other] = held;
  }
  return gatherRows(input, integersValue("int32", [size], order), 0, 0);
}
