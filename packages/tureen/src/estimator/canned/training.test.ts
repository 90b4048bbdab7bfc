import { describe, expect, it } from "vitest";
import {
  bucketizedColumn,
  categoricalColumnWithHashBucket,
  categoricalColumnWithIdentity,
  categoricalColumnWithVocabularyList,
  crossedColumn,
  embeddingColumn,
  type FeatureColumn,
  indicatorColumn,
  numericColumn,
} from "../feature-column/index.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import { MultiClassHead } from "../head/multi-class-head.js";
import { RegressionHead } from "../head/regression-head.js";
import { asOperation } from "../make-estimator-spec.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { Adagrad } from "../optimizer/keras/adagrad.js";
import { Adam } from "../optimizer/keras/adam.js";
import { readFixture } from "../recorded-fixture.js";
import {
  expectEvaluation,
  expectPredictions,
  expectTraining,
  type RecordedCase,
  type RecordedTraining,
  recordedModel,
} from "../testing/recorded-training.js";
import { baselineModelFn } from "./baseline-model-fn.js";
import { dnnLinearCombinedModelFn } from "./dnn-linear-combined-model-fn.js";
import { dnnModelFn } from "./dnn-model-fn.js";
import { linearModelFn } from "./linear-model-fn.js";

const fixture = readFixture<RecordedTraining>("training");

function columns(): { readonly dense: FeatureColumn[]; readonly wide: FeatureColumn[] } {
  const age = numericColumn("age");
  const bucketized = bucketizedColumn(age, [10, 20, 30]);
  const letter = categoricalColumnWithVocabularyList("c", ["a", "b", "c"]);
  const word = categoricalColumnWithHashBucket("h", 10);
  return {
    dense: [numericColumn("x", { shape: [4] }), bucketized, indicatorColumn(letter), embeddingColumn(word, 3)],
    wide: [age, bucketized, letter, word, crossedColumn(["c", bucketized], 20), categoricalColumnWithIdentity("i", 5)],
  };
}

/** The models of the recorder, in its words. */
const models: Readonly<Record<string, () => ModelFn>> = {
  dnn_numeric: () =>
    dnnModelFn({
      head: new BinaryClassHead(),
      featureColumns: plain(),
      hiddenUnits: [8, 4],
      optimizer: () => new Adagrad({ learningRate: 0.1 }),
    }),
  dnn_weighted: () =>
    dnnModelFn({
      head: new BinaryClassHead({ weightColumn: "w" }),
      featureColumns: plain(),
      hiddenUnits: [6],
      optimizer: () => new Adam({ learningRate: 0.02 }),
      batchNorm: true,
    }),
  dnn_binary: () =>
    dnnModelFn({
      head: new BinaryClassHead(),
      featureColumns: columns().dense,
      hiddenUnits: [8, 4],
      optimizer: () => new Adagrad({ learningRate: 0.1 }),
    }),
  dnn_multi: () =>
    dnnModelFn({
      head: new MultiClassHead({ nClasses: 3 }),
      featureColumns: columns().dense,
      hiddenUnits: [8, 4],
      optimizer: "Adam",
    }),
  dnn_regressor: () => dnnModelFn({ head: new RegressionHead(), featureColumns: columns().dense, hiddenUnits: [8, 4] }),
  linear_binary: () => linearModelFn({ head: new BinaryClassHead(), featureColumns: columns().wide }),
  linear_regressor: () => linearModelFn({ head: new RegressionHead(), featureColumns: columns().wide }),
  combined_binary: () =>
    dnnLinearCombinedModelFn({
      head: new BinaryClassHead(),
      linearFeatureColumns: columns().wide,
      dnnFeatureColumns: columns().dense,
      dnnHiddenUnits: [8, 4],
    }),
  baseline_multi: () => baselineModelFn({ head: new MultiClassHead({ nClasses: 3 }) }),
};

function plain(): FeatureColumn[] {
  return [numericColumn("x", { shape: [4] })];
}

/** TensorFlow's baseline estimators were recorded with one feature. */
function caseOf(one: RecordedCase): RecordedCase {
  return one.name.startsWith("baseline") ? { ...one, keys: ["x"] } : one;
}

describe("canned estimators train as TensorFlow's", () => {
  for (const one of fixture.cases.map(caseOf)) {
    it(`${one.name}: checkpoint names, losses, last variables`, () => {
      expectTraining(fixture, one, models[one.name]!());
    });

    it(`${one.name}: evaluation and predictions`, () => {
      expectEvaluation(fixture, one, models[one.name]!());
      expectPredictions(fixture, one, models[one.name]!());
    });
  }
});

describe("node names", () => {
  it("of the logits and the loss are TensorFlow's", () => {
    const one = fixture.cases.find(({ name }) => name === "combined_binary")!;
    const { spec, session } = recordedModel(fixture, one, models[one.name]!(), ModeKeys.TRAIN);
    expect(spec.loss!.name).toBe("head/losses/weighted_loss/value:0");
    expect(asOperation(spec.trainOp!).name).toBe("training/group_deps");
    for (const name of [
      "dnn/logits/BiasAdd",
      "dnn/hiddenlayer_0/Relu",
      "linear/activation",
      "fraction_of_zero_weights",
      "dnn/hiddenlayer_1/fraction_of_zero_values",
      "loss",
      "training/Adagrad/Adagrad/AssignAddVariableOp",
      "training/Ftrl/Ftrl/update_linear/linear_model/c/weights/ResourceSparseApplyFtrl",
      "training/Adagrad/Adagrad/update_dnn/input_from_feature_columns/input_layer/h_embedding/embedding_weights/ResourceSparseApplyAdagradV2",
      "training/Adagrad/gradients/gradients/dnn/logits/MatMul_grad/MatMul_1",
    ]) {
      expect(session.graph.findOperation(name), name).toBeDefined();
    }
  });
});
