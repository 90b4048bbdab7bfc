import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { floatValue, type TensorValue } from "../core/tensor-value.js";
import { hostOnly } from "../runtime/ort/index.js";
import { nativeBinding } from "../runtime/ort/native-binding.js";
import { loadSavedModel } from "./load.js";
import type { LoadedSavedModel } from "./signature.js";

interface Recorded {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

// Made by TensorFlow 2.15: interop/saved-model/make_recurrent_model.py.
const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;
const folder = fixture("recurrent");

interface Case {
  readonly signature: string;
  readonly x: Recorded;
  readonly outputs: Readonly<Record<string, Recorded>>;
}

function casesOf(name: string): readonly Case[] {
  return (JSON.parse(readFileSync(`${fixture(name)}/expected.json`, "utf8")) as { readonly cases: readonly Case[] })
    .cases;
}

async function answers(model: LoadedSavedModel, { signature, x }: Case): Promise<unknown> {
  const value = floatValue([...x.data], [...x.shape]);
  return model.signature<{ x: TensorValue }, Record<string, unknown>>(signature).tensors({ x: value });
}

function close(outputs: Case["outputs"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, { shape, data }]) => [
      key,
      { dtype: "float32", shape, data: expect.toSatisfy((found: Float32Array) => isClose(found, data)) },
    ]),
  );
}

/** The rounding of float32, over a few steps. */
function isClose(found: Float32Array, expected: readonly number[]): boolean {
  return found.length === expected.length && expected.every((value, i) => Math.abs(value - found[i]!) < 2e-6);
}

describe.each([
  ["with ONNX Runtime", {}],
  ["on the host", { session: { partitioner: hostOnly } }],
])("%s", (_, options) => {
  let model: LoadedSavedModel;
  beforeAll(async () => {
    model = await loadSavedModel(folder, options);
  });
  afterAll(() => model.close());

  test.each(casesOf("recurrent").map((item) => [`${item.signature} ${JSON.stringify(item.x.shape)}`, item] as const))(
    "%s",
    async (__, item) => {
      expect(await answers(model, item)).toEqual(close(item.outputs));
    },
  );

  test.each(["lstm_sequence", "gru_sequence", "masked", "simple"])("%s: what follows NaN is NaN", async (key) => {
    const x = floatValue([1, 2, Number.NaN, 2, 1, 2, 3, 4, 5, 6, 7, 8], [2, 3, 2]);
    const { y0 } = await model.signature<{ x: TensorValue }, { y0: unknown }>(key).tensors({ x });
    const { data, shape } = y0;
    const perExample = data.length / 2;
    const first = shape.length === 3 ? perExample / 3 : 0;
    const found = [...(data as Float32Array)].map(Number.isNaN);
    expect(found).toEqual(found.map((_, i) => i >= first && i < perExample));
  });

  test("no steps at all", async () => {
    const x = floatValue([], [2, 0, 2]);
    await expect(model.signature("simple")({ x })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("loops of TensorFlow 1", () => {
  let model: LoadedSavedModel;
  beforeAll(async () => {
    model = await loadSavedModel(fixture("recurrent_v1"));
  });
  afterAll(() => model.close());

  test.each(
    casesOf("recurrent_v1").map((item) => [`${item.signature} ${JSON.stringify(item.x.shape)}`, item] as const),
  )("%s", async (_, item) => {
    expect(await answers(model, item)).toEqual(close(item.outputs));
  });

  test("what follows NaN is NaN", async () => {
    const x = floatValue([1, 2, Number.NaN, 4], [1, 2, 2]);
    const run = model.signature<{ x: TensorValue }, { y0: unknown }>("basic_lstm");
    const { y0 } = await run.tensors({ x });
    expect([...(y0.data as Float32Array)].map(Number.isNaN)).toEqual([false, false, false, true, true, true]);
  });

  test.skipIf(nativeBinding() === null)("run in ONNX Runtime, but for one that ends early", () => {
    const onHost = [...model.signatures.keys()].filter((key) =>
      model.explain(key).steps.some((step) => step.type === "_PlanLoop" && step.where === "host"),
    );
    expect(onHost).toEqual(["cut_short"]);
  });
});

test.skipIf(nativeBinding() === null)("layers run in ONNX Runtime, loops that are no scans on the host", async () => {
  const model = await loadSavedModel(folder);
  const onHost = [...model.signatures.keys()].filter((key) =>
    model.explain(key).steps.some((step) => /While/.test(step.type) && step.where === "host"),
  );
  model.close();
  expect(onHost).toEqual(["counting", "half"]);
});
