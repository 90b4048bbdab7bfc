import { describe, expect, it } from "vitest";
import { elementCount } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import type { EstimatorSpec } from "../estimator-spec.js";
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
import { getOrCreateGlobalStep } from "../global-step.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import { MultiClassHead } from "../head/multi-class-head.js";
import { RegressionHead } from "../head/regression-head.js";
import { asOperation } from "../make-estimator-spec.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { Adagrad } from "../optimizer/keras/adagrad.js";
import { Adam } from "../optimizer/keras/adam.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";
import { baselineModelFn } from "./baseline-model-fn.js";
import { dnnLinearCombinedModelFn } from "./dnn-linear-combined-model-fn.js";
import { dnnModelFn } from "./dnn-model-fn.js";
import { linearModelFn } from "./linear-model-fn.js";

interface Case {
  readonly name: string;
  readonly label: string;
  readonly first: Readonly<Record<string, StoredTensor>>;
  readonly losses: Readonly<Record<string, number>>;
  readonly last: Readonly<Record<string, StoredTensor>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: Readonly<Record<string, StoredTensor>>;
}

interface Fixture {
  readonly batch: number;
  readonly steps: number;
  readonly features: Readonly<Record<string, StoredTensor>>;
  readonly labels: Readonly<Record<string, StoredTensor>>;
  readonly cases: readonly Case[];
}

const fixture = readFixture<Fixture>("training");

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

interface Model {
  readonly spec: EstimatorSpec;
  readonly session: Session;
  readonly variables: readonly Variable[];
  readonly feeds: (batch: number) => Map<Tensor, TensorValue>;
}

function buildModel(one: Case, mode: Mode): Model {
  const graph = new Graph();
  return withGraph(graph, () => {
    getOrCreateGlobalStep();
    const keys = one.name.startsWith("baseline") ? ["x"] : Object.keys(fixture.features);
    const inputs = keys.map((key) => [key, placeholder(fixture.features[key]!, key)] as const);
    const labels = mode === ModeKeys.PREDICT ? undefined : placeholder(fixture.labels[one.label]!, "labels");
    const features = Object.fromEntries(inputs);
    const spec = models[one.name]!()({ features, labels, mode, params: {}, config: runConfig() });
    const session = new Session(graph);
    for (const op of graph.getCollection<Operation>(collectionKeys.tableInitializers)) session.run([], new Map(), [op]);
    for (const { initializer } of graph.getCollection<Variable>(collectionKeys.localVariables))
      session.run([], new Map(), [initializer]);
    const feeds = (batch: number): Map<Tensor, TensorValue> => {
      const map = new Map(inputs.map(([key, tensor]) => [tensor, rows(fixture.features[key]!, batch)]));
      if (labels !== undefined) map.set(labels, rows(fixture.labels[one.label]!, batch));
      return map;
    };
    return { spec, session, variables: graph.getCollection<Variable>(collectionKeys.globalVariables), feeds };
  });
}

function placeholder({ d, s }: StoredTensor, name: string): Tensor {
  return build("Placeholder", [], { dtype: d, shape: [-1, ...s.slice(1)] }, `input/${name}`);
}

function rows(stored: StoredTensor, batch: number): TensorValue {
  const whole = restored(stored);
  const width = elementCount(whole.shape.slice(1));
  const from = batch * fixture.batch * width;
  const data = (whole.data as Float32Array).slice(from, from + fixture.batch * width);
  return tensorValue(whole.dtype, [fixture.batch, ...whole.shape.slice(1)], data as never);
}

function restore(model: Model, values: Readonly<Record<string, StoredTensor>>): void {
  withGraph(model.session.graph, () => {
    for (const variable of model.variables) {
      const assign = variable.assign(constant(restored(values[variable.name]!)));
      model.session.run([], new Map(), [assign]);
    }
  });
}

const batches = fixture.labels["binary"]!.s[0]! / fixture.batch;

describe("canned estimators train as TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.name}: checkpoint names, losses, last variables`, { timeout: 60_000 }, () => {
      const model = buildModel(one, ModeKeys.TRAIN);
      expect(model.variables.map(({ name }) => name).sort()).toEqual(Object.keys(one.first));
      for (const variable of model.variables)
        expect(variable.shape, variable.name).toEqual(one.first[variable.name]!.s);
      restore(model, one.first);
      const trainOp = asOperation(model.spec.trainOp!);
      for (let step = 1; step <= fixture.steps; step++) {
        const [loss] = model.session.run([model.spec.loss!], model.feeds((step - 1) % batches), [trainOp]);
        const expected = one.losses[String(step)];
        if (expected !== undefined)
          expect(Math.abs((loss!.data[0] as number) / expected - 1), `loss at ${step}`).toBeLessThan(1e-4);
      }
      for (const variable of model.variables) {
        const value = model.session.run([variable.snapshot])[0]!;
        expect(largestError(value, restored(one.last[variable.name]!)), variable.name).toBeLessThan(1e-4);
      }
    });

    it(`${one.name}: evaluation and predictions`, () => {
      const evaluation = buildModel(one, ModeKeys.EVAL);
      restore(evaluation, one.last);
      const updates = Object.values(evaluation.spec.evalMetricOps).map(({ update }) => asOperation(update));
      let loss = 0;
      for (let batch = 0; batch < batches; batch++) {
        loss += evaluation.session.run([evaluation.spec.loss!], evaluation.feeds(batch), updates)[0]!.data[0] as number;
      }
      const metrics: Record<string, number> = { loss: loss / batches, global_step: fixture.steps };
      for (const [name, { value }] of Object.entries(evaluation.spec.evalMetricOps)) {
        metrics[name] = evaluation.session.run([value])[0]!.data[0] as number;
      }
      expect(Object.keys(metrics).sort()).toEqual(Object.keys(one.metrics).sort());
      for (const [name, value] of Object.entries(one.metrics)) {
        expect(Math.abs(metrics[name]! - value) / Math.max(1, Math.abs(value)), name).toBeLessThan(1e-5);
      }
      const prediction = buildModel(one, ModeKeys.PREDICT);
      restore(prediction, one.last);
      const predicted = prediction.spec.predictions as Readonly<Record<string, Tensor>>;
      expect(Object.keys(predicted).sort()).toEqual(Object.keys(one.predictions).sort());
      for (let batch = 0; batch < batches; batch++) {
        const values = prediction.session.run(Object.values(predicted), prediction.feeds(batch));
        Object.keys(predicted).forEach((key, k) => {
          const expected = rows(one.predictions[key]!, batch);
          if (expected.dtype === "string") expect(values[k]).toEqual(expected);
          else expect(largestError(values[k]!, expected), key).toBeLessThan(1e-5);
        });
      }
    });
  }
});

describe("node names", () => {
  it("of the logits and the loss are TensorFlow's", () => {
    const one = fixture.cases.find(({ name }) => name === "combined_binary")!;
    const { spec, session } = buildModel(one, ModeKeys.TRAIN);
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
