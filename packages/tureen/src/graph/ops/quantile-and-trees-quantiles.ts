import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** What a resource of this family is found by. */
export interface ResourceHandleOptions {
  readonly container?: string;
  readonly sharedName?: string;
  readonly name?: string;
}

/** The bucket that each value of each feature falls into: the index of the first boundary that is not below it. */
export function boostedTreesBucketize(
  floatValues: readonly TensorLike[],
  bucketBoundaries: readonly TensorLike[],
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("BoostedTreesBucketize", [floatValues, bucketBoundaries], {}, options).outputs;
}

/** A quantile summary of each feature of a batch: rows of value, weight, least and greatest rank. */
export function boostedTreesMakeQuantileSummaries(
  floatValues: readonly TensorLike[],
  exampleWeights: TensorLike,
  epsilon: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  const inputs = [floatValues, exampleWeights, epsilon];
  return buildOp("BoostedTreesMakeQuantileSummaries", inputs, {}, options).outputs;
}

/** The handle of a resource of quantile streams. */
export function boostedTreesQuantileStreamResourceHandleOp(options: ResourceHandleOptions = {}): Tensor {
  const attrs = { container: options.container, shared_name: options.sharedName };
  return build("BoostedTreesQuantileStreamResourceHandleOp", [], attrs, options);
}

/** Whether a resource of quantile streams has been made. */
export function isBoostedTreesQuantileStreamResourceInitialized(
  quantileStreamResourceHandle: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  const inputs = [quantileStreamResourceHandle];
  return build("IsBoostedTreesQuantileStreamResourceInitialized", inputs, {}, options);
}

/** Makes a resource of `numStreams` quantile streams, unless there is one. */
export function boostedTreesCreateQuantileStreamResource(
  quantileStreamResourceHandle: TensorLike,
  epsilon: TensorLike,
  numStreams: TensorLike,
  options: { readonly maxElements?: number; readonly name?: string } = {},
): Operation {
  const inputs = [quantileStreamResourceHandle, epsilon, numStreams];
  return buildOp("BoostedTreesCreateQuantileStreamResource", inputs, { max_elements: options.maxElements }, options);
}

/** Adds a summary to each stream. */
export function boostedTreesQuantileStreamResourceAddSummaries(
  quantileStreamResourceHandle: TensorLike,
  summaries: readonly TensorLike[],
  options: { readonly name?: string } = {},
): Operation {
  const inputs = [quantileStreamResourceHandle, summaries];
  return buildOp("BoostedTreesQuantileStreamResourceAddSummaries", inputs, {}, options);
}

/** Puts stored boundaries into a resource of quantile streams. */
export function boostedTreesQuantileStreamResourceDeserialize(
  quantileStreamResourceHandle: TensorLike,
  bucketBoundaries: readonly TensorLike[],
  options: { readonly name?: string } = {},
): Operation {
  const inputs = [quantileStreamResourceHandle, bucketBoundaries];
  return buildOp("BoostedTreesQuantileStreamResourceDeserialize", inputs, {}, options);
}

/** Makes boundaries of what each stream has seen, and starts the streams anew. */
export function boostedTreesQuantileStreamResourceFlush(
  quantileStreamResourceHandle: TensorLike,
  numBuckets: TensorLike,
  options: { readonly generateQuantiles?: boolean; readonly name?: string } = {},
): Operation {
  const attrs = { generate_quantiles: options.generateQuantiles };
  return buildOp("BoostedTreesQuantileStreamResourceFlush", [quantileStreamResourceHandle, numBuckets], attrs, options);
}

/** The summary of what each stream has seen; the streams start anew. */
export function boostedTreesFlushQuantileSummaries(
  quantileStreamResourceHandle: TensorLike,
  options: { readonly numFeatures: number; readonly name?: string },
): readonly Tensor[] {
  const attrs = { num_features: options.numFeatures };
  return buildOp("BoostedTreesFlushQuantileSummaries", [quantileStreamResourceHandle], attrs, options).outputs;
}

/** The bucket boundaries of each stream; none before the first flush. */
export function boostedTreesQuantileStreamResourceGetBucketBoundaries(
  quantileStreamResourceHandle: TensorLike,
  options: { readonly numFeatures: number; readonly name?: string },
): readonly Tensor[] {
  const type = "BoostedTreesQuantileStreamResourceGetBucketBoundaries";
  return buildOp(type, [quantileStreamResourceHandle], { num_features: options.numFeatures }, options).outputs;
}
