import { allocate, type DType, dtypeWidth } from "../../../core/dtype.js";
import type { Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/** A writable array of any dtype's elements: what `allocate` gives, seen as a list. */
export type Elements = unknown[];

/** A tensor whose elements are those of `source` at `order`, a value of -1 standing for the element of `filler`. */
export function pick(source: TensorValue, order: ArrayLike<number>, shape: Shape, filler?: TensorValue): TensorValue {
  const { dtype } = source;
  const from = source.data as unknown as Elements;
  const fill = filler?.data as unknown as Elements | undefined;
  const width = dtypeWidth(dtype);
  const result = allocate(dtype, order.length) as unknown as Elements;
  for (let i = 0; i < order.length; i++) {
    const at = order[i]!;
    for (let k = 0; k < width; k++) result[i * width + k] = at < 0 ? fill![k] : from[at * width + k];
  }
  return tensorValue(dtype, shape, result as never);
}

/** A tensor of one element over and over. */
export function repeated(dtype: DType, shape: Shape, count: number, element: TensorValue): TensorValue {
  const data = allocate(dtype, count);
  const source = element.data as unknown as Elements;
  const width = dtypeWidth(dtype);
  if (width === 1) (data as unknown as { fill(value: unknown): void }).fill(source[0]);
  else for (let i = 0; i < count * width; i++) (data as unknown as Elements)[i] = source[i % width];
  return tensorValue(dtype, shape, data);
}
