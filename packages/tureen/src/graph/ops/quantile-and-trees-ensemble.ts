import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";
import type { ResourceHandleOptions } from "./quantile-and-trees-quantiles.js";

/** The handle of a tree ensemble. */
export function boostedTreesEnsembleResourceHandleOp(options: ResourceHandleOptions = {}): Tensor {
  const attrs = { container: options.container, shared_name: options.sharedName };
  return build("BoostedTreesEnsembleResourceHandleOp", [], attrs, options);
}

/** Whether an ensemble has been made. */
export function isBoostedTreesEnsembleInitialized(
  treeEnsembleHandle: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("IsBoostedTreesEnsembleInitialized", [treeEnsembleHandle], {}, options);
}

/** Makes an ensemble of a serialized `TreeEnsemble` (empty for none), unless there is one. */
export function boostedTreesCreateEnsemble(
  treeEnsembleHandle: TensorLike,
  stampToken: TensorLike,
  treeEnsembleSerialized: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  const inputs = [treeEnsembleHandle, stampToken, treeEnsembleSerialized];
  return buildOp("BoostedTreesCreateEnsemble", inputs, {}, options);
}

/** Puts a serialized `TreeEnsemble` in place of an ensemble. */
export function boostedTreesDeserializeEnsemble(
  treeEnsembleHandle: TensorLike,
  stampToken: TensorLike,
  treeEnsembleSerialized: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  const inputs = [treeEnsembleHandle, stampToken, treeEnsembleSerialized];
  return buildOp("BoostedTreesDeserializeEnsemble", inputs, {}, options);
}

/** An ensemble's stamp and its bytes, as checkpoints hold them. */
export function boostedTreesSerializeEnsemble(
  treeEnsembleHandle: TensorLike,
  options: { readonly name?: string } = {},
): { readonly stampToken: Tensor; readonly treeEnsembleSerialized: Tensor } {
  const { outputs } = buildOp("BoostedTreesSerializeEnsemble", [treeEnsembleHandle], {}, options);
  return { stampToken: outputs[0]!, treeEnsembleSerialized: outputs[1]! };
}

/** How far the training of an ensemble is; `lastLayerNodesRange` are the nodes to be split next, first and after the last. */
export function boostedTreesGetEnsembleStates(
  treeEnsembleHandle: TensorLike,
  options: { readonly name?: string } = {},
): {
  readonly stampToken: Tensor;
  readonly numTrees: Tensor;
  readonly numFinalizedTrees: Tensor;
  readonly numAttemptedLayers: Tensor;
  readonly lastLayerNodesRange: Tensor;
} {
  const { outputs } = buildOp("BoostedTreesGetEnsembleStates", [treeEnsembleHandle], {}, options);
  return {
    stampToken: outputs[0]!,
    numTrees: outputs[1]!,
    numFinalizedTrees: outputs[2]!,
    numAttemptedLayers: outputs[3]!,
    lastLayerNodesRange: outputs[4]!,
  };
}

/** The logits of a batch of bucketized features. */
export function boostedTreesPredict(
  treeEnsembleHandle: TensorLike,
  bucketizedFeatures: readonly TensorLike[],
  options: { readonly logitsDimension: number; readonly name?: string },
): Tensor {
  const attrs = { logits_dimension: options.logitsDimension };
  return build("BoostedTreesPredict", [treeEnsembleHandle, bucketizedFeatures], attrs, options);
}

/** What a batch's logits change by since the tree and node cached for each example, and the tree and node it stands at now. */
export function boostedTreesTrainingPredict(
  treeEnsembleHandle: TensorLike,
  cachedTreeIds: TensorLike,
  cachedNodeIds: TensorLike,
  bucketizedFeatures: readonly TensorLike[],
  options: { readonly logitsDimension: number; readonly name?: string },
): { readonly partialLogits: Tensor; readonly treeIds: Tensor; readonly nodeIds: Tensor } {
  const inputs = [treeEnsembleHandle, cachedTreeIds, cachedNodeIds, bucketizedFeatures];
  const attrs = { logits_dimension: options.logitsDimension };
  const { outputs } = buildOp("BoostedTreesTrainingPredict", inputs, attrs, options);
  return { partialLogits: outputs[0]!, treeIds: outputs[1]!, nodeIds: outputs[2]! };
}

/** A serialized `DebugOutput` for each example: the way it takes through the trees, with the logits on it. */
export function boostedTreesExampleDebugOutputs(
  treeEnsembleHandle: TensorLike,
  bucketizedFeatures: readonly TensorLike[],
  options: { readonly logitsDimension: number; readonly name?: string },
): Tensor {
  const attrs = { logits_dimension: options.logitsDimension };
  return build("BoostedTreesExampleDebugOutputs", [treeEnsembleHandle, bucketizedFeatures], attrs, options);
}

/** Moves the first tree's root towards the bias of the training data; whether to go on with it. */
export function boostedTreesCenterBias(
  treeEnsembleHandle: TensorLike,
  meanGradients: TensorLike,
  meanHessians: TensorLike,
  l1: TensorLike,
  l2: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("BoostedTreesCenterBias", [treeEnsembleHandle, meanGradients, meanHessians, l1, l2], {}, options);
}

/** Grows a layer of the best of the splits given for each node, one list a feature; of one class. */
export function boostedTreesUpdateEnsemble(
  treeEnsembleHandle: TensorLike,
  featureIds: TensorLike,
  splits: {
    readonly nodeIds: readonly TensorLike[];
    readonly gains: readonly TensorLike[];
    readonly thresholds: readonly TensorLike[];
    readonly leftNodeContribs: readonly TensorLike[];
    readonly rightNodeContribs: readonly TensorLike[];
  },
  maxDepth: TensorLike,
  learningRate: TensorLike,
  options: { readonly pruningMode: number; readonly name?: string },
): Operation {
  const { nodeIds, gains, thresholds, leftNodeContribs, rightNodeContribs } = splits;
  const inputs = [
    treeEnsembleHandle,
    featureIds,
    nodeIds,
    gains,
    thresholds,
    leftNodeContribs,
    rightNodeContribs,
    maxDepth,
    learningRate,
  ];
  return buildOp("BoostedTreesUpdateEnsemble", inputs, { pruning_mode: options.pruningMode }, options);
}

/** Grows a layer of the best of the splits given for each node, one list a group of features; what `BoostedTreesClassifier` uses. */
export function boostedTreesUpdateEnsembleV2(
  treeEnsembleHandle: TensorLike,
  splits: {
    readonly featureIds: readonly TensorLike[];
    readonly dimensionIds: readonly TensorLike[];
    readonly nodeIds: readonly TensorLike[];
    readonly gains: readonly TensorLike[];
    readonly thresholds: readonly TensorLike[];
    readonly leftNodeContribs: readonly TensorLike[];
    readonly rightNodeContribs: readonly TensorLike[];
    readonly splitTypes: readonly TensorLike[];
  },
  maxDepth: TensorLike,
  learningRate: TensorLike,
  pruningMode: TensorLike,
  options: { readonly logitsDimension?: number; readonly name?: string } = {},
): Operation {
  const inputs = [
    treeEnsembleHandle,
    splits.featureIds,
    splits.dimensionIds,
    splits.nodeIds,
    splits.gains,
    splits.thresholds,
    splits.leftNodeContribs,
    splits.rightNodeContribs,
    splits.splitTypes,
    maxDepth,
    learningRate,
    pruningMode,
  ];
  return buildOp("BoostedTreesUpdateEnsembleV2", inputs, { logits_dimension: options.logitsDimension }, options);
}
