import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type TensorValue, tensorValue, toTensor } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { openBundle } from "../../formats/tensor-bundle-reader.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import type { Saveable } from "../../graph/saveable.js";
import { withGraph } from "../../graph/scope.js";
import type { Estimator, EstimatorOptions } from "../estimator.js";
import { LinearSDCA, type LinearSDCAOptions } from "../experimental.js";
import { buildRawServingInputReceiverFn } from "../export/index.js";
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
  sharedEmbeddingColumns,
  weightedCategoricalColumn,
} from "../feature-column/index.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import { MultiClassHead } from "../head/multi-class-head.js";
import { PoissonRegressionHead, RegressionHead } from "../head/regression-head.js";
import type { Logger } from "../log.js";
import { Reduction } from "../losses/reduction.js";
import { asOperation } from "../make-estimator-spec.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";
import {
  expectEvaluation,
  expectPredictions,
  type RecordedCase,
  type RecordedTraining,
  recordedModel,
  restoreVariables,
} from "../testing/recorded-training.js";
import { LinearClassifier, LinearEstimator, LinearRegressor } from "./linear.js";
import { type LinearModelOptions, linearModelFn } from "./linear-model-fn.js";
import { classifierHead } from "./v1/estimators.js";
import { linearModelFn as linearModelFnOfV1 } from "./v1/model-fns.js";

interface Shard {
  /** Buckets, the free ones among them. */
  readonly size: number;
  readonly buckets: StoredTensor;
  readonly keys: StoredTensor;
  readonly values: StoredTensor;
}

interface SdcaCase extends RecordedCase {
  readonly tables: Readonly<Record<string, Shard>>;
  /** Variables of the export. */
  readonly exported: readonly string[];
  /** Tags of summaries. */
  readonly tags: readonly string[];
}

interface Fixture extends RecordedTraining {
  /** What the machine's source of random numbers gave. */
  readonly entropy: number;
  readonly cases: readonly SdcaCase[];
  /** The metrics where a training ends, whatever the order of its examples. */
  readonly minimum: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, readonly [type: string, message: string]>>;
}

const fixture = readFixture<Fixture>("linear-sdca");
const scratch = mkdtempSync(join(tmpdir(), "tureen-sdca-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const sdca = (options: Omit<LinearSDCAOptions, "exampleIdColumn"> = {}): LinearSDCA =>
  new LinearSDCA({ exampleIdColumn: "id", ...options });

function columns(): Record<"plain" | "wide" | "dense" | "sparse", FeatureColumn[]> {
  const number = numericColumn("age");
  const bucketized = bucketizedColumn(number, [10, 20, 30]);
  const letter = categoricalColumnWithVocabularyList("c", ["a", "b", "c"]);
  const words = categoricalColumnWithVocabularyList("tags", ["t0", "t1", "t2", "t3", "t4"]);
  const word = categoricalColumnWithHashBucket("h", 10);
  const plain = [numericColumn("x", { shape: [4] })];
  const weighted = weightedCategoricalColumn(categoricalColumnWithIdentity("i", 5), "s");
  return {
    plain,
    wide: [...plain, number, bucketized, letter, words, word, crossedColumn(["c", bucketized], 20), weighted],
    dense: [...plain, embeddingColumn(word, 3), number],
    sparse: [bucketized, letter, words],
  };
}

/** The models of the recorder, in its words. */
const models: Readonly<Record<string, () => LinearModelOptions>> = {
  binary: () => ({ head: new BinaryClassHead(), featureColumns: columns().wide, optimizer: sdca() }),
  binary_weighted: () => ({
    head: new BinaryClassHead({ weightColumn: "w" }),
    featureColumns: columns().wide,
    optimizer: sdca({ symmetricL2Regularization: 2.5 }),
  }),
  binary_l1: () => ({
    head: new BinaryClassHead(),
    featureColumns: columns().wide,
    optimizer: sdca({ symmetricL1Regularization: 0.5, symmetricL2Regularization: 1.5 }),
  }),
  binary_shards: () => ({
    head: new BinaryClassHead(),
    featureColumns: columns().plain,
    optimizer: sdca({ numTableShards: 3, numLossPartitions: 2, symmetricL2Regularization: 10 }),
  }),
  binary_sum: () => ({
    head: new BinaryClassHead({ lossReduction: Reduction.SUM }),
    featureColumns: columns().sparse,
    optimizer: sdca(),
  }),
  regression: () => ({
    head: new RegressionHead(),
    featureColumns: columns().wide,
    optimizer: sdca({ symmetricL2Regularization: 20 }),
  }),
  regression_weighted_l1: () => ({
    head: new RegressionHead({ weightColumn: "w" }),
    featureColumns: columns().wide,
    optimizer: sdca({ symmetricL1Regularization: 2, symmetricL2Regularization: 4 }),
  }),
  regression_dense: () => ({
    head: new RegressionHead(),
    featureColumns: columns().dense,
    optimizer: sdca({ symmetricL2Regularization: 5 }),
  }),
  binary_v1: () => ({
    head: classifierHead({ weightColumn: "w" }),
    featureColumns: columns().wide,
    optimizer: sdca({ symmetricL2Regularization: 3 }),
  }),
  estimator: () => ({ head: new RegressionHead(), featureColumns: columns().sparse, optimizer: sdca() }),
};

function modelFnOf(name: string): ModelFn {
  return (name.endsWith("_v1") ? linearModelFnOfV1 : linearModelFn)(models[name]!());
}

/** The tensors of a checkpoint that are no variables. */
function tensorsOfTables(model: ReturnType<typeof recordedModel>): Map<string, TensorValue> {
  const specs = model.session.graph
    .getCollection<Saveable>(collectionKeys.saveableObjects)
    .flatMap((saveable) => saveable.specs);
  const values = model.session.run(specs.map(({ tensor }) => tensor));
  return new Map(specs.map(({ key }, i) => [key, values[i]!]));
}

/** Table by table, bucket by bucket. */
function expectTables(model: ReturnType<typeof recordedModel>, tables: SdcaCase["tables"]): void {
  const tensors = tensorsOfTables(model);
  const names = Object.keys(tables).flatMap((name) => [`${name}-keys`, `${name}-values`]);
  expect([...tensors.keys()].sort()).toEqual(names.sort());
  for (const [name, table] of Object.entries(tables)) {
    const [keys, values] = [tensors.get(`${name}-keys`)!, tensors.get(`${name}-values`)!];
    expect(keys.shape).toEqual([table.size, 2]);
    const words = keys.data as BigInt64Array;
    const taken = Array.from({ length: table.size }, (_, i) => i).filter((i) => words[2 * i] !== 0n);
    expect(taken).toEqual(Array.from(restored(table.buckets).data as BigInt64Array, Number));
    expect(taken.flatMap((i) => [words[2 * i], words[2 * i + 1]])).toEqual([
      ...(restored(table.keys).data as BigInt64Array),
    ]);
    const state = taken.flatMap((i) => [...(values.data as Float32Array).subarray(4 * i, 4 * i + 4)]);
    const shape = [taken.length, 4];
    const error = largestError(tensorValue("float32", shape, Float32Array.from(state)), restored(table.values));
    expect(error, name).toBeLessThan(1e-4);
  }
}

describe("LinearSDCA trains as TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.name}: losses, variables, the table of examples`, () => {
      const model = recordedModel(fixture, one, modelFnOf(one.name), ModeKeys.TRAIN);
      const { spec, session } = model;
      expect(model.variables.map(({ name }) => name).sort()).toEqual(Object.keys(one.first).sort());
      for (const variable of model.variables)
        expect(variable.shape, variable.name).toEqual(one.first[variable.name]!.s);
      restoreVariables(model, one.first);
      const targets = [asOperation(spec.trainOp!), ...updatesOf(model)];
      const batches = restored(fixture.labels[one.label]!).shape[0]! / fixture.batch;
      for (let step = 1; step <= fixture.steps; step++) {
        const entropy = (): number => fixture.entropy;
        const feeds = model.feeds((step - 1) % batches);
        const [loss] = session.run([spec.loss!], feeds, targets, { entropy });
        const expected = one.losses[String(step)];
        if (expected === undefined) continue;
        expect(Math.abs((loss!.data[0] as number) / expected - 1), `loss at ${step}`).toBeLessThan(1e-4);
      }
      for (const variable of model.variables) {
        const [value] = session.run([variable.snapshot]);
        expect(largestError(value!, restored(one.last[variable.name]!)), variable.name).toBeLessThan(1e-4);
      }
      expectTables(model, one.tables);
    });

    it(`${one.name}: evaluation, predictions`, () => {
      expectEvaluation(fixture, one, modelFnOf(one.name));
      expectPredictions(fixture, one, modelFnOf(one.name));
    });
  }
});

/** The ops that the hooks of a training run in each step. */
function updatesOf({ spec, session }: ReturnType<typeof recordedModel>): readonly Operation[] {
  return spec.trainingChiefHooks!.flatMap((hook) => {
    withGraph(session.graph, () => hook.begin?.());
    const args = hook.beforeRun!(undefined as never);
    return (args as { readonly targets?: readonly Operation[] }).targets ?? [];
  });
}

const config = runConfig({ logger: { log: () => undefined } });
const rows = (...keys: string[]): Record<string, TensorValue> =>
  Object.fromEntries(keys.map((key) => [key, restored(fixture.features[key]!)]));
const everything = rows("x", "age", "c", "tags", "h", "i", "s", "w", "id");
const labels = restored(fixture.labels["binary"]!);
const batches = () => Dataset.fromTensorSlices([everything, labels] as never).batch(fixture.batch);
const input = () => batches().repeat() as never;

function tensorsIn(prefix: string): string[] {
  return [...openBundle(prefix).keys()].sort();
}

describe("an estimator with LinearSDCA", () => {
  const make = (modelDir: string): Estimator =>
    new LinearClassifier({
      featureColumns: columns().wide,
      optimizer: sdca({ symmetricL2Regularization: 500 }),
      weightColumn: "w",
      modelDir,
      config,
    });
  const modelDir = join(scratch, "model");
  const one = fixture.cases.find(({ name }) => name === "binary_weighted")!;

  it("comes to TensorFlow's minimum in an order of its own, goes on from a table, and exports the model alone", async () => {
    await make(modelDir).train(input, { steps: 6 });
    const before = await make(modelDir).evaluate(() => batches() as never);
    await make(modelDir).train(input, { steps: 84 });
    const after = await make(modelDir).evaluate(() => batches() as never);
    expect(Object.keys(after).sort()).toEqual(Object.keys(fixture.minimum).sort());
    for (const [name, value] of Object.entries(fixture.minimum)) expect(after[name], name).toBeCloseTo(value, 4);
    expect(before["average_loss"]).not.toBeCloseTo(fixture.minimum["average_loss"]!, 4);
    const tables = Object.keys(one.tables).flatMap((name) => [`${name}-keys`, `${name}-values`]);
    expect(tensorsIn(join(modelDir, "model.ckpt-90"))).toEqual([...Object.keys(one.last), ...tables].sort());
    const receiver = buildRawServingInputReceiverFn(
      Object.fromEntries(
        Object.entries(everything)
          .filter(([key]) => key !== "w" && key !== "id")
          .map(([name, { dtype, shape }]) => [name, { dtype, shape: [-1, ...shape.slice(1)], name }]),
      ),
    );
    const exported = await make(modelDir).exportSavedModel(join(scratch, "export"), receiver);
    expect(tensorsIn(join(exported, "variables/variables"))).toEqual([...one.exported].sort());
  });

  it("learns the same by adaptive draws, with ONNX Runtime and without", async () => {
    const reached: Record<string, number> = {};
    for (const useOnnxRuntime of [true, false]) {
      const estimator = new LinearRegressor({
        featureColumns: columns().plain,
        optimizer: sdca({ symmetricL2Regularization: 5, adaptive: true }),
        modelDir: join(scratch, `regressor-${useOnnxRuntime}`),
        config: { ...config, useOnnxRuntime },
      });
      const scores = restored(fixture.labels["regression"]!);
      const data = () => Dataset.fromTensorSlices([rows("x", "id"), scores] as never).batch(1);
      await estimator.train(() => data().repeat() as never, { steps: 960 });
      const { average_loss } = await estimator.evaluate(() => data() as never);
      reached[String(useOnnxRuntime)] = average_loss as number;
    }
    expect(Math.abs(reached["true"]! - reached["false"]!)).toBeLessThan(1e-4);
  });
});

describe("summaries", () => {
  it("have TensorFlow's tags, and the duality gap shrinks", () => {
    const one = fixture.cases.find(({ name }) => name === "binary_l1")!;
    const model = recordedModel(fixture, one, modelFnOf("binary_l1"), ModeKeys.TRAIN);
    const { session, spec } = model;
    const { graph } = session;
    const summaries = graph.getCollection<Tensor>(collectionKeys.summaries);
    expect(summaries.map(({ op }) => op.name).sort()).toEqual(one.tags);
    const gap = graph.operation("approximate_duality_gap").inputs[1]!;
    expect(gap.dtype).toBe("float64");
    restoreVariables(model, one.first);
    const seen = graph.operation("examples_seen").inputs[1]!;
    const targets = [asOperation(spec.trainOp!), ...updatesOf(model)];
    const gapNow = (): number => session.run([gap])[0]!.data[0] as number;
    expect(gapNow()).toBeNaN();
    for (let step = 0; step < 3; step++) session.run([], model.feeds(step), targets);
    const first = gapNow();
    for (let step = 0; step < 300; step++) session.run([], model.feeds(step % 3), targets);
    expect(Number(session.run([seen])[0]!.data[0])).toBe(48);
    expect(first).toBeGreaterThan(0.1);
    // Not quite nothing: the losses of examples are those of when they last came.
    expect(Math.abs(gapNow())).toBeLessThan(first / 5);
  });
});

describe("what LinearSDCA refuses, in TensorFlow's words", () => {
  const said = (name: string): string => fixture.messages[name]![1];
  const x = [numericColumn("x", { shape: [4] })];
  const two = {
    x: toTensor([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]), // prettier-ignore
    id: tensorValue("string", [2], [Uint8Array.of(97), Uint8Array.of(98)]),
    ids: tensorValue("string", [2, 1], [Uint8Array.of(97), Uint8Array.of(98)]),
    m: tensorValue("float32", [2, 2, 2], new Float32Array(8)),
    n: tensorValue("float32", [2], Float32Array.of(1, 1)),
    w: tensorValue("float32", [2], Float32Array.of(1, 1)),
    wi: tensorValue("int64", [2], BigInt64Array.of(1n, 1n)),
  };
  const train = (make: (common: Pick<EstimatorOptions, "config">) => Estimator, given: TensorValue = binary) =>
    make({ config }).train(() => Dataset.fromTensors([two, given] as never) as never, { steps: 1 });
  const binary = tensorValue("int64", [2], BigInt64Array.of(0n, 1n));
  const message = async (body: () => unknown): Promise<string> => {
    try {
      await body();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  const classifier =
    (optimizer: LinearSDCA, options: object = {}): (() => unknown) =>
    () =>
      train((common) => new LinearClassifier({ featureColumns: x, optimizer, ...options, ...common }));

  const exactly: readonly (readonly [string, () => unknown])[] = [
    [
      "combiner of a classifier",
      () => new LinearClassifier({ featureColumns: x, optimizer: sdca(), sparseCombiner: "mean", nClasses: 3 }),
    ],
    [
      "combiner of a regressor",
      () => new LinearRegressor({ featureColumns: x, optimizer: sdca(), sparseCombiner: "sqrtn", labelDimension: 2 }),
    ],
    ["classes", () => new LinearClassifier({ featureColumns: x, optimizer: sdca(), nClasses: 3 })],
    ["one class", () => new LinearClassifier({ featureColumns: x, optimizer: sdca(), nClasses: 1 })],
    ["label dimension", () => new LinearRegressor({ featureColumns: x, optimizer: sdca(), labelDimension: 2 })],
    ["no label dimension", () => new LinearRegressor({ featureColumns: x, optimizer: sdca(), labelDimension: 0 })],
    [
      "columns of 1.x",
      () => {
        const featureColumns = sharedEmbeddingColumns([categoricalColumnWithIdentity("i", 5)], 2);
        return new LinearClassifier({ featureColumns, optimizer: sdca() });
      },
    ],
    ["l2 of 0", classifier(sdca({ symmetricL2Regularization: 0 }))],
    ["l1 below 0", classifier(sdca({ symmetricL1Regularization: -0.5 }))],
    ["rank of a column", classifier(sdca(), { featureColumns: [numericColumn("m", { shape: [2, 2] })] })],
    ["an indicator", classifier(sdca(), { featureColumns: [indicatorColumn(categoricalColumnWithIdentity("wi", 5))] })],
    ["ids of numbers", classifier(new LinearSDCA({ exampleIdColumn: "n" }))],
    ["integer weights", classifier(sdca(), { weightColumn: "wi" })],
    [
      "texts as labels",
      () =>
        train(
          (common) =>
            new LinearClassifier({ featureColumns: x, optimizer: sdca(), labelVocabulary: ["a", "b"], ...common }),
          two.id,
        ),
    ],
  ];
  for (const [name, body] of exactly) {
    it(`${name}: ${said(name)}`, async () => {
      expect(await message(body)).toBe(said(name));
    });
  }

  const estimator =
    (options: object): (() => unknown) =>
    () =>
      train(
        (common) =>
          new LinearEstimator({
            head: new RegressionHead(),
            featureColumns: x,
            optimizer: sdca(),
            ...options,
            ...common,
          }),
      );
  /** What TensorFlow says in Python's own words, or with nodes and objects that are not here. */
  const otherwise: readonly (readonly [string, () => unknown, string])[] = [
    ["head", estimator({ head: new MultiClassHead({ nClasses: 3 }) }), "Unsupported head type: MultiClassHead"],
    ["head of two numbers", estimator({ head: new RegressionHead({ labelDimension: 2 }) }), said("label dimension")],
    ["combiner of an estimator", estimator({ sparseCombiner: "mean" }), said("combiner of a regressor")],
    [
      "no ids",
      classifier(new LinearSDCA({ exampleIdColumn: "missing" })),
      "Feature missing is not in features dictionary.",
    ],
    ["ids in a matrix", classifier(new LinearSDCA({ exampleIdColumn: "ids" })), "Shape must be rank 1 but is rank 2"],
    [
      "weights by a column",
      classifier(sdca(), { weightColumn: numericColumn("w") }),
      "Feature NumericColumn(key='w') is not in features dictionary.",
    ],
    [
      "no partitions",
      classifier(sdca({ numLossPartitions: 0 })),
      "'num_loss_partitions' of 0 must be at least minimum 1",
    ],
    ["no shards", classifier(sdca({ numTableShards: 0 })), "num_table_shards should be positive."],
  ];
  for (const [name, body, words] of otherwise) {
    it(`${name}: ${words}`, async () => {
      expect(fixture.messages[name]![0]).not.toBeNull();
      expect(await message(body)).toContain(words);
    });
  }

  it("options that it does not know, and none for the ids", () => {
    expect(() => new LinearSDCA({} as never)).toThrow(
      "LinearSDCA() missing 1 required keyword argument: 'exampleIdColumn'",
    );
    expect(() => new LinearSDCA({ exampleIdColumn: "id", l2: 3 } as never)).toThrow(
      "LinearSDCA() got an unexpected keyword argument 'l2'",
    );
  });

  it("warns of little l2, and takes every head of one number", async () => {
    const lines: string[] = [];
    const logger: Logger = { log: (level, line) => lines.push(`${level} ${line}`) };
    const head = new PoissonRegressionHead();
    for (const symmetricL2Regularization of [1, 1.5]) {
      await train(
        () =>
          new LinearEstimator({
            head,
            featureColumns: x,
            optimizer: sdca({ symmetricL2Regularization }),
            config: { ...config, logger },
          }),
      );
    }
    expect(lines.filter((line) => line.includes("symmetric_l2_regularization for SDCA should"))).toHaveLength(1);
  });
});
