import { type DType, dtypeWidth } from "../../../core/dtype.js";
import { elementCount, type Shape, sameShape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { type DenseMatrix, zeroMatrix } from "./dense-matrix.js";
import { realArray, realData, realValue } from "./real-data.js";

/** The matrices of a batch. */
export function readMatrices(value: TensorValue): DenseMatrix[] {
  const [rows, columns] = value.shape.slice(-2) as [number, number];
  const data = realData(value);
  const width = dtypeWidth(value.dtype);
  const size = rows * columns;
  return Array.from({ length: elementCount(value.shape.slice(0, -2)) }, (_, i) => {
    const matrix = zeroMatrix(rows, columns);
    for (let j = 0; j < size; j++) {
      matrix.re[j] = data[(i * size + j) * width]!;
      if (width === 2) matrix.im[j] = data[(i * size + j) * 2 + 1]!;
    }
    return matrix;
  });
}

/** A tensor of a batch of matrices (or vectors, or numbers), one after the other. */
export function writeMatrices(
  dtype: DType,
  shape: Shape,
  parts: readonly { re: Float64Array; im?: Float64Array }[],
): TensorValue {
  const width = dtypeWidth(dtype);
  const data = realArray(dtype, elementCount(shape) * width);
  let at = 0;
  for (const { re, im } of parts) {
    for (let j = 0; j < re.length; j++) {
      data[at] = re[j]!;
      if (width === 2) data[at + 1] = im?.[j] ?? 0;
      at += width;
    }
  }
  return realValue(dtype, shape, data);
}

/** Checks that operands are batches of matrices of the same outer dimensions. */
export function checkRanks(inputs: readonly TensorValue[]): void {
  const outer = inputs[0]!.shape.slice(0, -2);
  inputs.forEach(({ shape }, i) => {
    if (i > 0 && shape.length !== inputs[0]!.shape.length) {
      throw invalidArgument("All input tensors must have the same rank.");
    }
    if (shape.length < 2) throw invalidArgument(`Input tensor ${i} must have rank >= 2, got ${shape.length}`);
    if (!sameShape(shape.slice(0, -2), outer)) {
      throw invalidArgument("All input tensors must have the same outer dimensions.");
    }
  });
}

/** Checks that an operand is a batch of square matrices. */
export function checkSquare(input: TensorValue): void {
  checkRanks([input]);
  if (input.shape.at(-1) !== input.shape.at(-2)) throw invalidArgument("Input matrix must be square.");
}
