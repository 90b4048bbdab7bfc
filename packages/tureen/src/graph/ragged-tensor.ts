import { checkOptions } from "../core/check-options.js";
import type { PartialShape } from "../core/shape.js";
import type { Tensor } from "./graph.js";

/** Rows of any depth: what the values of a ragged tensor may be besides a tensor. */
export interface RaggedRows {
  readonly values: Tensor | RaggedRows;
  readonly rowSplits: Tensor;
  readonly dtype: Tensor["dtype"];
  readonly shape: PartialShape;
  /** The values below all rows. */
  readonly flatValues: Tensor;
  /** The row splits from the outermost to the innermost. */
  readonly nestedRowSplits: readonly Tensor[];
  /** The length that all rows have, where they are made so. */
  readonly uniformRowLength?: number | undefined;
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
  readonly uniformRowLength: number | undefined;

  /** `uniformRowLength` is for rows that are all as long. */
  constructor(values: Values, rowSplits: Tensor, options: { readonly uniformRowLength?: number | undefined } = {}) {
    checkOptions("RaggedTensor", options, { uniformRowLength: "optional" });
    this.values = values;
    this.rowSplits = rowSplits;
    this.uniformRowLength = options.uniformRowLength;
  }

  get dtype(): Tensor["dtype"] {
    return this.values.dtype;
  }

  /** As far as it is known before a run: -1 for what differs from row to row; undefined where the rank of the values is not known. */
  get shape(): PartialShape {
    const inner = this.values.shape;
    if (inner === undefined) return undefined;
    const splits = this.rowSplits.shape?.[0] ?? -1;
    return [splits < 0 ? -1 : splits - 1, this.uniformRowLength ?? -1, ...inner.slice(1)];
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

/** A ragged tensor of any depth. */
export type AnyRagged = RaggedTensor<Tensor | RaggedRows>;

/** Whether values are rows themselves. */
export function isRows(values: Tensor | RaggedRows): values is RaggedRows {
  return "rowSplits" in values;
}

/** Rows within rows around values; splits from the outermost to the innermost, one at least. */
export function raggedOf(flatValues: Tensor, nestedRowSplits: readonly Tensor[]): AnyRagged {
  return nestedRowSplits.reduceRight<Tensor | RaggedRows>(
    (values, splits) => new RaggedTensor(values, splits),
    flatValues,
  ) as AnyRagged;
}
