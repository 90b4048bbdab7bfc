import type { TensorValue } from "../../../core/tensor-value.js";
import type { Attrs } from "../../../graph/attr-value.js";

/** The inputs of `SdcaOptimizer` by name; lists have one entry a column. */
export interface SdcaInputs {
  readonly sparseExampleIndices: readonly TensorValue[];
  readonly sparseFeatureIndices: readonly TensorValue[];
  /** Of the first columns only, where there are fewer; the others' values are 1. */
  readonly sparseFeatureValues: readonly TensorValue[];
  readonly denseFeatures: readonly TensorValue[];
  readonly exampleWeights: TensorValue;
  readonly exampleLabels: TensorValue;
  readonly sparseIndices: readonly TensorValue[];
  readonly sparseWeights: readonly TensorValue[];
  readonly denseWeights: readonly TensorValue[];
  readonly exampleStateData: TensorValue;
}

/** How many tensors each list has. */
export interface ColumnCounts {
  readonly sparse: number;
  readonly withValues: number;
  readonly dense: number;
}

/** Reads the counts of columns. */
export function columnCounts(attrs: Attrs): ColumnCounts {
  return {
    sparse: attrs.int("num_sparse_features"),
    withValues: attrs.int("num_sparse_features_with_values"),
    dense: attrs.int("num_dense_features"),
  };
}

/** Gives a flat list of inputs their names. */
export function sdcaInputs(inputs: readonly TensorValue[], { sparse, withValues, dense }: ColumnCounts): SdcaInputs {
  const rest = [...inputs];
  const take = (count: number): readonly TensorValue[] => rest.splice(0, count);
  const one = (): TensorValue => rest.shift()!;
  return {
    sparseExampleIndices: take(sparse),
    sparseFeatureIndices: take(sparse),
    sparseFeatureValues: take(withValues),
    denseFeatures: take(dense),
    exampleWeights: one(),
    exampleLabels: one(),
    sparseIndices: take(sparse),
    sparseWeights: take(sparse),
    denseWeights: take(dense),
    exampleStateData: one(),
  };
}
