import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { setTensorLimit } from "../core/dtype.js";
import { loadSavedModel } from "./load.js";
import { denseModel, saveWeightedModel } from "./testing/weighted-model.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-memory-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("opens a model in little more memory than its weights take", async () => {
  // bench/loading.ts does the same with 500 MB, beside TensorFlow.
  await saveWeightedModel(folder, denseModel(24, 1024));
  const script = fileURLToPath(new URL("testing/opened-memory.ts", import.meta.url));
  const output = execFileSync(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", script, folder], {
    encoding: "utf8",
  });
  const { grown, weights } = JSON.parse(output) as { readonly grown: number; readonly weights: number };
  const matrices = 24 * 1024 * 1024 * 4;
  expect(weights).toBeGreaterThanOrEqual(matrices);
  // Constants of the graph count as well.
  expect(weights).toBeLessThan(matrices * 1.001);
  // Between files and engine nothing is held twice; the rest is code and the graph.
  expect(grown).toBeLessThan(weights * 1.25 + 60e6);
});

it("warms up within bounds", async () => {
  await saveWeightedModel(folder, denseModel(2, 64));
  const model = await loadSavedModel(folder, { engineWorkers: 0, warmUp: true });
  const [y] = model.run(new Map([["x:0", { dtype: "float32", shape: [1, 64], data: new Float32Array(64) }]]), ["y:0"]);
  expect(y!.shape).toEqual([1, 64]);
  model.close();
  // A run on zeros that fails is no failure of the model.
  setTensorLimit(100);
  try {
    (await loadSavedModel(folder, { engineWorkers: 0, warmUp: true })).close();
  } finally {
    setTensorLimit(2 ** 31);
  }
});
