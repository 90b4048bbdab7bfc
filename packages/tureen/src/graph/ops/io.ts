import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** Writes tensors as one bundle at `prefix`; an empty slice spec is the whole tensor. */
export function saveV2(
  prefix: TensorLike,
  tensorNames: TensorLike,
  shapeAndSlices: TensorLike,
  tensors: readonly Tensor[],
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("SaveV2", [prefix, tensorNames, shapeAndSlices, tensors], {}, options);
}

/** Reads tensors of a bundle at `prefix`. */
export function restoreV2(
  prefix: TensorLike,
  tensorNames: TensorLike,
  shapeAndSlices: TensorLike,
  dtypes: readonly DType[],
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("RestoreV2", [prefix, tensorNames, shapeAndSlices], { dtypes }, options).outputs;
}

/** Joins bundles into one at `destination`. */
export function mergeV2Checkpoints(
  prefixes: TensorLike,
  destination: TensorLike,
  options: { readonly deleteOldDirs?: boolean; readonly name?: string } = {},
): Operation {
  return buildOp("MergeV2Checkpoints", [prefixes, destination], { delete_old_dirs: options.deleteOldDirs }, options);
}

/** `base-00001-of-00002`. */
export function shardedFilename(
  base: TensorLike,
  shard: TensorLike,
  shards: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ShardedFilename", [base, shard, shards], {}, options);
}
