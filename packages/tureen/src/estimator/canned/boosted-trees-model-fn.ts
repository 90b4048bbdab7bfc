import { invalidArgument } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { type Operation, Tensor } from "../../graph/graph.js";
import {
  boostedTreesExampleDebugOutputs,
  boostedTreesGetEnsembleStates,
  boostedTreesPredict,
  boostedTreesTrainingPredict,
} from "../../graph/ops/quantile-and-trees.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { Variable, variableName } from "../../graph/variable.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import type { FeatureColumn } from "../feature-column/feature-column.js";
import { batchSizeOf } from "../feature-column/graph-shape.js";
import { numericColumn } from "../feature-column/numeric-column.js";
import { TransformationCache } from "../feature-column/transformation-cache.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { labelNoneMessage } from "../head/check-labels.js";
import type { WeightColumn } from "../head/example-weights.js";
import type { Head } from "../head/head.js";
import { group } from "../head/train-op.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, Labels, ModelFn, ModelFnArgs } from "../model-fn.js";
import { add } from "../nn/arithmetic.js";
import { scalarSummary } from "../summary.js";
import { derivativesOf, logLossDerivatives } from "./boosted-trees-derivatives.js";
import { debugOutputKey } from "./boosted-trees-explanations.js";
import {
  type Bucketize,
  featureGroups,
  numFeaturesOf,
  numFloatFeatures,
  type TreeColumn,
  type TreeFeatures,
  transformFeatures,
  treeColumns,
} from "./boosted-trees-features.js";
import {
  accumulateQuantiles,
  centerBias,
  checkTreeParams,
  type GrowthState,
  growTree,
  type TreeParams,
} from "./boosted-trees-grower.js";
import { type QuantileAccumulator, quantileAccumulator, treeEnsemble } from "./boosted-trees-resources.js";
import { StopAtAttemptsHook } from "./boosted-trees-stop-hook.js";
import { type TrainingCache, trainingCache } from "./boosted-trees-training-cache.js";
import { branch } from "./branch.js";
import { checkFeatures } from "./estimator-options.js";

/** What `boostedTreesModelFn` builds. */
export interface BoostedTreesModelOptions {
  readonly head: Head;
  readonly featureColumns: readonly FeatureColumn[];
  readonly trees: TreeParams;
  /** Batches whose statistics a layer is grown of; with one batch that is all the data, 1. */
  readonly nBatchesPerLayer: number;
  readonly weightColumn?: WeightColumn | undefined;
  /** The input is one batch again and again: what is known of its rows is kept from step to step. */
  readonly trainInMemory: boolean;
  /** The derivatives in closed form; only for the mean loss of unweighted labels 0 and 1. */
  readonly isPlainLogLoss: boolean;
}

/** The name of the model, which checkpoints hold its state under. */
export const modelName = "boosted_trees";

/** The model function of boosted trees (TensorFlow's `_bt_model_fn`). */
export function boostedTreesModelFn(options: BoostedTreesModelOptions): ModelFn {
  checkTreeParams(options.trees);
  const { nBatchesPerLayer, trainInMemory } = options;
  if (!(nBatchesPerLayer >= 1))
    throw invalidArgument(`Expected n_batches_per_layer > 0, received: ${nBatchesPerLayer}`);
  if (trainInMemory && nBatchesPerLayer !== 1) {
    throw invalidArgument(
      "When train_in_memory is enabled, input_fn should return the entire dataset as a single batch, and n_batches_per_layer should be set as 1.",
    );
  }
  const columns = treeColumns(options.featureColumns);
  return (args) => {
    checkFeatures(args.features);
    return args.mode === ModeKeys.TRAIN ? trainingSpec(options, columns, args) : predictingSpec(options, columns, args);
  };
}

/** The model function of predictions with what explains them: beside the head's predictions each row's walk through the trees. */
export function explainingModelFn(options: BoostedTreesModelOptions): ModelFn {
  const columns = treeColumns(options.featureColumns);
  const { head } = options;
  const { logitsDimension } = head;
  return ({ features, mode }) =>
    nameScope(modelName, (scope) => {
      const { ensemble, features: known } = buildResources(options, columns, features, scope);
      const logits = boostedTreesPredict(ensemble, known.bucketized, { logitsDimension });
      const spec = head.createEstimatorSpec({ features, labels: undefined, mode, logits });
      const walk = boostedTreesExampleDebugOutputs(ensemble, known.bucketized, { logitsDimension });
      const predictions = spec.predictions as Readonly<Record<string, Tensor>>;
      return { ...spec, predictions: { ...predictions, [debugOutputKey]: walk } };
    });
}

interface Resources {
  readonly ensemble: Tensor;
  readonly quantiles: QuantileAccumulator | undefined;
  readonly features: TreeFeatures;
}

function buildResources(
  { trees }: BoostedTreesModelOptions,
  columns: readonly TreeColumn[],
  features: Features,
  scope: string,
  bucketize?: Bucketize,
): Resources {
  getOrCreateGlobalStep();
  const ensemble = treeEnsemble(scope);
  const floats = numFloatFeatures(columns);
  const quantiles = floats === 0 ? undefined : quantileAccumulator(trees.quantileSketchEpsilon, floats);
  return {
    ensemble,
    quantiles,
    features: transformFeatures(features, columns, quantiles?.boundaries ?? [], bucketize),
  };
}

function predictingSpec(
  options: BoostedTreesModelOptions,
  columns: readonly TreeColumn[],
  { features, labels, mode }: ModelFnArgs,
): EstimatorSpec {
  const { head } = options;
  const { logitsDimension } = head;
  return nameScope(modelName, (scope) => {
    const { ensemble, features: known } = buildResources(options, columns, features, scope);
    const logits = boostedTreesPredict(ensemble, known.bucketized, { logitsDimension });
    return head.createEstimatorSpec({ features, labels, mode, logits });
  });
}

interface TrainingGraph extends Resources {
  readonly ready: Variable;
  readonly centering: Variable;
  readonly states: ReturnType<typeof boostedTreesGetEnsembleStates>;
  readonly cache: TrainingCache | undefined;
  readonly treeIds: Tensor;
  readonly nodeIds: Tensor;
  readonly logits: Tensor;
  readonly weights: Tensor;
}

function trainingSpec(
  options: BoostedTreesModelOptions,
  columns: readonly TreeColumn[],
  { features, labels, mode }: ModelFnArgs,
): EstimatorSpec {
  const { head, trees } = options;
  const model = nameScope(modelName, (scope) => buildTraining(options, columns, features, labels, scope));
  const { states, logits } = model;
  const trainOpFn = (loss: Tensor): Operation => buildTrainOp(options, columns, model, labels, loss);
  const spec = head.createEstimatorSpec({ features, labels, mode, logits, trainOpFn });
  const progress = { finalizedTrees: states.numFinalizedTrees, attemptedLayers: states.numAttemptedLayers };
  return {
    ...spec,
    trainingHooks: [...(spec.trainingHooks ?? []), new StopAtAttemptsHook(progress, trees.nTrees, trees.maxDepth)],
  };
}

function buildTraining(
  options: BoostedTreesModelOptions,
  columns: readonly TreeColumn[],
  features: Features,
  labels: Labels,
  scope: string,
): TrainingGraph {
  const { trees, trainInMemory, head } = options;
  const { logitsDimension } = head;
  if (!(labels instanceof Tensor)) throw invalidArgument(labelNoneMessage);
  const batch = batchSizeOf(labels);
  const numFeatures = columns.reduce((sum, column) => sum + numFeaturesOf(column), 0);
  const cache = trainInMemory ? trainingCache(batch, logitsDimension, numFeatures) : undefined;
  const resources = buildResources(options, columns, features, scope, cache?.bucketize);
  const { ensemble } = resources;
  const known = resources.features.bucketized;
  const ready = flag("are_boundaries_ready", resources.quantiles === undefined);
  const start = cache ?? {
    treeIds: build("Fill", [vectorOf([batch]), scalarValue("int32", 0)]),
    nodeIds: build("Fill", [vectorOf([batch]), scalarValue("int32", -1)]),
    logits: build("Fill", [vectorOf([batch, logitsDimension]), scalarValue("float32", 0)]),
  };
  const states = boostedTreesGetEnsembleStates(ensemble);
  const predicted = boostedTreesTrainingPredict(ensemble, start.treeIds, start.nodeIds, known, { logitsDimension });
  const logits = add(start.logits, predicted.partialLogits);
  nameScope(null, () => {
    scalarSummary(`${modelName}/ensemble/num_trees`, states.numTrees);
    scalarSummary(`${modelName}/ensemble/num_finalized_trees`, states.numFinalizedTrees);
    scalarSummary(`${modelName}/ensemble/num_attempted_layers`, states.numAttemptedLayers);
  });
  const centering = flag("center_bias_needed", trees.centerBias);
  const weights = quantileWeights(features, options.weightColumn);
  return {
    ...resources,
    ready,
    centering,
    states,
    cache,
    treeIds: predicted.treeIds,
    nodeIds: predicted.nodeIds,
    logits,
    weights,
  };
}

function buildTrainOp(
  options: BoostedTreesModelOptions,
  columns: readonly TreeColumn[],
  model: TrainingGraph,
  labels: Labels,
  loss: Tensor,
): Operation {
  const { head, trees, nBatchesPerLayer } = options;
  const { logitsDimension } = head;
  const { quantiles, ensemble, logits, centering, cache, nodeIds, treeIds } = model;
  const groups = featureGroups(columns, quantiles?.numQuantiles ?? 0);
  const state: GrowthState = { ensemble, params: trees, nBatchesPerLayer, groups, logitsDimension };
  const derivatives = options.isPlainLogLoss
    ? logLossDerivatives(logits, labels)
    : derivativesOf(loss, logits, logitsDimension);
  const grow = (): Operation => {
    const stats = { nodeIds, ...derivatives, features: model.features.bucketized };
    const growLayer = (): Operation => growTree(state, model.states.lastLayerNodesRange, stats);
    const center = (): Operation => centerBias(state, centering, derivatives.gradients, derivatives.hessians);
    const isCentering = centering.read();
    const ops: Operation[] = [];
    // While the first root still moves, what is known of the rows is not final.
    if (cache !== undefined)
      ops.push(
        cache.keepFeatures(model.features.bucketized),
        branch(
          isCentering,
          () => group([]),
          () => cache.insert(treeIds, nodeIds, logits),
        ),
      );
    const updated = trees.centerBias ? branch(isCentering, center, growLayer) : growLayer();
    ops.push(updated);
    const step = controlDependencies([updated], () => getOrCreateGlobalStep().assignAdd(scalarValue("int64", 1)));
    return group([...ops, step], "grow_op");
  };
  if (quantiles === undefined) return grow();
  const learn = (): Operation =>
    nameScope("UpdateQuantile", () =>
      accumulateQuantiles(quantiles, model.features.floats, model.weights, nBatchesPerLayer, model.ready),
    );
  return group([branch(model.ready.read(), grow, learn)]);
}

function flag(name: string, value: boolean): Variable {
  return new Variable({
    name: variableName(name),
    initializer: () => constant(scalarValue("bool", value), undefined, "initial_value"),
    dtype: "bool",
    shape: [],
    trainable: false,
  });
}

function quantileWeights(features: Features, column: WeightColumn | undefined): Tensor {
  if (column === undefined) return constant([1]);
  const { key, normalizerFn } = typeof column === "string" ? { key: column, normalizerFn: undefined } : column;
  const numeric = numericColumn(key, normalizerFn === undefined ? {} : { normalizerFn });
  return build("Squeeze", [new TransformationCache(features).transformed(numeric) as Tensor], { squeeze_dims: [1] });
}

function vectorOf(sizes: readonly (Tensor | number)[]): Tensor {
  return build("Pack", [sizes.map((size) => (size instanceof Tensor ? size : constant(size, "int32")))]);
}
