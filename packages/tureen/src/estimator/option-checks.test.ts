import { describe, expect, it } from "vitest";
import { constant } from "../graph/build-op.js";
import { Graph } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import * as featureColumn from "./feature-column/index.js";
import * as estimator from "./index.js";
import * as losses from "./losses/index.js";

/** What a call makes of options that are not for it, past the compiler. */
type Call = (options: never) => unknown;

const age = featureColumn.numericColumn("age");
const ids = featureColumn.categoricalColumnWithIdentity("id", 3);
const notAnEstimator = {} as never;
const scores = withGraph(new Graph(), () => constant([[1, 2]]));

describe("options that nobody knows are refused by", () => {
  it.each<readonly [string, Call, string, string]>([
    ["numericColumn", (o) => featureColumn.numericColumn("x", o), "defaultvalue", "defaultValue"],
    ["crossedColumn", (o) => featureColumn.crossedColumn(["a", "b"], 10, o), "hashkey", "hashKey"],
    ["embeddingColumn", (o) => featureColumn.embeddingColumn(ids, 2, o), "max_norm", "maxNorm"],
    ["sharedEmbeddings", (o) => featureColumn.sharedEmbeddings([ids], 2, o), "combine", "combiner"],
    [
      "categoricalColumnWithHashBucket",
      (o) => featureColumn.categoricalColumnWithHashBucket("x", 10, o),
      "dType",
      "dtype",
    ],
    [
      "categoricalColumnWithIdentity",
      (o) => featureColumn.categoricalColumnWithIdentity("x", 3, o),
      "default_value",
      "defaultValue",
    ],
    [
      "categoricalColumnWithVocabularyFile",
      (o) => featureColumn.categoricalColumnWithVocabularyFile("x", "/none", o),
      "vocabulary_sizes",
      "vocabularySize",
    ],
    [
      "categoricalColumnWithVocabularyList",
      (o) => featureColumn.categoricalColumnWithVocabularyList("x", ["a"], o),
      "num_oov_bucket",
      "numOovBuckets",
    ],
    ["weightedCategoricalColumn", (o) => featureColumn.weightedCategoricalColumn(ids, "w", o), "dtyp", "dtype"],
    ["sequenceNumericColumn", (o) => featureColumn.sequenceNumericColumn("x", o), "shap", "shape"],
    ["inputLayer", (o) => featureColumn.inputLayer({}, [age], o), "trainible", "trainable"],
    ["linearModel", (o) => featureColumn.linearModel({}, [age], o), "unit", "units"],
    ["meanSquaredError", (o) => losses.meanSquaredError(scores, scores, o), "weight", "weights"],
    ["huberLoss", (o) => losses.huberLoss(scores, scores, o), "deltas", "delta"],
    ["sparseSoftmaxCrossEntropy", (o) => losses.sparseSoftmaxCrossEntropy(scores, scores, o), "weight", "weights"],
    ["computeWeightedLoss", (o) => losses.computeWeightedLoss(scores, o), "reductions", "reduction"],
    ["BinaryClassHead", (o) => new estimator.BinaryClassHead(o), "threshold", "thresholds"],
    ["MultiClassHead", (o) => new estimator.MultiClassHead(o), "nClass", "nClasses"],
    ["MultiLabelHead", (o) => new estimator.MultiLabelHead(o), "n_classes_", "nClasses"],
    ["RegressionHead", (o) => new estimator.RegressionHead(o), "labelDimensions", "labelDimension"],
    ["MultiHead", (o) => new estimator.MultiHead(o), "headWeight", "headWeights"],
    ["StopAtStepHook", (o) => new estimator.StopAtStepHook(o), "laststep", "lastStep"],
    ["LoggingTensorHook", (o) => new estimator.LoggingTensorHook(o), "everyNIters", "everyNIter"],
    ["CheckpointSaverHook", (o) => new estimator.CheckpointSaverHook(o), "saveStep", "saveSteps"],
    ["SummarySaverHook", (o) => new estimator.SummarySaverHook(o), "output_dir", "outputDir"],
    ["StepCounterHook", (o) => new estimator.StepCounterHook(o), "everyNStep", "everyNSteps"],
    ["ProfilerHook", (o) => new estimator.ProfilerHook(o), "outputDirectory_", ""],
    ["BestExporter", (o) => new estimator.BestExporter(o), "exportToKeep", "exportsToKeep"],
    ["LatestExporter", (o) => new estimator.LatestExporter(o), "exportToKeep", "exportsToKeep"],
    ["trainSpec", (o) => estimator.trainSpec(o), "maxStep", "maxSteps"],
    ["evalSpec", (o) => estimator.evalSpec(o), "throttleSec", "throttleSecs"],
    ["stopIfHigherHook", (o) => estimator.stopIfHigherHook(notAnEstimator, "loss", 1, o), "minStep", "minSteps"],
  ])("%s", (name, call, given, meant) => {
    const hint = meant === "" ? "" : `. Did you mean '${meant}'?`;
    expect(() => call({ [given]: 1 } as never)).toThrow(
      `${name}() got an unexpected keyword argument '${given}'${hint}`,
    );
  });
});
