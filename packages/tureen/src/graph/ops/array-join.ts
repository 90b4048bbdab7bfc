import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The values joined along `concatDim`. */
export function concat(
  concatDim: TensorLike,
  values: readonly TensorLike[],
  options: { readonly name?: string } = {},
): Tensor {
  return build("Concat", [concatDim, values], {}, options);
}

/** The values joined along `axis`. */
export function concatV2(
  values: readonly TensorLike[],
  axis: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ConcatV2", [values, axis], {}, options);
}

/** Where each input of a concatenation starts, from their shapes. */
export function concatOffset(
  concatDim: TensorLike,
  shape: readonly TensorLike[],
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("ConcatOffset", [concatDim, shape], {}, options).outputs;
}

/** The values stacked along a new axis (`tf.stack`). */
export function pack(
  values: readonly TensorLike[],
  options: { readonly axis?: number; readonly name?: string } = {},
): Tensor {
  return build("Pack", [values], { axis: options.axis }, options);
}

/** The slices along an axis (`tf.unstack`). */
export function unpack(
  value: TensorLike,
  options: { readonly num: number; readonly axis?: number; readonly name?: string },
): readonly Tensor[] {
  return buildOp("Unpack", [value], { num: options.num, axis: options.axis }, options).outputs;
}

/** The input in `numSplit` equal parts along `splitDim`. */
export function split(
  splitDim: TensorLike,
  value: TensorLike,
  options: { readonly numSplit: number; readonly name?: string },
): readonly Tensor[] {
  return buildOp("Split", [splitDim, value], { num_split: options.numSplit }, options).outputs;
}

/** The input in parts of given sizes along `splitDim`; one size may be -1. */
export function splitV(
  value: TensorLike,
  sizeSplits: TensorLike,
  splitDim: TensorLike,
  options: { readonly numSplit: number; readonly name?: string },
): readonly Tensor[] {
  return buildOp("SplitV", [value, sizeSplits, splitDim], { num_split: options.numSplit }, options).outputs;
}
