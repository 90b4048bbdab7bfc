import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { Dataset } from "../../data/index.js";
import { openBundle } from "../../formats/tensor-bundle-reader.js";
import { build } from "../../graph/build-op.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Estimator } from "../estimator.js";
import { buildRawServingInputReceiverFn } from "../export/index.js";
import type { SessionRunHook } from "../hooks/session-run-hook.js";
import { quietLogger } from "../log.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { runConfig } from "../run-config.js";
import { lineEstimator } from "../testing/line-estimator.js";
import { SavedModelEstimator } from "./saved-model-estimator.js";

interface Case {
  readonly name: string;
  readonly label: string;
  /** The export's files, compressed, in base64. */
  readonly files: Readonly<Record<string, string>>;
  /** Metrics of the export's own variables. */
  readonly before: Readonly<Record<string, number>>;
  readonly losses: readonly number[];
  readonly last: Readonly<Record<string, StoredTensor>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly predictions: Readonly<Record<string, StoredTensor>>;
}

interface Fixture {
  readonly batch: number;
  readonly steps: number;
  readonly features: Readonly<Record<string, StoredTensor>>;
  readonly labels: Readonly<Record<string, StoredTensor>>;
  readonly examples: readonly string[];
  readonly cases: readonly Case[];
}

const fixture = readFixture<Fixture>("saved-model-estimator");
const features = Object.fromEntries(Object.entries(fixture.features).map(([key, value]) => [key, restored(value)]));
const config = runConfig({ logger: quietLogger });

const scratch = mkdtempSync(join(tmpdir(), "tureen-saved-model-estimator-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const folder = (): string => mkdtempSync(join(scratch, "m-"));

function unpacked(one: Case): string {
  const directory = folder();
  for (const [name, content] of Object.entries(one.files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), gunzipSync(Buffer.from(content, "base64")));
  }
  return directory;
}

const input = (one: Case) =>
  Dataset.fromTensorSlices([features, { label: restored(fixture.labels[one.label]!) }] as const).batch(fixture.batch);

async function expectMetrics(estimator: Estimator, one: Case, expected: Case["metrics"]): Promise<void> {
  const metrics: Readonly<Record<string, number>> = await estimator.evaluate(() => input(one));
  expect(Object.keys(metrics).sort()).toEqual(Object.keys(expected).sort());
  for (const [key, value] of Object.entries(expected)) {
    expect(Math.abs(metrics[key]! - value) / Math.max(1, Math.abs(value)), key).toBeLessThan(1e-5);
  }
}

async function predictions(estimator: Estimator): Promise<Record<string, TensorValue[]>> {
  const data = fixture.examples.map((text) => Uint8Array.from(Buffer.from(text, "base64")));
  const inputs = { inputs: tensorValue("string", [data.length], data) };
  const rows: Record<string, TensorValue[]> = {};
  for await (const row of estimator.predict(() => Dataset.fromTensorSlices(inputs).batch(fixture.batch))) {
    for (const [key, value] of Object.entries(row)) {
      rows[key] ??= [];
      rows[key].push(value);
    }
  }
  return rows;
}

describe("SavedModelEstimator goes on as TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.name}: evaluates, trains, evaluates again and predicts`, async () => {
      const estimator = await SavedModelEstimator.load(unpacked(one), { modelDir: folder(), config });
      await expectMetrics(estimator, one, one.before);
      const losses: number[] = [];
      const record: SessionRunHook = { afterRun: (_, { loss }) => void losses.push(loss!.data[0] as number) };
      await estimator.train(() => input(one).repeat(), { steps: fixture.steps, hooks: [record] });
      one.losses.forEach((loss, i) => {
        expect(Math.abs(losses[i]! / loss - 1), `loss of step ${i}`).toBeLessThan(1e-4);
      });
      const reader = openBundle(estimator.latestCheckpoint());
      expect(reader.keys().sort()).toEqual(Object.keys(one.last).sort());
      for (const [name, stored] of Object.entries(one.last)) {
        expect(largestError(reader.read(name), restored(stored)), name).toBeLessThan(1e-4);
      }
      reader.close();
      await expectMetrics(estimator, one, one.metrics);
      const predicted = await predictions(estimator);
      expect(Object.keys(predicted).sort()).toEqual(Object.keys(one.predictions).sort());
      for (const [key, stored] of Object.entries(one.predictions)) {
        const expected = restored(stored);
        const data = predicted[key]!.flatMap((row) => [...(row.data as Iterable<never>)]);
        if (expected.dtype === "string") expect(data).toEqual([...expected.data]);
        else {
          data.forEach((value, i) => {
            expect(value).toBeCloseTo(expected.data[i] as number, 5);
          });
        }
      }
    });
  }
});

describe("SavedModelEstimator refuses what TensorFlow refuses", () => {
  const one = fixture.cases[0]!;
  const load = () => SavedModelEstimator.load(unpacked(one), { modelDir: folder(), config });

  it("folders without a SavedModel or without variables", async () => {
    await expect(SavedModelEstimator.load(folder(), { config })).rejects.toThrow(
      "Could not find SavedModel .pb or .pbtxt at supplied export directory path",
    );
    const directory = unpacked(one);
    rmSync(join(directory, "variables"), { recursive: true });
    const estimator = await SavedModelEstimator.load(directory, { modelDir: folder(), config });
    await expect(estimator.evaluate(() => input(one))).rejects.toThrow(
      `Directory provided has an invalid SavedModel format: ${directory}`,
    );
  });

  it("modes that the SavedModel does not have", async () => {
    const { estimator, input: rows } = lineEstimator();
    await estimator.train(rows, { steps: 1 });
    const x = withGraph(new Graph(), () => build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "x"));
    const path = await estimator.exportSavedModel(folder(), buildRawServingInputReceiverFn({ x }));
    const lines: string[] = [];
    const logger = { log: (level: string, message: string): void => void lines.push(`${level} ${message}`) };
    const served = await SavedModelEstimator.load(path, { modelDir: folder(), config: runConfig({ logger }) });
    expect(lines).toContain("WARNING train mode not found in SavedModel.");
    expect(lines).toContain("WARNING eval mode not found in SavedModel.");
    expect(lines).toContain("INFO Available modes for Estimator: ['infer']");
    await expect(served.train(rows, { steps: 1 })).rejects.toThrow(
      "train mode is not available in the SavedModel. Use saved_model_cli to check that the Metagraph for this mode has been exported.",
    );
  });

  it("input without a key, of another dtype or shape", async () => {
    const estimator = await load();
    const evaluate = (given: Record<string, TensorValue>) =>
      estimator.evaluate(() =>
        Dataset.fromTensorSlices([given, { label: restored(fixture.labels[one.label]!) }] as const).batch(4),
      );
    await expect(evaluate({ x: features["x"]! })).rejects.toThrow(
      'Key "c" not found in features or labels passed in to the model function.',
    );
    await expect(evaluate({ ...features, x: features["c"]! })).rejects.toThrow(
      "Tensor shape and/or dtype validation failed for input x:\n\tExpected dtype: <dtype: 'float32'>, Got: <dtype: 'string'>\n\tExpected shape: (None, 3), Got: (None, 1)",
    );
  });
});
