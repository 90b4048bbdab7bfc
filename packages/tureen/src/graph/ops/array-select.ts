import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The coordinates of the elements that are not zero, row by row. */
export function where(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Where", [input], {}, options);
}

/** `t` where the condition holds, else `e`; a vector condition chooses rows, a scalar one the whole. */
export function select(
  condition: TensorLike,
  t: TensorLike,
  e: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Select", [condition, t, e], {}, options);
}

/** `t` where the condition holds, else `e`, with broadcasting. */
export function selectV2(
  condition: TensorLike,
  t: TensorLike,
  e: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SelectV2", [condition, t, e], {}, options);
}

/** `onValue` at the index, `offValue` elsewhere, along a new axis of size `depth`. */
export function oneHot(
  indices: TensorLike,
  depth: TensorLike,
  onValue: TensorLike,
  offValue: TensorLike,
  options: { readonly axis?: number; readonly name?: string } = {},
): Tensor {
  return build("OneHot", [indices, depth, onValue, offValue], { axis: options.axis }, options);
}

/** The slices of `data` sorted into `numPartitions` tensors. */
export function dynamicPartition(
  data: TensorLike,
  partitions: TensorLike,
  options: { readonly numPartitions: number; readonly name?: string },
): readonly Tensor[] {
  return buildOp("DynamicPartition", [data, partitions], { num_partitions: options.numPartitions }, options).outputs;
}

/** The slices of the data tensors brought to the places their indices name; later ones win. */
export function dynamicStitch(
  indices: readonly TensorLike[],
  data: readonly TensorLike[],
  options: { readonly name?: string } = {},
): Tensor {
  return build("DynamicStitch", [indices, data], {}, options);
}

/** DynamicStitch that leaves open which of several slices for one place wins; here the later. */
export function parallelDynamicStitch(
  indices: readonly TensorLike[],
  data: readonly TensorLike[],
  options: { readonly name?: string } = {},
): Tensor {
  return build("ParallelDynamicStitch", [indices, data], {}, options);
}
