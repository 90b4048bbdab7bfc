import { invalidArgument } from "../../core/status-error.js";
import { intValue, scalarValue, stringValue } from "../../core/tensor-value.js";
import { build, buildOp } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import {
  boostedTreesAggregateStats,
  boostedTreesCalculateBestFeatureSplitV2,
  boostedTreesCenterBias,
  boostedTreesMakeQuantileSummaries,
  boostedTreesQuantileStreamResourceAddSummaries,
  boostedTreesQuantileStreamResourceFlush,
  boostedTreesUpdateEnsembleV2,
} from "../../graph/ops/quantile-and-trees.js";
import { controlDependencies } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { accumulate } from "./boosted-trees-control.js";
import type { FeatureGroup } from "./boosted-trees-features.js";
import type { QuantileAccumulator } from "./boosted-trees-resources.js";

/** When branches that do not pay are cut: never, before or after a tree is complete. */
export type PruningMode = "none" | "pre" | "post";

/** How trees grow, in TensorFlow's terms and with its defaults applied. */
export interface TreeParams {
  readonly nTrees: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  readonly l1Regularization: number;
  readonly l2Regularization: number;
  readonly treeComplexity: number;
  readonly minNodeWeight: number;
  readonly centerBias: boolean;
  readonly pruningMode: PruningMode;
  readonly quantileSketchEpsilon: number;
}

/** The op's numbers of the pruning modes. */
const pruningModes: Readonly<Record<PruningMode, number>> = { none: 0, pre: 1, post: 2 };

/** The parameters, if trees can grow by them; INVALID_ARGUMENT with TensorFlow's texts otherwise. */
export function checkTreeParams(params: TreeParams): TreeParams {
  const positive = {
    n_trees: params.nTrees,
    max_depth: params.maxDepth,
    learning_rate: params.learningRate,
    quantile_sketch_epsilon: params.quantileSketchEpsilon,
  };
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0)) throw invalidArgument(`Expected ${name} > 0, received: ${value}`);
  }
  const nonNegative = {
    l1: params.l1Regularization,
    l2: params.l2Regularization,
    tree_complexity: params.treeComplexity,
    min_node_weight: params.minNodeWeight,
  };
  for (const [name, value] of Object.entries(nonNegative)) {
    if (!(value >= 0)) throw invalidArgument(`Expected ${name} >= 0, received: ${value}`);
  }
  if (!Object.hasOwn(pruningModes, params.pruningMode)) {
    throw invalidArgument(`pruning_mode mode must be one of: ${Object.keys(pruningModes).sort().join(", ")}`);
  }
  if (params.treeComplexity > 0 && params.pruningMode === "none") {
    throw invalidArgument("Tree complexity have no effect unless pruning mode is chosen.");
  }
  if (params.treeComplexity === 0 && params.pruningMode !== "none") {
    throw invalidArgument("For pruning, tree_complexity must be positive.");
  }
  return params;
}

/** What a step's growth starts from. */
export interface GrowthState {
  readonly ensemble: Tensor;
  readonly params: TreeParams;
  readonly nBatchesPerLayer: number;
  readonly groups: readonly FeatureGroup[];
  readonly logitsDimension: number;
}

/** Adds a batch to the quantile streams; after enough batches makes the bucket boundaries and sets `ready`. */
export function accumulateQuantiles(
  accumulator: QuantileAccumulator,
  floats: readonly Tensor[],
  weights: Tensor,
  nBatchesPerLayer: number,
  ready: Variable,
): Operation {
  const epsilon = scalarValue("float32", accumulator.epsilon);
  const summaries = boostedTreesMakeQuantileSummaries(floats, weights, epsilon);
  const added = boostedTreesQuantileStreamResourceAddSummaries(accumulator.handle, summaries);
  const flush = (): Operation => {
    const flushed = boostedTreesQuantileStreamResourceFlush(
      accumulator.handle,
      scalarValue("int64", accumulator.numQuantiles),
    );
    return controlDependencies([flushed], () => ready.assign(scalarValue("bool", true)));
  };
  return controlDependencies([added], () => accumulate(nBatchesPerLayer, [], flush, "quantile_summary_accum"));
}

/** Moves the first root towards the bias of the batches; `needed` becomes false when it is there. */
export function centerBias(state: GrowthState, needed: Variable, gradients: Tensor, hessians: Tensor): Operation {
  const means = reduceMean(build("Pack", [[gradients, hessians]], { axis: 0 }, "stack"), [1]);
  const shape = [2, state.logitsDimension];
  const center = ([mean]: readonly Tensor[]): Operation => {
    const [gradient, hessian] = buildOp("Unpack", [mean!], { num: 2, axis: 0 }, "unstack").outputs;
    const { l1, l2 } = regularizationOf(state.params);
    const row = (vector: Tensor): Tensor => build("ExpandDims", [vector, intValue([0], [])]);
    return needed.assign(boostedTreesCenterBias(state.ensemble, row(gradient!), row(hessian!), l1, l2));
  };
  return accumulate(
    state.nBatchesPerLayer,
    [{ name: "bias_accumulator", shape, value: means }],
    center,
    "bias_accumulator",
  );
}

/** Grows the best layer that the statistics of enough batches give. */
export function growTree(
  state: GrowthState,
  nodeRange: Tensor,
  stats: {
    readonly nodeIds: Tensor;
    readonly gradients: Tensor;
    readonly hessians: Tensor;
    readonly features: readonly Tensor[];
  },
): Operation {
  const { groups, params, logitsDimension, nBatchesPerLayer } = state;
  const maxSplits = 2 ** params.maxDepth - 1;
  const summaries = groups.map(({ numBuckets, featureIds }, i) => {
    const ofFeatures = featureIds.map((id) =>
      boostedTreesAggregateStats(stats.nodeIds, stats.gradients, stats.hessians, stats.features[id]!, {
        maxSplits,
        numBuckets,
      }),
    );
    // One bucket more is for missing values; features of several numbers do not add up over batches, as in TensorFlow.
    const shape = [featureIds.length, maxSplits, 1, numBuckets + 1, logitsDimension + logitsDimension ** 2];
    return { name: `numeric_stats_summary_accumulator_${i}`, shape, ofFeatures };
  });
  if (nBatchesPerLayer === 1)
    return updateEnsemble(
      state,
      nodeRange,
      summaries.map(({ ofFeatures }) => ofFeatures),
    );
  const sums = summaries.map(({ name, shape, ofFeatures }) => ({
    name,
    shape,
    value: build("Pack", [ofFeatures], { axis: 0 }, "stack"),
  }));
  const grow = (means: readonly Tensor[]): Operation => {
    const unstacked = means.map(
      (mean, i) => buildOp("Unpack", [mean], { num: groups[i]!.featureIds.length, axis: 0 }, "unstack").outputs,
    );
    return updateEnsemble(state, nodeRange, unstacked);
  };
  return accumulate(nBatchesPerLayer, sums, grow, "numeric_stats_summary_accumulator");
}

function updateEnsemble(state: GrowthState, nodeRange: Tensor, summaries: readonly (readonly Tensor[])[]): Operation {
  const { params, logitsDimension } = state;
  const best = state.groups.map(({ featureIds, splitTypes }, i) =>
    boostedTreesCalculateBestFeatureSplitV2(
      nodeRange,
      summaries[i]!,
      stringValue([...splitTypes]),
      intValue([...featureIds]),
      regularizationOf(params),
      { logitsDimension },
    ),
  );
  return boostedTreesUpdateEnsembleV2(
    state.ensemble,
    {
      featureIds: best.map(({ featureIds }) => featureIds),
      dimensionIds: best.map(({ featureDimensions }) => featureDimensions),
      nodeIds: best.map(({ nodeIds }) => nodeIds),
      gains: best.map(({ gains }) => gains),
      thresholds: best.map(({ thresholds }) => thresholds),
      leftNodeContribs: best.map(({ leftNodeContribs }) => leftNodeContribs),
      rightNodeContribs: best.map(({ rightNodeContribs }) => rightNodeContribs),
      splitTypes: best.map(({ splitWithDefaultDirections }) => splitWithDefaultDirections),
    },
    intValue([params.maxDepth], []),
    scalarValue("float32", params.learningRate),
    intValue([pruningModes[params.pruningMode]], []),
    { logitsDimension },
  );
}

function regularizationOf(params: TreeParams): Parameters<typeof boostedTreesCalculateBestFeatureSplitV2>[4] {
  const float = (value: number) => scalarValue("float32", value);
  return {
    l1: float(params.l1Regularization),
    l2: float(params.l2Regularization),
    treeComplexity: float(params.treeComplexity),
    minNodeWeight: float(params.minNodeWeight),
  };
}
