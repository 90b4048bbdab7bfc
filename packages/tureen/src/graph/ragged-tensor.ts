import type { Tensor } from "./graph.js";

/** Rows of any depth: what the values of a ragged tensor may be besides a tensor. */
export interface RaggedRows {
  readonly values: Tensor | RaggedRows;
  readonly rowSplits: Tensor;
  readonly dtype: Tensor["dtype"];
  /** The values below all rows. */
  readonly flatValues: Tensor;
  /** The row splits from the outermost to the innermost. */
  readonly nestedRowSplits: readonly Tensor[];
}

/**
 * Rows of different lengths (`tf.RaggedTensor`): row i is `values[rowSplits[i] … rowSplits[i + 1]]`.
 *
 * Values are a tensor, whose further dimensions are uniform, or rows themselves.
 */
export class RaggedTensor<Values extends Tensor | RaggedRows = Tensor> implements RaggedRows {
  readonly values: Values;
  /** int32 or int64 [rows + 1], from 0 to the number of values. */
  readonly rowSplits: Tensor;

  constructor(values: Values, rowSplits: Tensor) {
    this.values = values;
    this.rowSplits = rowSplits;
  }

  get dtype(): Tensor["dtype"] {
    return this.values.dtype;
  }

  get flatValues(): Tensor {
    const values: Tensor | RaggedRows = this.values;
    return isRows(values) ? values.flatValues : values;
  }

  get nestedRowSplits(): readonly Tensor[] {
    const values: Tensor | RaggedRows = this.values;
    return [this.rowSplits, ...(isRows(values) ? values.nestedRowSplits : [])];
  }
}

/** Whether values are rows themselves. */
export function isRows(values: Tensor | RaggedRows): values is RaggedRows {
  return "rowSplits" in values;
}
