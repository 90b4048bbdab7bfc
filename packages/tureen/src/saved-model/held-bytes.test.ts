import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tensorValue } from "../core/tensor-value.js";
import { buildOp, constant } from "../graph/build-op.js";
import { Graph } from "../graph/graph.js";
import * as ops from "../graph/ops/index.js";
import { withGraph } from "../graph/scope.js";
import { Session } from "../runtime/session.js";
import { heldBytes } from "./held-bytes.js";
import { loadSavedModel } from "./load.js";
import { denseModel, saveWeightedModel } from "./testing/weighted-model.js";

it("counts frozen weights once, and ONNX Runtime's copy of them once it is made", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-held-"));
  try {
    await saveWeightedModel(folder, denseModel(2, 512));
    const weights = 2 * 512 * 512 * 4;
    const model = await loadSavedModel(folder, { engineWorkers: 0 });
    const before = model.memoryBytes;
    expect(before).toBeGreaterThanOrEqual(weights);
    expect(before).toBeLessThan(weights * 1.1);
    model.run(new Map([["x:0", { dtype: "float32", shape: [8, 512], data: new Float32Array(8 * 512) }]]), ["y:0"]);
    expect(model.memoryBytes).toBeGreaterThanOrEqual(2 * weights);
    expect(model.memoryBytes).toBeLessThan(2.2 * weights);
    model.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("counts constants of the graph, what is folded from them, and tables", () => {
  const graph = new Graph();
  const [y, filled] = withGraph(graph, () => {
    const x = buildOp("Placeholder", [], { dtype: "float32", shape: [] }).outputs[0]!;
    const weights = constant(tensorValue("float32", [1000], new Float32Array(1000)));
    const table = ops.hashTableV2({ keyDtype: "int64", valueDtype: "float32" });
    const keys = constant(
      tensorValue(
        "int64",
        [500],
        BigInt64Array.from({ length: 500 }, (_, i) => BigInt(i)),
      ),
    );
    const values = constant(tensorValue("float32", [500], new Float32Array(500)));
    const insert = buildOp("LookupTableImportV2", [table, keys, values], {});
    // (weights + 2) is folded into another thousand numbers.
    return [ops.mul(x, ops.add(weights, constant(2))), insert] as const;
  });
  const session = new Session(graph);
  const constants = 1000 * 4 + 500 * 8 + 500 * 4 + 4;
  expect(heldBytes(session)).toBe(constants);
  session.run([y], new Map([["Placeholder:0", tensorValue("float32", [], Float32Array.of(1))]]));
  const folded = heldBytes(session);
  expect(folded).toBe(constants + 1000 * 4);
  session.run([], new Map(), [filled]);
  expect(heldBytes(session)).toBeGreaterThanOrEqual(folded + 500 * 12);
});
