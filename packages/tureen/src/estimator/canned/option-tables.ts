import type { OptionTable } from "../../core/check-options.js";
import type { Head } from "../head/head.js";
import type { BaselineOptions } from "./baseline.js";
import type { BoostedTreesOptions } from "./boosted-trees.js";
import type { DnnOptions } from "./dnn.js";
import type { CombinedColumns } from "./dnn-linear-combined-model-fn.js";
import type { CannedOptions, ClassifierOptions, RegressorOptions } from "./estimator-options.js";
import type { KMeansOptions } from "./k-means-options.js";
import type { LinearOptions } from "./linear.js";
import type { RnnClassifierOptions } from "./rnn.js";
import type { RnnOptions } from "./rnn-model-fn.js";

/** Options of every canned estimator. */
export const cannedOptions: OptionTable<CannedOptions> = {
  modelDir: "optional",
  config: "optional",
  clock: "optional",
  warmStartFrom: "optional",
};

/** Options of every canned classifier. */
export const classifierOptions: OptionTable<ClassifierOptions> = {
  ...cannedOptions,
  nClasses: "optional",
  weightColumn: "optional",
  labelVocabulary: "optional",
  lossReduction: "optional",
};

/** Options of every canned regressor. */
export const regressorOptions: OptionTable<RegressorOptions> = {
  ...cannedOptions,
  labelDimension: "optional",
  weightColumn: "optional",
  lossReduction: "optional",
};

/** Options of estimators under a head of one's own. */
export const headedOptions: OptionTable<CannedOptions & { readonly head: Head }> = {
  ...cannedOptions,
  head: "required",
};

/** Options of a feed-forward network. */
export const dnnOptions: OptionTable<DnnOptions> = {
  hiddenUnits: "required",
  featureColumns: "required",
  activationFn: "optional",
  dropout: "optional",
  batchNorm: "optional",
  optimizer: "optional",
};

/** Options of a linear model. */
export const linearOptions: OptionTable<LinearOptions> = {
  featureColumns: "required",
  sparseCombiner: "optional",
  optimizer: "optional",
};

/** Options of a wide and deep model. */
export const combinedOptions: OptionTable<CombinedColumns> = {
  linearFeatureColumns: "optional",
  linearOptimizer: "optional",
  linearSparseCombiner: "optional",
  dnnFeatureColumns: "optional",
  dnnOptimizer: "optional",
  dnnHiddenUnits: "optional",
  dnnActivationFn: "optional",
  dnnDropout: "optional",
  batchNorm: "optional",
};

/** Options of a baseline. */
export const baselineOptions: OptionTable<BaselineOptions> = { optimizer: "optional" };

/** Options of a recurrent network. */
export const rnnOptions: OptionTable<RnnOptions> = {
  sequenceFeatureColumns: "required",
  contextFeatureColumns: "optional",
  units: "optional",
  cellType: "optional",
  rnnCellFn: "optional",
  returnSequences: "optional",
  optimizer: "optional",
};

/** Options of RNNClassifier. */
export const rnnClassifierOptions: OptionTable<RnnClassifierOptions> = {
  ...classifierOptions,
  ...rnnOptions,
  sequenceMask: "optional",
};

/** Options of KMeans. */
export const kMeansOptions: OptionTable<KMeansOptions & Omit<CannedOptions, "warmStartFrom">> = {
  modelDir: "optional",
  config: "optional",
  clock: "optional",
  numClusters: "required",
  initialClusters: "optional",
  distanceMetric: "optional",
  seed: "optional",
  useMiniBatch: "optional",
  miniBatchStepsPerIteration: "optional",
  kmeansPlusPlusNumRetries: "optional",
  relativeTolerance: "optional",
  featureColumns: "optional",
};

/** Options of boosted trees. */
export const boostedTreesOptions: OptionTable<BoostedTreesOptions> = {
  featureColumns: "required",
  nBatchesPerLayer: "required",
  nTrees: "optional",
  maxDepth: "optional",
  learningRate: "optional",
  l1Regularization: "optional",
  l2Regularization: "optional",
  treeComplexity: "optional",
  minNodeWeight: "optional",
  centerBias: "optional",
  pruningMode: "optional",
  quantileSketchEpsilon: "optional",
  trainInMemory: "optional",
};
