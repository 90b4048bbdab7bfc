import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** The losses that dual coordinate ascent minimizes. */
export type SdcaLossType = "logistic_loss" | "squared_loss" | "hinge_loss" | "smooth_hinge_loss" | "poisson_loss";

/** 128-bit hashes of strings [n] as int64 [n, 2]; the first number of none is 0 or 1, which tables may take for free and deleted keys. */
export function sdcaFprint(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SdcaFprint", [input], {}, options);
}

/** A batch of examples and the weights of its features; every list has an entry a column. */
export interface SdcaBatch {
  /** The example of each feature, int64 [features], in order. */
  readonly sparseExampleIndices: readonly TensorLike[];
  /** Each feature's index, int64 [features]; an example has none twice. */
  readonly sparseFeatureIndices: readonly TensorLike[];
  /** Each feature's value, float32 [features]; of the first columns only where there are fewer, 1 for the others. */
  readonly sparseFeatureValues: readonly TensorLike[];
  /** Float32 [examples, width]. */
  readonly denseFeatures: readonly TensorLike[];
  /** Float32 [examples]. */
  readonly exampleWeights: TensorLike;
  /** Float32 [examples]; of two classes 0 or 1. */
  readonly exampleLabels: TensorLike;
  /** The indices of the features whose weights are given, int64 [weights]. */
  readonly sparseIndices: readonly TensorLike[];
  /** Float32 [weights]. */
  readonly sparseWeights: readonly TensorLike[];
  /** Float32 [width]. */
  readonly denseWeights: readonly TensorLike[];
  /** Dual, primal loss, dual loss and weight of each example, float32 [examples, 4]; zeros for new ones. */
  readonly exampleStateData: TensorLike;
}

/** How a step is made. */
export interface SdcaOptimizerOptions {
  readonly lossType: SdcaLossType;
  /** Whether examples are drawn by how much they still have to give; default false. */
  readonly adaptive?: boolean;
  readonly l1: number;
  readonly l2: number;
  /** How many parts of the loss are minimized at the same time. */
  readonly numLossPartitions: number;
  readonly numInnerIterations: number;
  readonly name?: string;
}

const optimizerTable: OptionTable<SdcaOptimizerOptions> = {
  lossType: "required",
  adaptive: "optional",
  l1: "required",
  l2: "required",
  numLossPartitions: "required",
  numInnerIterations: "required",
  name: "optional",
};

/** What a step makes: the examples' state after it, and what to add to the weights that were given. */
export interface SdcaStep {
  readonly outExampleStateData: Tensor;
  readonly outDeltaSparseWeights: readonly Tensor[];
  readonly outDeltaDenseWeights: readonly Tensor[];
}

/** One pass of stochastic dual coordinate ascent over a batch. */
export function sdcaOptimizerV2(batch: SdcaBatch, options: SdcaOptimizerOptions): SdcaStep {
  return optimizer("SdcaOptimizerV2", batch, options, { adaptive: options.adaptive });
}

/** `sdcaOptimizerV2` of graphs before TensorFlow 1.13. */
export function sdcaOptimizer(batch: SdcaBatch, options: SdcaOptimizerOptions): SdcaStep {
  return optimizer("SdcaOptimizer", batch, options, { adaptative: options.adaptive });
}

function optimizer(
  type: string,
  batch: SdcaBatch,
  options: SdcaOptimizerOptions,
  adaptive: Readonly<Record<string, boolean | undefined>>,
): SdcaStep {
  checkOptions(type, options, optimizerTable);
  const inputs = [
    batch.sparseExampleIndices,
    batch.sparseFeatureIndices,
    batch.sparseFeatureValues,
    batch.denseFeatures,
    batch.exampleWeights,
    batch.exampleLabels,
    batch.sparseIndices,
    batch.sparseWeights,
    batch.denseWeights,
    batch.exampleStateData,
  ];
  const attrs = {
    loss_type: options.lossType,
    l1: options.l1,
    l2: options.l2,
    num_loss_partitions: options.numLossPartitions,
    num_inner_iterations: options.numInnerIterations,
    ...adaptive,
  };
  const [state, ...deltas] = buildOp(type, inputs, attrs, options.name).outputs;
  const sparse = batch.sparseWeights.length;
  return {
    outExampleStateData: state!,
    outDeltaSparseWeights: deltas.slice(0, sparse),
    outDeltaDenseWeights: deltas.slice(sparse),
  };
}

/** Brings ref variables nearer to zero by l1 / l2, not beyond it. */
export function sdcaShrinkL1(
  weights: readonly TensorLike[],
  options: { readonly l1: number; readonly l2: number; readonly name?: string },
): Operation {
  return buildOp("SdcaShrinkL1", [weights], { l1: options.l1, l2: options.l2 }, options);
}
