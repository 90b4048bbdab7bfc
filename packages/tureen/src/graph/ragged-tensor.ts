import type { Tensor } from "./graph.js";

/** Rows of different lengths (`tf.RaggedTensor`): row i is `values[rowSplits[i] … rowSplits[i + 1]]`. */
export class RaggedTensor {
  readonly values: Tensor;
  /** int32 or int64 [rows + 1], from 0 to the number of values. */
  readonly rowSplits: Tensor;

  constructor(values: Tensor, rowSplits: Tensor) {
    this.values = values;
    this.rowSplits = rowSplits;
  }

  get dtype(): Tensor["dtype"] {
    return this.values.dtype;
  }
}
