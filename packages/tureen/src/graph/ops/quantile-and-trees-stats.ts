import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Sums of gradients and Hessians by feature, node and bucket, of one class and features of one dimension. */
export function boostedTreesMakeStatsSummary(
  nodeIds: TensorLike,
  gradients: TensorLike,
  hessians: TensorLike,
  bucketizedFeaturesList: readonly TensorLike[],
  options: { readonly maxSplits: number; readonly numBuckets: number; readonly name?: string },
): Tensor {
  const attrs = { max_splits: options.maxSplits, num_buckets: options.numBuckets };
  const inputs = [nodeIds, gradients, hessians, bucketizedFeaturesList];
  return build("BoostedTreesMakeStatsSummary", inputs, attrs, options);
}

/** Sums of gradients and Hessians of one feature by node, dimension and bucket; the last bucket is for missing values (-1). */
export function boostedTreesAggregateStats(
  nodeIds: TensorLike,
  gradients: TensorLike,
  hessians: TensorLike,
  feature: TensorLike,
  options: { readonly maxSplits: number; readonly numBuckets: number; readonly name?: string },
): Tensor {
  const attrs = { max_splits: options.maxSplits, num_buckets: options.numBuckets };
  return build("BoostedTreesAggregateStats", [nodeIds, gradients, hessians, feature], attrs, options);
}

/** The statistics of a sparse feature as a sparse tensor. */
export interface SparseStatsTensors {
  readonly statsSummaryIndices: Tensor;
  readonly statsSummaryValues: Tensor;
  readonly statsSummaryShape: Tensor;
}

/** `boostedTreesAggregateStats` of a sparse feature. */
export function boostedTreesSparseAggregateStats(
  nodeIds: TensorLike,
  gradients: TensorLike,
  hessians: TensorLike,
  featureIndices: TensorLike,
  featureValues: TensorLike,
  featureShape: TensorLike,
  options: { readonly maxSplits: number; readonly numBuckets: number; readonly name?: string },
): SparseStatsTensors {
  const attrs = { max_splits: options.maxSplits, num_buckets: options.numBuckets };
  const inputs = [nodeIds, gradients, hessians, featureIndices, featureValues, featureShape];
  const { outputs } = buildOp("BoostedTreesSparseAggregateStats", inputs, attrs, options);
  return { statsSummaryIndices: outputs[0]!, statsSummaryValues: outputs[1]!, statsSummaryShape: outputs[2]! };
}

/** Regularization of the search for splits: float scalars. */
export interface SplitRegularization {
  readonly l1: TensorLike;
  readonly l2: TensorLike;
  /** What a split must gain to be worth it. */
  readonly treeComplexity: TensorLike;
  /** The least sum of Hessians of a node that is split. */
  readonly minNodeWeight: TensorLike;
}

function regularization({ l1, l2, treeComplexity, minNodeWeight }: SplitRegularization): TensorLike[] {
  return [l1, l2, treeComplexity, minNodeWeight];
}

/** The best splits of the nodes that have any, a row each. */
export interface FeatureSplitTensors {
  readonly nodeIds: Tensor;
  readonly gains: Tensor;
  readonly featureDimensions: Tensor;
  readonly thresholds: Tensor;
  readonly leftNodeContribs: Tensor;
  readonly rightNodeContribs: Tensor;
  readonly splitWithDefaultDirections: Tensor;
}

function featureSplit(outputs: readonly Tensor[]): FeatureSplitTensors {
  return {
    nodeIds: outputs[0]!,
    gains: outputs[1]!,
    featureDimensions: outputs[2]!,
    thresholds: outputs[3]!,
    leftNodeContribs: outputs[4]!,
    rightNodeContribs: outputs[5]!,
    splitWithDefaultDirections: outputs[6]!,
  };
}

/** The best split of each node by each feature, for one class and without missing values. */
export function boostedTreesCalculateBestGainsPerFeature(
  nodeIdRange: TensorLike,
  statsSummaryList: readonly TensorLike[],
  regular: SplitRegularization,
  options: { readonly maxSplits: number; readonly name?: string },
): {
  readonly nodeIdsList: readonly Tensor[];
  readonly gainsList: readonly Tensor[];
  readonly thresholdsList: readonly Tensor[];
  readonly leftNodeContribsList: readonly Tensor[];
  readonly rightNodeContribsList: readonly Tensor[];
} {
  const inputs = [nodeIdRange, statsSummaryList, ...regularization(regular)];
  const attrs = { max_splits: options.maxSplits };
  const { outputs } = buildOp("BoostedTreesCalculateBestGainsPerFeature", inputs, attrs, options);
  const n = statsSummaryList.length;
  const list = (i: number): readonly Tensor[] => outputs.slice(i * n, (i + 1) * n);
  return {
    nodeIdsList: list(0),
    gainsList: list(1),
    thresholdsList: list(2),
    leftNodeContribsList: list(3),
    rightNodeContribsList: list(4),
  };
}

/** The best split of each node by one feature. */
export function boostedTreesCalculateBestFeatureSplit(
  nodeIdRange: TensorLike,
  statsSummary: TensorLike,
  regular: SplitRegularization,
  options: {
    readonly logitsDimension: number;
    readonly splitType?: "inequality" | "equality";
    readonly name?: string;
  },
): FeatureSplitTensors {
  const inputs = [nodeIdRange, statsSummary, ...regularization(regular)];
  const attrs = { logits_dimension: options.logitsDimension, split_type: options.splitType };
  return featureSplit(buildOp("BoostedTreesCalculateBestFeatureSplit", inputs, attrs, options).outputs);
}

/** The best split of each node by the best of several features of the same shape; what `BoostedTreesClassifier` uses. */
export function boostedTreesCalculateBestFeatureSplitV2(
  nodeIdRange: TensorLike,
  statsSummariesList: readonly TensorLike[],
  splitTypes: TensorLike,
  candidateFeatureIds: TensorLike,
  regular: SplitRegularization,
  options: { readonly logitsDimension: number; readonly name?: string },
): FeatureSplitTensors & { readonly featureIds: Tensor } {
  const inputs = [nodeIdRange, statsSummariesList, splitTypes, candidateFeatureIds, ...regularization(regular)];
  const attrs = { logits_dimension: options.logitsDimension };
  const { outputs } = buildOp("BoostedTreesCalculateBestFeatureSplitV2", inputs, attrs, options);
  const [nodeIds, gains, featureIds, ...others] = outputs;
  return { ...featureSplit([nodeIds!, gains!, ...others]), featureIds: featureIds! };
}

/** The best split of each node by one sparse feature, for one class. */
export function boostedTreesSparseCalculateBestFeatureSplit(
  nodeIdRange: TensorLike,
  stats: { readonly [K in keyof SparseStatsTensors]: TensorLike },
  regular: SplitRegularization,
  options: { readonly logitsDimension: number; readonly name?: string },
): FeatureSplitTensors {
  const { statsSummaryIndices, statsSummaryValues, statsSummaryShape } = stats;
  const inputs = [nodeIdRange, statsSummaryIndices, statsSummaryValues, statsSummaryShape, ...regularization(regular)];
  const attrs = { logits_dimension: options.logitsDimension };
  return featureSplit(buildOp("BoostedTreesSparseCalculateBestFeatureSplit", inputs, attrs, options).outputs);
}
