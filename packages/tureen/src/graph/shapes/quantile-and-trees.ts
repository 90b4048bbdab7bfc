import { type PartialShape, scalarShape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { mergeShape, mergeSize, withRank } from "./nn/shape-checks.js";

const vector: PartialShape = [-1];

const handle: ShapeRule = () => [scalarShape];

/** Checks ranks of the first inputs; what the op gives is the same for all shapes. */
function fixed(ranks: readonly number[], outputs: readonly PartialShape[]): ShapeRule {
  return ({ inputs }) => {
    for (const [i, rank] of ranks.entries()) withRank(inputs[i]!.shape, rank);
    return outputs;
  };
}

const bucketize: ShapeRule = ({ inputs, attrs }) => {
  const count = attrs.int("num_features");
  return inputs.slice(0, count).map((values, f) => {
    withRank(inputs[count + f]!.shape, 1);
    return withRank(values.shape, 1);
  });
};

const makeSummaries: ShapeRule = ({ inputs, attrs }) => {
  const count = attrs.int("num_features");
  withRank(inputs[count]!.shape, 1);
  withRank(inputs[count + 1]!.shape, 0);
  return inputs.slice(0, count).map(({ shape }) => {
    withRank(shape, 1);
    return [-1, 4];
  });
};

const addSummaries: ShapeRule = ({ inputs }) => {
  withRank(inputs[0]!.shape, 0);
  for (const { shape } of inputs.slice(1)) withRank(shape, 2);
  return [];
};

function perFeature(shape: PartialShape): ShapeRule {
  return ({ attrs }) => new Array<PartialShape>(attrs.int("num_features")).fill(shape);
}

/** The batch size of node ids, gradients and Hessians. */
function batchOf({ inputs }: ShapeNode): number {
  const [nodes] = withRank(inputs[0]!.shape, 1);
  const [gradients] = withRank(inputs[1]!.shape, 2);
  const [hessians] = withRank(inputs[2]!.shape, 2);
  return mergeSize(hessians!, mergeSize(gradients!, nodes!));
}

function sum(a: number | undefined, b: number | undefined): number {
  return a === undefined || b === undefined || a < 0 || b < 0 ? -1 : a + b;
}

const makeStatsSummary: ShapeRule = (node) => {
  const { inputs, attrs } = node;
  const batch = batchOf(node);
  for (const { shape } of inputs.slice(3)) mergeSize(batch, withRank(shape, 1)[0]!);
  return [[attrs.int("num_features"), attrs.int("max_splits"), attrs.int("num_buckets"), 2]];
};

const aggregateStats: ShapeRule = (node) => {
  const { inputs, attrs } = node;
  const [rows, dimensions] = withRank(inputs[3]!.shape, 2);
  mergeSize(rows!, batchOf(node));
  const width = sum(inputs[1]!.shape?.[1], inputs[2]!.shape?.[1]);
  // One bucket more than there are: it counts what is missing.
  return [[attrs.int("max_splits"), dimensions!, attrs.int("num_buckets") + 1, width]];
};

const sparseAggregateStats: ShapeRule = (node) => {
  const { inputs } = node;
  batchOf(node);
  mergeSize(withRank(inputs[3]!.shape, 2)[0]!, withRank(inputs[4]!.shape, 1)[0]!);
  mergeSize(withRank(inputs[5]!.shape, 1)[0]!, 2);
  return [[-1, 4], vector, [4]];
};

function nodeRange({ inputs }: ShapeNode): void {
  withRank(inputs[0]!.shape, 1);
  mergeShape(inputs[0]!.shape, [2]);
}

function scalars({ inputs }: ShapeNode, from: number, to: number): void {
  for (const { shape } of inputs.slice(from, to)) withRank(shape, 0);
}

const bestGainsPerFeature: ShapeRule = (node) => {
  nodeRange(node);
  const count = node.attrs.int("num_features");
  const features = node.inputs.slice(1, count + 1).map(({ shape }) => withRank(shape, 3));
  mergeShape(features[0], [node.attrs.int("max_splits"), -1, 2]);
  for (const shape of features.slice(1)) mergeShape(features[0], shape);
  // TensorFlow leaves out the last of the four.
  scalars(node, count + 1, count + 4);
  return node.outputTypes.map((_, i) => (i < 3 * count ? vector : [-1, 1]));
};

/** Node ids, gains, dimensions, thresholds, contributions of both sides, types. */
function splits(logits: number): readonly PartialShape[] {
  return [vector, vector, vector, vector, [-1, logits], [-1, logits], vector];
}

const bestFeatureSplit: ShapeRule = (node) => {
  nodeRange(node);
  withRank(node.inputs[1]!.shape, 4);
  scalars(node, 2, 6);
  return splits(node.attrs.int("logits_dimension"));
};

const bestFeatureSplitV2: ShapeRule = (node) => {
  nodeRange(node);
  const count = node.attrs.int("num_features");
  const features = node.inputs.slice(1, count + 1).map(({ shape }) => withRank(shape, 4));
  for (const shape of features.slice(1)) mergeShape(features[0], shape);
  for (const i of [count + 1, count + 2]) mergeSize(withRank(node.inputs[i]!.shape, 1)[0]!, count);
  scalars(node, count + 3, count + 7);
  // As without V2, with the ids of the features in the third place.
  return [vector, ...splits(node.attrs.int("logits_dimension"))];
};

const sparseBestFeatureSplit: ShapeRule = (node) => {
  nodeRange(node);
  withRank(node.inputs[1]!.shape, 2);
  withRank(node.inputs[2]!.shape, 1);
  withRank(node.inputs[3]!.shape, 1);
  scalars(node, 4, 8);
  return splits(1);
};

/** The batch size of bucketized features, which may be vectors or matrices. */
function featureBatch({ inputs }: ShapeNode, from: number): number {
  return inputs.slice(from).reduce((batch, { shape }) => {
    if (shape === undefined) return batch;
    if (shape.length > 2) throw invalidArgument(`Shape must be at most rank 2 but is rank ${shape.length}`);
    return mergeSize(batch, shape[0] ?? -1);
  }, -1);
}

const predict: ShapeRule = (node) => [[featureBatch(node, 1), node.attrs.int("logits_dimension")]];

const debugOutputs: ShapeRule = (node) => [[featureBatch(node, 1)]];

const trainingPredict: ShapeRule = (node) => {
  mergeSize(withRank(node.inputs[1]!.shape, 1)[0]!, withRank(node.inputs[2]!.shape, 1)[0]!);
  const batch = featureBatch(node, 3);
  return [[batch, node.attrs.int("logits_dimension")], [batch], [batch]];
};

const centerBias: ShapeRule = (node) => {
  mergeShape(withRank(node.inputs[1]!.shape, 2), withRank(node.inputs[2]!.shape, 2));
  scalars(node, 3, 5);
  return [scalarShape];
};

/** Checks lists of splits, `ranks` of a list's tensors in order: same sizes throughout, contributions as wide as the logits. */
function checkSplits(
  { inputs }: ShapeNode,
  from: number,
  count: number,
  ranks: readonly number[],
  logits: number,
): void {
  for (let f = 0; f < count; f++) {
    let size = -1;
    for (const [list, rank] of ranks.entries()) {
      const shape = withRank(inputs[from + list * count + f]!.shape, rank);
      size = mergeSize(size, shape[0]!);
      if (rank === 2) mergeSize(shape[1]!, logits);
    }
  }
}

const updateEnsemble: ShapeRule = (node) => {
  const count = node.attrs.int("num_features");
  mergeShape(withRank(node.inputs[1]!.shape, 1), [count]);
  checkSplits(node, 2, count, [1, 1, 1, 2, 2], 1);
  return [];
};

const updateEnsembleV2: ShapeRule = (node) => {
  const { inputs, attrs } = node;
  const groups = attrs.int("num_groups");
  for (const { shape } of inputs.slice(1, groups + 1)) withRank(shape, 1);
  checkSplits(node, groups + 1, attrs.int("num_features"), [1, 1, 1, 1, 2, 2, 1], attrs.int("logits_dimension"));
  return [];
};

/** Shape rules of the quantile-and-trees family. */
export const quantileAndTreesShapes: ShapeTable = {
  BoostedTreesBucketize: bucketize,
  BoostedTreesMakeQuantileSummaries: makeSummaries,
  BoostedTreesQuantileStreamResourceHandleOp: handle,
  IsBoostedTreesQuantileStreamResourceInitialized: fixed([0], [scalarShape]),
  BoostedTreesCreateQuantileStreamResource: fixed([0, 0, 0], []),
  BoostedTreesQuantileStreamResourceAddSummaries: addSummaries,
  BoostedTreesQuantileStreamResourceDeserialize: fixed([0], []),
  BoostedTreesQuantileStreamResourceFlush: fixed([0], []),
  BoostedTreesFlushQuantileSummaries: perFeature([-1, 4]),
  BoostedTreesQuantileStreamResourceGetBucketBoundaries: perFeature(vector),
  BoostedTreesMakeStatsSummary: makeStatsSummary,
  BoostedTreesAggregateStats: aggregateStats,
  BoostedTreesSparseAggregateStats: sparseAggregateStats,
  BoostedTreesCalculateBestGainsPerFeature: bestGainsPerFeature,
  BoostedTreesCalculateBestFeatureSplit: bestFeatureSplit,
  BoostedTreesCalculateBestFeatureSplitV2: bestFeatureSplitV2,
  BoostedTreesSparseCalculateBestFeatureSplit: sparseBestFeatureSplit,
  BoostedTreesEnsembleResourceHandleOp: handle,
  IsBoostedTreesEnsembleInitialized: fixed([0], [scalarShape]),
  BoostedTreesCreateEnsemble: fixed([0, 0, 0], []),
  BoostedTreesDeserializeEnsemble: fixed([0, 0, 0], []),
  BoostedTreesSerializeEnsemble: fixed([0], [scalarShape, scalarShape]),
  BoostedTreesGetEnsembleStates: fixed([0], [scalarShape, scalarShape, scalarShape, scalarShape, [2]]),
  BoostedTreesPredict: predict,
  BoostedTreesTrainingPredict: trainingPredict,
  BoostedTreesExampleDebugOutputs: debugOutputs,
  BoostedTreesCenterBias: centerBias,
  BoostedTreesUpdateEnsemble: updateEnsemble,
  BoostedTreesUpdateEnsembleV2: updateEnsembleV2,
};
