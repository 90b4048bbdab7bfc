import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { toNested, toTensor } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { constant } from "../graph/build-op.js";
import { LinearClassifier, LinearRegressor } from "./canned/linear.js";
import { numericColumn } from "./feature-column/index.js";
import type { InputFn } from "./input.js";
import { quietLogger } from "./log.js";
import { readFixture } from "./recorded-fixture.js";
import { runConfig } from "./run-config.js";

const { cases } = readFixture<{
  cases: Readonly<Record<string, { readonly value?: unknown; readonly error?: string }>>;
}>("mistakes");

const scratch = mkdtempSync(join(tmpdir(), "tureen-mistakes-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const config = runConfig({ logger: quietLogger });
const [x, y] = [numericColumn("x"), numericColumn("y")];
const rows = { x: toTensor([1, 2, 3, 4]) };
const labels = toTensor([0, 1, 0, 1], "int64");
const none = [
  { x: { dtype: "float32", shape: [0], data: new Float32Array(0) } },
  { dtype: "int64", shape: [0], data: new BigInt64Array(0) },
] as const;
const words = toTensor(["a", "b", "c", "d"]);

/** An input function of batches, of what the types would not let through too. */
const data = (...parts: readonly unknown[]): InputFn =>
  (() => Dataset.fromTensorSlices((parts.length > 1 ? parts : parts[0]) as never).batch(2)) as unknown as InputFn;
const folder = (): string => mkdtempSync(join(scratch, "model-"));
const linear = (featureColumns = [x], modelDir = folder()): LinearClassifier =>
  new LinearClassifier({ featureColumns, modelDir, config });
const regressor = (): LinearRegressor => new LinearRegressor({ featureColumns: [x], modelDir: folder(), config });

async function trained(): Promise<LinearClassifier> {
  const estimator = linear();
  await estimator.train(data(rows, labels), { steps: 1 });
  return estimator;
}

async function stepsOf(input: InputFn, options: { readonly steps?: number } = {}): Promise<number> {
  const estimator = linear();
  await estimator.train(input, options);
  return Number(toNested(estimator.getVariableValue("global_step")));
}

async function count(predictions: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const _ of predictions) found++;
  return found;
}

describe("an input that is empty or wrong gives what TensorFlow 2.15 gives", () => {
  it.each<readonly [string, () => unknown]>([
    ["train on nothing", () => stepsOf(data(...none))],
    ["evaluate nothing", async () => (await trained()).evaluate(data(...none))],
    ["predict nothing", async () => count((await trained()).predict(data(none[0])))],
    ["arrays", () => stepsOf((() => [rows, labels]) as unknown as InputFn, { steps: 2 })],
  ])("%s", async (name, run) => {
    expect(await run()).toEqual(cases[name]!.value);
  });

  it.each<readonly [string, () => Promise<unknown>, string]>([
    ["three parts", () => linear().train(data(rows, labels, labels), { steps: 1 }), " Given: a list of 3"],
    [
      "words for numbers",
      () => linear().train(data({ x: words }, labels), { steps: 1 }),
      ". The feature 'x' of a numeric column is of strings",
    ],
    [
      "words for classes",
      () => linear().train(data(rows, words), { steps: 1 }),
      ". Labels are strings: a classifier takes them with `labelVocabulary`",
    ],
    [
      "words for values",
      () => regressor().train(data(rows, words), { steps: 1 }),
      ". Labels are strings: a classifier takes them with `labelVocabulary`",
    ],
    [
      "another model's checkpoint",
      async () => {
        const modelDir = folder();
        await linear([x], modelDir).train(data(rows, labels), { steps: 1 });
        await linear([x, y], modelDir).train(data({ ...rows, y: rows.x }, labels), { steps: 1 });
      },
      "\n\t [[{{node save/RestoreV2}}]]",
    ],
  ])("%s", async (name, run, more) => {
    await expect(run()).rejects.toThrow(`${cases[name]!.error}${more}`);
  });
});

describe("what only a program in JavaScript can get wrong", () => {
  const train = (input: unknown): Promise<unknown> => linear().train(input as InputFn, { steps: 1 });

  it.each<readonly [string, unknown, string]>([
    [
      "a Dataset for the function that makes it",
      Dataset.fromTensorSlices([rows, labels]),
      "`input_fn` must be callable, given: a Dataset; it takes a function that makes one, anew for each run",
    ],
    [
      "a pass over a Dataset",
      () => Dataset.fromTensorSlices([rows, labels]).batch(2)[Symbol.iterator](),
      "inputFn must return a Dataset of features, or of [features, labels], or tensors of the graph. Given: an iterator",
    ],
    [
      "tensors that are built after an await",
      async () => {
        await Promise.resolve();
        return [{ x: constant([[1]]) }, constant([[1]])];
      },
      "tensors of the graph have to be built before it first awaits",
    ],
  ])("%s", async (_, input, said) => {
    await expect(train(input)).rejects.toThrow(said);
  });
});
