import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type TensorValue, tensorValue, toFlatArray } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { openBundle } from "../../formats/tensor-bundle-reader.js";
import { build } from "../../graph/build-op.js";
import { loadSavedModel } from "../../saved-model/index.js";
import { servingInputReceiver, tensorServingInputReceiver } from "../export/index.js";
import { numericColumn } from "../feature-column/index.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import { quietLogger } from "../log.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";
import { KMeans } from "./k-means.js";
import type { KMeansOptions } from "./k-means-options.js";

type Infos = Readonly<Record<string, readonly [name: string, dtype: string]>>;

interface Case {
  readonly name: string;
  readonly batch: number;
  /** Whether points come as features `a`, `b` and `c`. */
  readonly named: boolean;
  readonly first: Readonly<Record<string, StoredTensor>>;
  readonly losses: readonly number[];
  readonly last: Readonly<Record<string, StoredTensor>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly score: number;
  readonly centers: StoredTensor;
  readonly predictions: Readonly<Record<string, StoredTensor>>;
  readonly signatures: Readonly<
    Record<string, { readonly method: string; readonly inputs: Infos; readonly outputs: Infos }>
  >;
}

interface Fixture {
  readonly steps: number;
  readonly points: StoredTensor;
  readonly start: StoredTensor;
  readonly cases: readonly Case[];
}

const fixture = readFixture<Fixture>("kmeans");
const start = restored(fixture.start);
const plain = { numClusters: 3, initialClusters: start };

/** The options of the recorder, in its words. */
const options: Readonly<Record<string, KMeansOptions>> = {
  full: { ...plain, useMiniBatch: false },
  full_cosine: { ...plain, useMiniBatch: false, distanceMetric: "cosine" },
  mini: plain,
  mini_cosine: { ...plain, distanceMetric: "cosine" },
  mini_steps: { ...plain, miniBatchStepsPerIteration: 3 },
  mini_steps_cosine: { ...plain, miniBatchStepsPerIteration: 3, distanceMetric: "cosine" },
  plus_plus: { numClusters: 3, initialClusters: "kmeans_plus_plus", useMiniBatch: false, seed: 5 },
  plus_plus_cosine: {
    numClusters: 4,
    initialClusters: "kmeans_plus_plus",
    distanceMetric: "cosine",
    kmeansPlusPlusNumRetries: 0,
    seed: 9,
  },
  random: { numClusters: 3, seed: 5 },
  random_batches: { numClusters: 6, seed: 5 },
  named: plain,
  columns: {
    ...plain,
    initialClusters: columnsOf(start, 0, 2),
    featureColumns: [numericColumn("b"), numericColumn("a")],
  },
  tolerance: { ...plain, useMiniBatch: false, relativeTolerance: 1e-3 },
};

function columnsOf(value: TensorValue, from: number, to: number): TensorValue {
  const [rows, width] = value.shape as readonly [number, number];
  const data = Float32Array.from({ length: rows * (to - from) }, (_, i) => {
    const row = Math.floor(i / (to - from));
    return value.data[row * width + from + (i % (to - from))] as number;
  });
  return tensorValue("float32", [rows, to - from], data);
}

const points = restored(fixture.points);
const named = { a: columnsOf(points, 0, 1), b: columnsOf(points, 1, 2), c: columnsOf(points, 2, 3) };
const input = (one: Case) =>
  (one.named ? Dataset.fromTensorSlices(named) : Dataset.fromTensorSlices(points)).batch(one.batch);

const scratch = mkdtempSync(join(tmpdir(), "tureen-kmeans-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(scratch, "m-"));
const make = (name: string): KMeans =>
  new KMeans({ ...options[name]!, modelDir: folder(), config: runConfig({ logger: quietLogger, tfRandomSeed: 42 }) });

function expectVariables(prefix: string, expected: Readonly<Record<string, StoredTensor>>): void {
  const reader = openBundle(prefix);
  try {
    expect(reader.keys().sort()).toEqual(Object.keys(expected).sort());
    for (const [name, stored] of Object.entries(expected)) {
      const value = reader.read(name);
      if (value.dtype === "bool") expect(value, name).toEqual(restored(stored));
      else expect(largestError(value, restored(stored)), name).toBeLessThan(1e-4);
    }
  } finally {
    reader.close();
  }
}

describe("KMeans clusters as TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.name}: first choice, losses, centers, score, predictions, signatures`, async () => {
      const estimator = make(one.name);
      const losses: number[] = [];
      const record: SessionRunHook = { afterRun: (_, { loss }) => void losses.push(loss!.data[0] as number) };
      await estimator.train(() => input(one).repeat(), { steps: fixture.steps, hooks: [record] });
      expect(losses.length).toBe(one.losses.length);
      one.losses.forEach((loss, i) => {
        expect(Math.abs(losses[i]! / loss - 1), `loss of step ${i}`).toBeLessThan(1e-4);
      });
      expectVariables(join(estimator.modelDir, "model.ckpt-0"), one.first);
      expectVariables(estimator.latestCheckpoint()!, one.last);
      expect(largestError(estimator.clusterCenters(), restored(one.centers))).toBeLessThan(1e-4);
      const metrics: Readonly<Record<string, number>> = await estimator.evaluate(() => input(one));
      expect(Object.keys(metrics).sort()).toEqual(Object.keys(one.metrics).sort());
      for (const [key, value] of Object.entries(one.metrics)) {
        expect(Math.abs(metrics[key]! - value) / Math.max(1, Math.abs(value)), key).toBeLessThan(1e-5);
      }
      const score = await estimator.score(() => input(one));
      expect(Math.abs(score - one.score) / Math.max(1, one.score)).toBeLessThan(1e-5);
      await expectPredictions(estimator, one);
      await expectSignatures(estimator, one);
    });
  }

  it("goes on from its checkpoint without choosing centers again", async () => {
    const one = fixture.cases.find(({ name }) => name === "full")!;
    const estimator = make("full");
    await estimator.train(() => input(one).repeat(), { steps: 5 });
    await estimator.train(() => input(one).repeat(), { maxSteps: 10 });
    expectVariables(estimator.latestCheckpoint()!, one.last);
  });
});

async function expectPredictions(estimator: KMeans, one: Case): Promise<void> {
  const indices: number[] = [];
  for await (const index of estimator.predictClusterIndex(() => input(one))) indices.push(index);
  expect(indices).toEqual((toFlatArray(restored(one.predictions["cluster_index"]!)) as bigint[]).map(Number));
  const distances: number[] = [];
  for await (const row of estimator.transform(() => input(one))) distances.push(...(toFlatArray(row) as number[]));
  const expected = restored(one.predictions["all_distances"]!);
  expect(largestError(tensorValue("float32", expected.shape, Float32Array.from(distances)), expected)).toBeLessThan(
    1e-5,
  );
}

async function expectSignatures(estimator: KMeans, one: Case): Promise<void> {
  const floats = (name: string, width: number) =>
    build("Placeholder", [], { dtype: "float32", shape: [-1, width] }, name);
  const receiver = () => {
    if (!one.named) {
      const x = floats("x", 3);
      return tensorServingInputReceiver(x, { x });
    }
    const features = { a: floats("a", 1), b: floats("b", 1), c: floats("c", 1) };
    return servingInputReceiver(features, features);
  };
  const model = await loadSavedModel(await estimator.exportSavedModel(folder(), receiver));
  const signatures = Object.fromEntries(
    [...model.signatures].map(([key, { methodName, inputs, outputs }]) => {
      const infos = (map: typeof inputs) =>
        Object.fromEntries([...map].map(([name, info]) => [name, [info.name, info.dtype]]));
      return [key, { method: methodName, inputs: infos(inputs), outputs: infos(outputs) }];
    }),
  );
  expect(signatures).toEqual(one.signatures);
}

describe("KMeans refuses what TensorFlow refuses", () => {
  const config = runConfig({ logger: quietLogger });

  it("unknown ways to start and to measure", () => {
    expect(() => new KMeans({ numClusters: 2, initialClusters: "kmc" as "random", config })).toThrow(
      "Unsupported initialization algorithm 'kmc'",
    );
    expect(() => new KMeans({ numClusters: 2, distanceMetric: "manhattan" as "cosine", config })).toThrow(
      "Unsupported distance metric 'manhattan'",
    );
  });

  it("k-means++ without any seed, and with fewer points than clusters", async () => {
    const rows = () => Dataset.fromTensorSlices(points).batch(4).repeat();
    const plusPlus = { numClusters: 9, initialClusters: "kmeans_plus_plus" as const, modelDir: folder() };
    await expect(new KMeans({ ...plusPlus, config }).train(rows, { steps: 1 })).rejects.toThrow(
      "None values not supported.",
    );
    await expect(new KMeans({ ...plusPlus, seed: 1, config }).train(rows, { steps: 1 })).rejects.toThrow(
      "Condition x >= y did not hold.",
    );
  });

  it("an input that ends before all clusters have a center", async () => {
    const kMeans = new KMeans({ numClusters: 99, modelDir: folder(), config });
    await expect(kMeans.train(() => Dataset.fromTensorSlices(points).batch(4), { steps: 1 })).rejects.toThrow(
      "The input ended before all clusters had a center",
    );
  });
});
