import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isServed } from "../../core/served-folders.js";
import { Dataset } from "../../data/index.js";
import { buildParsingServingInputReceiverFn } from "../../estimator/export/index.js";
import { makeParseExampleSpec, numericColumn } from "../../estimator/feature-column/index.js";
import { LinearClassifier, runConfig } from "../../estimator/index.js";
import { lineLog } from "../log.js";
import { startModelServer } from "../model-server.js";

const work = mkdtempSync(join(tmpdir(), "tureen-replay-"));
afterAll(() => rmSync(work, { recursive: true }));

it("replays the warm-up requests that an export was asked to hold", async () => {
  const columns = [numericColumn("x", { shape: [2] })];
  const config = runConfig({ logger: { log() {} } });
  const estimator = new LinearClassifier({ featureColumns: columns, modelDir: join(work, "run"), config });
  const inputFn = () =>
    Dataset.fromTensorSlices([
      {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      [0n, 1n],
    ] as const).batch(2);
  await estimator.train(inputFn, { steps: 1 });
  const basePath = join(work, "model");
  const exported = await estimator.exportSavedModel(
    basePath,
    buildParsingServingInputReceiverFn(makeParseExampleSpec(columns)),
    {
      warmupRequests: { inputFn, requestsPerSignature: 2 },
    },
  );
  const lines: string[] = [];
  const log = lineLog((line) => lines.push(line));
  const server = await startModelServer({ models: [{ name: "model", basePath }], restApiPort: 0, port: 0, log });
  try {
    expect(lines.join("\n")).toMatch(/Number of warmup records read: 8\./);
    const status = await fetch(`http://127.0.0.1:${server.restPort}/v1/models/model`);
    expect(await status.text()).toContain('"AVAILABLE"');
    // What is served is no garbage.
    expect(isServed(exported)).toBe(true);
  } finally {
    await server.close();
  }
  expect(isServed(exported)).toBe(false);
});
