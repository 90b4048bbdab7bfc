import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { Kernel } from "../kernel.js";
import { read, type Source } from "./plan-source.js";

/** What a fused listing of a matrix's elements does. */
export interface RowIndices {
  /** The number of columns. */
  readonly width: number;
  /** A value whose first dimension is the number of rows; and, where values are asked for, the buckets in row-major order. */
  readonly reads: readonly Source[];
  /** What each column adds to its buckets over the one before. */
  readonly scale: number;
}

/** Results of up to this many rows are kept for the next run, which mostly has as many. */
const mostKept = 4096;

/**
 * The indices of all elements of a matrix (int64 [rows * width, 2]), and their columns (int32), or their buckets moved by their column.
 */
export function rowIndicesKernel({ width, reads, scale }: RowIndices, unfused: Kernel): Kernel {
  const [sizeFrom, bucketsFrom] = reads as [Source, Source | undefined];
  let last: readonly TensorValue[] | undefined;
  let lastRows = -1;
  return (inputs, context) => {
    const sized = read(sizeFrom, inputs);
    if (sized.shape.length === 0) return unfused(inputs, context);
    const rows = sized.shape[0]!;
    const count = rows * width;
    let buckets: TensorValue | undefined;
    if (bucketsFrom !== undefined) {
      buckets = read(bucketsFrom, inputs);
      if (buckets.dtype !== "int32" || buckets.shape.length !== 1 || buckets.shape[0] !== count)
        return unfused(inputs, context);
    }
    if (last === undefined || lastRows !== rows) {
      const made = listed(rows, width);
      lastRows = rows <= mostKept ? rows : -1;
      last = made;
    }
    if (buckets === undefined) return last;
    if (width === 1) return [last[0]!, buckets];
    const source = buckets.data as Int32Array;
    const values = new Int32Array(count);
    for (let i = 0, column = 0; i < count; i++) {
      values[i] = source[i]! + scale * column;
      column = column + 1 === width ? 0 : column + 1;
    }
    return [last[0]!, tensorValue("int32", [count], values)];
  };
}

function listed(rows: number, width: number): readonly TensorValue[] {
  const count = rows * width;
  const words = new Int32Array(count * 4);
  const columns = new Int32Array(count);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < width; column++, i++) {
      words[i * 4] = row;
      words[i * 4 + 2] = column;
      columns[i] = column;
    }
  }
  return [tensorValue("int64", [count, 2], new BigInt64Array(words.buffer)), tensorValue("int32", [count], columns)];
}
