import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import type { FeatureColumn } from "./feature-column.js";

/** Throws INVALID_ARGUMENT where two tensors are known to have different numbers of rows. */
export function checkBatchSizes(tensors: readonly Tensor[], columns: readonly FeatureColumn[]): void {
  let expected: { readonly size: number; readonly column: FeatureColumn } | undefined;
  tensors.forEach((tensor, i) => {
    const size = tensor.shape?.[0] ?? -1;
    if (size < 0) return;
    if (expected === undefined) expected = { size, column: columns[i]! };
    else if (expected.size !== size) {
      throw invalidArgument(
        `Batch size (first dimension) of each feature must be same. Batch size of columns (${expected.column.name}, ${columns[i]!.name}): (${expected.size}, ${size})`,
      );
    }
  });
}
