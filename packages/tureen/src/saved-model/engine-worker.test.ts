import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterEach, beforeEach, expect, it } from "vitest";
import { floatValue, type TensorValue, zeros } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { loadSavedModel } from "./load.js";
import type { LoadedSavedModel } from "./signature.js";
import { saveGraph } from "./testing/save-graph.js";
import { denseModel, saveWeightedModel } from "./testing/weighted-model.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-worker-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tens of milliseconds a run, one after another so that no library runs them at once. */
async function heavyModel(): Promise<LoadedSavedModel> {
  await saveGraph(join(folder, "heavy"), () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 384] });
    const w = constant(zeros("float32", [384, 384]));
    let y = x;
    for (let i = 0; i < 8; i++) y = build("Tanh", [build("MatMul", [y, w])]);
    return { inputs: { x }, outputs: { y } };
  });
  return loadSavedModel(join(folder, "heavy"));
}

const input = (): ReadonlyMap<string, TensorValue> => new Map([["Placeholder:0", zeros("float32", [512, 384])]]);

/** Runs until an answer comes while the event loop turned, which it does not where the plan runs on it. */
async function untilElsewhere(model: LoadedSavedModel, fetches: readonly string[]): Promise<void> {
  for (let i = 0; i < 300; i++) {
    let answered = false;
    const running = model.runAsync(input(), fetches).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const elsewhere = !answered;
    await running;
    if (elsewhere) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the plan never left the main thread");
}

it("keeps the event loop free while a long plan runs", async () => {
  const model = await heavyModel();
  const fetches = [model.signatures.get("serving_default")!.outputs.get("y")!.name];
  const began = performance.now();
  const [here] = model.run(input(), fetches);
  const alone = performance.now() - began;
  await untilElsewhere(model, fetches);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let last: readonly TensorValue[] = [];
  for (let i = 0; i < 10; i++) last = await model.runAsync(input(), fetches);
  delay.disable();
  expect(last[0]).toEqual(here);
  // The median turn of the loop is far below the plan's time even where the machine is shared.
  expect(delay.percentile(50) / 1e6).toBeLessThan(Math.max(5, alone / 3));
  await expect(model.runAsync(input(), fetches, { deadline: performance.now() + 1 })).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
  });
  await expect(model.runAsync(new Map([["Placeholder:0", zeros("float32", [512, 7])]]), fetches)).rejects.toMatchObject(
    { code: "INVALID_ARGUMENT" },
  );
  await expect(model.runAsync(input(), fetches)).resolves.toHaveLength(1);
  model.close();
  await expect(model.runAsync(input(), fetches)).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});

it("uses the memory of large feeds again without mixing up their runs", async () => {
  await saveGraph(join(folder, "heavy"), () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 384] });
    let product = build("MatMul", [x, constant(zeros("float32", [384, 384]))]);
    for (let i = 0; i < 8; i++) product = build("MatMul", [product, constant(zeros("float32", [384, 384]))]);
    // The input itself is among what comes back.
    return { inputs: { x }, outputs: { x: build("Identity", [x]), y: build("Add", [x, product]) } };
  });
  const model = await loadSavedModel(join(folder, "heavy"));
  const { outputs } = model.signatures.get("serving_default")!;
  const fetches = ["x", "y"].map((key) => outputs.get(key)!.name);
  await untilElsewhere(model, fetches);
  const of = (value: number): ReadonlyMap<string, TensorValue> =>
    new Map([["Placeholder:0", floatValue(new Float32Array(512 * 384).fill(value), [512, 384])]]);
  for (let round = 0; round < 3; round++) {
    const [one, two, three] = await Promise.all([1, 2, 3].map((n) => model.runAsync(of(10 * round + n), fetches)));
    const later = await model.runAsync(of(99), fetches);
    const seen = [one!, two!, three!, later].map((values) =>
      values.map(({ data }) => [...new Set(data as Float32Array)]),
    );
    expect(seen).toEqual([1, 2, 3].map((n) => [[10 * round + n], [10 * round + n]]).concat([[[99], [99]]]));
  }
  model.close();
});

it("runs in place where the files are no longer there", async () => {
  const model = await heavyModel();
  rmSync(folder, { recursive: true });
  const fetches = [model.signatures.get("serving_default")!.outputs.get("y")!.name];
  for (let i = 0; i < 6; i++) await expect(model.runAsync(input(), fetches)).resolves.toHaveLength(1);
  model.close();
});

it("runs a large model in a worker from the first request on, on the variables that the main thread has read", async () => {
  const directory = join(folder, "dense");
  await saveWeightedModel(directory, denseModel(3, 768));
  const model = await loadSavedModel(directory, { warmUp: true });
  // What the worker would read the variables from.
  rmSync(join(directory, "variables/variables.data-00000-of-00001"));
  const fetches = [model.signatures.get("serving_default")!.outputs.get("y")!.name];
  const feeds = new Map([["x:0", floatValue(new Float32Array(768).fill(1), [1, 768])]]);
  let answered = false;
  const running = model.runAsync(feeds, fetches).then((values) => {
    answered = true;
    return values;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(false);
  const [there] = await running;
  const [here] = model.run(feeds, fetches);
  expect(there).toEqual(here);
  // What comes out belongs to the caller alone.
  expect((there!.data as Float32Array).buffer).toBeInstanceOf(ArrayBuffer);
  model.close();
});

it("leaves a model whose requests change its state on the main thread", async () => {
  const counter = await loadSavedModel(new URL("./fixtures/counter", import.meta.url).pathname);
  const { inputs, outputs } = counter.signatures.get("serving_default")!;
  const feeds = new Map([[inputs.get("by")!.name, floatValue([1], [])]]);
  const runs = Array.from({ length: 20 }, () => counter.runAsync(feeds, [outputs.get("count")!.name]));
  const counts = (await Promise.all(runs)).map(([value]) => value!.data[0]);
  expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  counter.close();
});
