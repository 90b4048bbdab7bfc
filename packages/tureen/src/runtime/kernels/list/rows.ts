import { allocate, type DataOf, type DType } from "../../../core/dtype.js";
import { elementCount, type Shape } from "../../../core/shape.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { type Cells, cellsOf, cellWidth, copyCells, newValue } from "../array/cells.js";

/** The part of a tensor from element `from` on under another shape, in its own memory. */
export function slicePart(value: TensorValue, from: number, shape: Shape): TensorValue {
  const result = newValue(value.dtype, shape);
  const width = cellWidth(value.dtype);
  const cells = elementCount(shape) * width;
  if (cells > 0) copyCells(writable(result), 0, cellsOf(value), from * width, cells);
  return result;
}

/** Cells of a value that its maker fills. */
export function writable(value: TensorValue): Cells {
  return cellsOf(value);
}

/** The slices of a tensor along its first dimension. */
export function rowsOf(value: TensorValue): TensorValue[] {
  const [count = 0, ...shape] = value.shape;
  const size = elementCount(shape);
  return Array.from({ length: count }, (_, i) => slicePart(value, i * size, shape));
}

/** Tensors laid one after the other, under a shape that holds as many elements. */
export function joinRows(dtype: DType, rows: readonly TensorValue[], shape: Shape): TensorValue {
  const result = newValue(dtype, shape);
  const target = writable(result);
  const width = cellWidth(dtype);
  let at = 0;
  for (const row of rows) {
    const cells = elementCount(row.shape) * width;
    if (cells > 0) copyCells(target, at, cellsOf(row), 0, cells);
    at += cells;
  }
  return result;
}

/** An element of zeros (empty strings for string). */
export function zeroElement(dtype: DType, shape: Shape): TensorValue {
  return tensorValue(dtype, shape, allocate(dtype, elementCount(shape)) as DataOf[DType]);
}
