import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The slices of the first dimension that the indices name. */
export function gather(
  params: TensorLike,
  indices: TensorLike,
  options: { readonly validateIndices?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Gather", [params, indices], { validate_indices: options.validateIndices }, options);
}

/** The slices along `axis` that the indices name; the first `batchDims` dimensions of both go along together. */
export function gatherV2(
  params: TensorLike,
  indices: TensorLike,
  axis: TensorLike,
  options: { readonly batchDims?: number; readonly name?: string } = {},
): Tensor {
  return build("GatherV2", [params, indices, axis], { batch_dims: options.batchDims }, options);
}

/** The elements or slices at the index tuples in the last dimension of `indices`. */
export function gatherNd(params: TensorLike, indices: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("GatherNd", [params, indices], {}, options);
}

/** Zeros of a shape with the updates added at index tuples. */
export function scatterNd(
  indices: TensorLike,
  updates: TensorLike,
  shape: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ScatterNd", [indices, updates, shape], {}, options);
}

/** The input with the updates added at index tuples. */
export function scatterNdNonAliasingAdd(
  input: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ScatterNdNonAliasingAdd", [input, indices, updates], {}, options);
}

/** The input with the updates in place of what is at index tuples. */
export function tensorScatterUpdate(
  tensor: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorScatterUpdate", [tensor, indices, updates], {}, options);
}

/** The input with the updates added at index tuples. */
export function tensorScatterAdd(
  tensor: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorScatterAdd", [tensor, indices, updates], {}, options);
}

/** The input with the updates subtracted at index tuples. */
export function tensorScatterSub(
  tensor: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorScatterSub", [tensor, indices, updates], {}, options);
}

/** The input with the larger of itself and the updates at index tuples. */
export function tensorScatterMax(
  tensor: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorScatterMax", [tensor, indices, updates], {}, options);
}

/** The input with the smaller of itself and the updates at index tuples. */
export function tensorScatterMin(
  tensor: TensorLike,
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TensorScatterMin", [tensor, indices, updates], {}, options);
}
