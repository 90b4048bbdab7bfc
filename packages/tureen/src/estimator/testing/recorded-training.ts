import { expect } from "vitest";
import { elementCount } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { asOperation } from "../make-estimator-spec.js";
import { type Mode, ModeKeys } from "../mode-keys.js";
import type { FeatureTensor, ModelFn } from "../model-fn.js";
import { largestError, restored, type StoredTensor } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";

/** What TensorFlow's estimator did from the first checkpoint on. */
export interface RecordedCase {
  readonly name: string;
  readonly label: string;
  /** The features of this case; default all. */
  readonly keys?: readonly string[];
  readonly first: Readonly<Record<string, StoredTensor>>;
  readonly losses: Readonly<Record<string, number>>;
  readonly last: Readonly<Record<string, StoredTensor>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: Readonly<Record<string, StoredTensor>>;
}

/** A fixture of trainings on one set of rows. */
export interface RecordedTraining {
  readonly batch: number;
  readonly steps: number;
  readonly features: Readonly<Record<string, StoredTensor>>;
  /** Features that are sparse, by the length of each row; stored padded. */
  readonly sparse?: Readonly<Record<string, readonly number[]>>;
  readonly labels: Readonly<Record<string, StoredTensor>>;
  readonly cases: readonly RecordedCase[];
}

/** A model in one mode with its session, and what to feed for each batch. */
export interface RecordedModel {
  readonly spec: EstimatorSpec;
  readonly session: Session;
  readonly variables: readonly Variable[];
  readonly feeds: (batch: number) => Map<Tensor, TensorValue>;
}

/** Builds the model of a recorded case with placeholders for its features and labels. */
export function recordedModel(
  fixture: RecordedTraining,
  one: RecordedCase,
  modelFn: ModelFn,
  mode: Mode,
): RecordedModel {
  const graph = new Graph();
  return withGraph(graph, () => {
    getOrCreateGlobalStep();
    const keys = one.keys ?? Object.keys(fixture.features);
    const features: Record<string, FeatureTensor> = {};
    for (const key of keys) {
      const stored = fixture.features[key]!;
      features[key] = fixture.sparse?.[key] === undefined ? placeholder(stored, key) : sparsePlaceholder(stored, key);
    }
    const labels = mode === ModeKeys.PREDICT ? undefined : placeholder(fixture.labels[one.label]!, "labels");
    const spec = modelFn({ features, labels, mode, params: {}, config: runConfig() });
    const session = new Session(graph);
    for (const op of graph.getCollection<Operation>(collectionKeys.tableInitializers)) session.run([], new Map(), [op]);
    for (const { initializer } of graph.getCollection<Variable>(collectionKeys.localVariables))
      session.run([], new Map(), [initializer]);
    const feeds = (batch: number): Map<Tensor, TensorValue> => {
      const map = new Map<Tensor, TensorValue>();
      for (const [key, feature] of Object.entries(features)) {
        const values = batchRows(fixture, fixture.features[key]!, batch);
        if (feature instanceof SparseTensor) feedSparse(map, feature, values, lengthsOf(fixture, key, batch));
        else map.set(feature as Tensor, values);
      }
      if (labels !== undefined) map.set(labels, batchRows(fixture, fixture.labels[one.label]!, batch));
      return map;
    };
    return { spec, session, variables: graph.getCollection<Variable>(collectionKeys.globalVariables), feeds };
  });
}

function placeholder({ d, s }: StoredTensor, name: string): Tensor {
  return build("Placeholder", [], { dtype: d, shape: [-1, ...s.slice(1)] }, `input/${name}`);
}

function sparsePlaceholder({ d, s }: StoredTensor, name: string): SparseTensor {
  return new SparseTensor(
    build("Placeholder", [], { dtype: "int64", shape: [-1, s.length] }, `input/${name}/indices`),
    build("Placeholder", [], { dtype: d, shape: [-1] }, `input/${name}/values`),
    build("Placeholder", [], { dtype: "int64", shape: [s.length] }, `input/${name}/shape`),
  );
}

function lengthsOf(fixture: RecordedTraining, key: string, batch: number): readonly number[] {
  return fixture.sparse![key]!.slice(batch * fixture.batch, (batch + 1) * fixture.batch);
}

function feedSparse(
  feeds: Map<Tensor, TensorValue>,
  feature: SparseTensor,
  padded: TensorValue,
  lengths: readonly number[],
): void {
  const width = padded.shape[1]!;
  const places = lengths.flatMap((length, row) => Array.from({ length }, (_, column) => [row, column] as const));
  const data = padded.data as Float32Array;
  const values = data.slice(0, places.length);
  places.forEach(([row, column], i) => {
    values[i] = data[row * width + column]!;
  });
  const indices = BigInt64Array.from(places.flat().map(BigInt));
  feeds.set(feature.indices, tensorValue("int64", [places.length, 2], indices));
  feeds.set(feature.values, tensorValue(padded.dtype, [places.length], values as never));
  feeds.set(feature.denseShape, tensorValue("int64", [2], BigInt64Array.of(BigInt(lengths.length), BigInt(width))));
}

/** The rows of one batch. */
export function batchRows(fixture: RecordedTraining, stored: StoredTensor, batch: number): TensorValue {
  const whole = restored(stored);
  const width = elementCount(whole.shape.slice(1));
  const from = batch * fixture.batch * width;
  const data = (whole.data as Float32Array).slice(from, from + fixture.batch * width);
  return tensorValue(whole.dtype, [fixture.batch, ...whole.shape.slice(1)], data as never);
}

/** Sets the variables to those of a recorded checkpoint. */
export function restoreVariables(model: RecordedModel, values: Readonly<Record<string, StoredTensor>>): void {
  withGraph(model.session.graph, () => {
    for (const variable of model.variables) {
      const assign = variable.assign(constant(restored(values[variable.name]!)));
      model.session.run([], new Map(), [assign]);
    }
  });
}

function batchesOf(fixture: RecordedTraining): number {
  return Object.values(fixture.labels)[0]!.s[0]! / fixture.batch;
}

/** Trains from the first recorded checkpoint: names and shapes of variables, losses within 1e-4, last variables within 1e-4. */
export function expectTraining(fixture: RecordedTraining, one: RecordedCase, modelFn: ModelFn): void {
  const model = recordedModel(fixture, one, modelFn, ModeKeys.TRAIN);
  expect(model.variables.map(({ name }) => name).sort()).toEqual(Object.keys(one.first).sort());
  for (const variable of model.variables) expect(variable.shape, variable.name).toEqual(one.first[variable.name]!.s);
  restoreVariables(model, one.first);
  const trainOp = asOperation(model.spec.trainOp!);
  const batches = batchesOf(fixture);
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
}

/** Evaluates the last recorded checkpoint: the same metrics, each within 1e-5. */
export function expectEvaluation(fixture: RecordedTraining, one: RecordedCase, modelFn: ModelFn): void {
  const evaluation = recordedModel(fixture, one, modelFn, ModeKeys.EVAL);
  restoreVariables(evaluation, one.last);
  const updates = Object.values(evaluation.spec.evalMetricOps).map(({ update }) => asOperation(update));
  const batches = batchesOf(fixture);
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
}

/** Predicts with the last recorded checkpoint: the same keys, texts and integers, numbers within 1e-5. */
export function expectPredictions(fixture: RecordedTraining, one: RecordedCase, modelFn: ModelFn): void {
  const prediction = recordedModel(fixture, one, modelFn, ModeKeys.PREDICT);
  restoreVariables(prediction, one.last);
  const predicted = prediction.spec.predictions as Readonly<Record<string, Tensor>>;
  expect(Object.keys(predicted).sort()).toEqual(Object.keys(one.predictions).sort());
  for (let batch = 0; batch < batchesOf(fixture); batch++) {
    const values = prediction.session.run(Object.values(predicted), prediction.feeds(batch));
    Object.keys(predicted).forEach((key, k) => {
      const expected = batchRows(fixture, one.predictions[key]!, batch);
      if (expected.dtype === "string" || expected.dtype === "bool") expect(values[k]).toEqual(expected);
      else expect(largestError(values[k]!, expected), key).toBeLessThan(1e-5);
    });
  }
}
