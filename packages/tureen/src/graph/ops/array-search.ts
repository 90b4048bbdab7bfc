import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The `k` largest entries of the last dimension; exact, as TensorFlow's kernel for processors is. */
export function approxTopK(
  input: TensorLike,
  options: {
    readonly k: number;
    readonly reductionDimension?: number;
    readonly recallTarget?: number;
    readonly isMaxK?: boolean;
    readonly reductionInputSizeOverride?: number;
    readonly aggregateToTopk?: boolean;
    readonly name?: string;
  },
): { readonly values: Tensor; readonly indices: Tensor } {
  const { outputs } = buildOp(
    "ApproxTopK",
    [input],
    {
      k: options.k,
      reduction_dimension: options.reductionDimension,
      recall_target: options.recallTarget,
      is_max_k: options.isMaxK,
      reduction_input_size_override: options.reductionInputSizeOverride,
      aggregate_to_topk: options.aggregateToTopk,
    },
    options,
  );
  return { values: outputs[0]!, indices: outputs[1]! };
}

/** The distinct elements in order of first appearance, and for each element its number among them. */
export function unique(
  x: TensorLike,
  options: { readonly outIdx?: DType; readonly name?: string } = {},
): { readonly y: Tensor; readonly idx: Tensor } {
  const { outputs } = buildOp("Unique", [x], { out_idx: options.outIdx }, options);
  return { y: outputs[0]!, idx: outputs[1]! };
}

/** The distinct slices along an axis in order of first appearance, and for each slice its number among them. */
export function uniqueV2(
  x: TensorLike,
  axis: TensorLike,
  options: { readonly outIdx?: DType; readonly name?: string } = {},
): { readonly y: Tensor; readonly idx: Tensor } {
  const { outputs } = buildOp("UniqueV2", [x, axis], { out_idx: options.outIdx }, options);
  return { y: outputs[0]!, idx: outputs[1]! };
}

/** Unique, and how often each appears. */
export function uniqueWithCounts(
  x: TensorLike,
  options: { readonly outIdx?: DType; readonly name?: string } = {},
): { readonly y: Tensor; readonly idx: Tensor; readonly count: Tensor } {
  const { outputs } = buildOp("UniqueWithCounts", [x], { out_idx: options.outIdx }, options);
  return { y: outputs[0]!, idx: outputs[1]!, count: outputs[2]! };
}

/** UniqueV2, and how often each appears. */
export function uniqueWithCountsV2(
  x: TensorLike,
  axis: TensorLike,
  options: { readonly outIdx?: DType; readonly name?: string } = {},
): { readonly y: Tensor; readonly idx: Tensor; readonly count: Tensor } {
  const { outputs } = buildOp("UniqueWithCountsV2", [x, axis], { out_idx: options.outIdx }, options);
  return { y: outputs[0]!, idx: outputs[1]!, count: outputs[2]! };
}

/** The elements of `x` that are not in `y`, and where they are. */
export function listDiff(
  x: TensorLike,
  y: TensorLike,
  options: { readonly outIdx?: DType; readonly name?: string } = {},
): { readonly out: Tensor; readonly idx: Tensor } {
  const { outputs } = buildOp("ListDiff", [x, y], { out_idx: options.outIdx }, options);
  return { out: outputs[0]!, idx: outputs[1]! };
}

/** The inverse of a permutation. */
export function invertPermutation(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("InvertPermutation", [x], {}, options);
}

/** The `k` largest entries of each row, largest first, and where they are. */
export function topK(
  input: TensorLike,
  options: { readonly k: number; readonly sorted?: boolean; readonly name?: string },
): { readonly values: Tensor; readonly indices: Tensor } {
  const { outputs } = buildOp("TopK", [input], { k: options.k, sorted: options.sorted }, options);
  return { values: outputs[0]!, indices: outputs[1]! };
}

/** The `k` largest entries of each row, largest first, and where they are. */
export function topKV2(
  input: TensorLike,
  k: TensorLike,
  options: { readonly sorted?: boolean; readonly indexType?: DType; readonly name?: string } = {},
): { readonly values: Tensor; readonly indices: Tensor } {
  const { outputs } = buildOp("TopKV2", [input, k], { sorted: options.sorted, index_type: options.indexType }, options);
  return { values: outputs[0]!, indices: outputs[1]! };
}

/** For each value the first place in its sorted row that is not less. */
export function lowerBound(
  sortedInputs: TensorLike,
  values: TensorLike,
  options: { readonly outType?: DType; readonly name?: string } = {},
): Tensor {
  return build("LowerBound", [sortedInputs, values], { out_type: options.outType }, options);
}

/** For each value the first place in its sorted row that is greater. */
export function upperBound(
  sortedInputs: TensorLike,
  values: TensorLike,
  options: { readonly outType?: DType; readonly name?: string } = {},
): Tensor {
  return build("UpperBound", [sortedInputs, values], { out_type: options.outType }, options);
}

/** Levenshtein distances between the sequences of two sparse tensors. */
export function editDistance(
  hypothesisIndices: TensorLike,
  hypothesisValues: TensorLike,
  hypothesisShape: TensorLike,
  truthIndices: TensorLike,
  truthValues: TensorLike,
  truthShape: TensorLike,
  options: { readonly normalize?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "EditDistance",
    [hypothesisIndices, hypothesisValues, hypothesisShape, truthIndices, truthValues, truthShape],
    { normalize: options.normalize },
    options,
  );
}

/** Fingerprints of the slices of the first dimension. */
export function fingerprint(data: TensorLike, method: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Fingerprint", [data, method], {}, options);
}
