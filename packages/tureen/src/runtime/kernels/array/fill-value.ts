import type { DType } from "../../../core/dtype.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import { cellsOf, cellWidth, newValue } from "./cells.js";

/** A value of `shape` whose elements all are the first of `scalar`. */
export function fillValue(scalar: TensorValue, shape: Shape): TensorValue {
  const output = newValue(scalar.dtype, shape);
  const source = cellsOf(scalar);
  const target = cellsOf(output);
  const width = cellWidth(scalar.dtype);
  if (target.length === 0 || (width === 1 && source[0] === 0)) return output;
  if (width === 1) {
    target.fill(source[0]!);
    return output;
  }
  for (let c = 0; c < width; c++) target[c] = source[c]!;
  // Doubling what is there moves memory in blocks without a loop over elements.
  for (let done = width; done < target.length; done *= 2) {
    target.copyWithin(done, 0, Math.min(done, target.length - done));
  }
  return output;
}

const float16One = 0x3c00;
const bfloat16One = 0x3f80;

/** The element 1 of a dtype; true for bool, "1" for string. */
export function oneOf(dtype: DType): TensorValue {
  const one = newValue(dtype, []);
  const data = one.data as unknown as (number | bigint | Uint8Array)[];
  if (dtype === "int64" || dtype === "uint64") data[0] = 1n;
  else if (dtype === "float16") data[0] = float16One;
  else if (dtype === "bfloat16") data[0] = bfloat16One;
  else if (dtype === "string") return tensorValue("string", [], [encodeText("1")]);
  else data[0] = 1;
  return one;
}

/** A value of ones. */
export function onesLike(dtype: DType, shape: Shape): TensorValue {
  return fillValue(oneOf(dtype), shape);
}
