import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { floatValue, intValue, toFlatArray } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { loadSavedModel } from "../saved-model/index.js";
import { buildRawServingInputReceiverFn } from "./export/index.js";
import { Estimator, quietLogger, runConfig, type SessionRunHook } from "./index.js";
import { type WhileModelParams, whileModel } from "./testing/while-model.js";

interface Fixture {
  readonly batch: number;
  readonly time: number;
  readonly features: number;
  readonly first: WhileModelParams & Readonly<Record<string, unknown>>;
  readonly x: readonly number[];
  readonly lengths: readonly number[];
  readonly labels: readonly number[];
  readonly losses: readonly number[];
  readonly last: Readonly<Record<string, readonly number[]>>;
  readonly predictions: readonly number[];
}

/** Made by interop/control-flow/record_training.py with TensorFlow 2.15. */
const fixture = JSON.parse(
  gunzipSync(readFileSync(new URL("fixtures/while-training.json.gz", import.meta.url))).toString(),
) as Fixture;
const { batch, time, features, first } = fixture;
const rows = fixture.lengths.length;
const x = floatValue([...fixture.x], [rows, time, features]);
const lengths = intValue([...fixture.lengths]);
const labels = floatValue([...fixture.labels]);

const losses: number[] = [];
const keep: SessionRunHook = {
  afterRun: (_, values) => void losses.push(toFlatArray(values["loss"]!)[0] as number),
};
let estimator: Estimator;

beforeAll(async () => {
  estimator = new Estimator({
    modelFn: whileModel,
    modelDir: mkdtempSync(join(tmpdir(), "tureen-while-")),
    params: first,
    config: runConfig({ logger: quietLogger }),
  });
  await estimator.train(() => Dataset.fromTensorSlices([{ x, lengths }, labels]).batch(batch) as never, {
    steps: fixture.losses.length,
    hooks: [keep],
  });
});

const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!) / (1e-3 + Math.abs(expected[i]!)), `${i}: ${value}`).toBeLessThan(1e-4);
  });
};

it("has TensorFlow's loss in each of ten steps", () => expectClose(losses, fixture.losses));

it.each(Object.keys(fixture.last))("ends with TensorFlow's variable %s", (name) => {
  expectClose(toFlatArray(estimator.getVariableValue(`rnn/${name}`)) as number[], fixture.last[name]!);
});

it("predicts and serves what TensorFlow predicts", async () => {
  const some = { x: floatValue(fixture.x.slice(0, batch * time * features), [batch, time, features]) };
  const given = { ...some, lengths: intValue(fixture.lengths.slice(0, batch)) };
  const predicted: number[] = [];
  for await (const row of estimator.predict(() => Dataset.fromTensorSlices(given).batch(batch) as never)) {
    predicted.push(toFlatArray(row["y"]!)[0] as number);
  }
  expectClose(predicted, fixture.predictions);
  const receiver = buildRawServingInputReceiverFn({
    x: { dtype: "float32", shape: [-1, -1, features] },
    lengths: { dtype: "int32", shape: [-1] },
  });
  const folder = await estimator.exportSavedModel(mkdtempSync(join(tmpdir(), "tureen-while-")), receiver);
  const model = await loadSavedModel(folder);
  const answer = await model.signature("serving_default")(given);
  expectClose(answer["y"] as number[], fixture.predictions);
});
