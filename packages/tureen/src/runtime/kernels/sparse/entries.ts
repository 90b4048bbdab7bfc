import type { Shape } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { numbersOf } from "./integers.js";

/** A sparse tensor as its three inputs, read. */
export interface SparseEntries {
  readonly indices: Float64Array;
  readonly values: TensorValue;
  readonly shape: Shape;
  readonly rank: number;
  readonly count: number;
}

/** Reads a sparse tensor without checks beyond what reading needs. */
export function entriesOf(indices: TensorValue, values: TensorValue, shape: TensorValue): SparseEntries {
  const dims = Array.from(numbersOf(shape));
  return { indices: numbersOf(indices), values, shape: dims, rank: dims.length, count: values.shape[0] ?? 0 };
}

/** Checks that the inputs have the ranks of a sparse tensor's: TensorFlow's `sparse_utils::ValidateSparseTensor`. */
export function checkSparseRanks(indices: TensorValue, values: TensorValue, shape: TensorValue): void {
  const check = (name: string, value: TensorValue, rank: number): void => {
    if (value.shape.length !== rank) {
      throw invalidArgument(`Sparse ${name} must be rank ${rank} but is rank ${value.shape.length}`);
    }
  };
  check("indices", indices, 2);
  check("values", values, 1);
  check("shape", shape, 1);
}

/** Row-major order of two rows of indices: negative, zero or positive. */
export function compareRows(a: Float64Array, i: number, b: Float64Array, j: number, rank: number): number {
  for (let d = 0; d < rank; d++) {
    const difference = a[i * rank + d]! - b[j * rank + d]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The entries' numbers in row-major order; entries with the same index keep theirs. */
export function rowMajorOrder(entries: SparseEntries): Int32Array {
  const { indices, rank, count } = entries;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let ordered = true;
  for (let i = 1; i < count && ordered; i++) ordered = compareRows(indices, i - 1, indices, i, rank) <= 0;
  return ordered ? order : order.sort((a, b) => compareRows(indices, a, indices, b, rank) || a - b);
}

/** Rows of a matrix of indices in another order. */
export function pickRows(indices: Float64Array, order: ArrayLike<number>, rank: number): Float64Array {
  const result = new Float64Array(order.length * rank);
  for (let i = 0; i < order.length; i++) {
    for (let d = 0; d < rank; d++) result[i * rank + d] = indices[order[i]! * rank + d]!;
  }
  return result;
}
