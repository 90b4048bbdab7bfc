import { fork } from "node:child_process";
import { expect, it } from "vitest";
import type { BatchOptions } from "./batch-options.js";
import { processRunner } from "./worker-process.js";

const options: BatchOptions = { modelDir: "", inputPaths: [], outputPath: "", dataFormat: "json" };
const script = new URL("./testing/dying-worker.mjs", import.meta.url);

it("finds the records that kill workers and leaves them out", async () => {
  let started = 0;
  const runner = processRunner(options, "", 1, () => {
    started += 1;
    return fork(script, { execArgv: [] });
  });
  const result = await runner.run({ index: 0, ranges: [] }, () => {});
  runner.close();
  expect(result).toEqual({ predictionCount: 8, errorCount: 2 });
  expect(started).toBe(4);
});

it("tries again, for the next shard, to load a model that could not be loaded", async () => {
  let started = 0;
  const runner = processRunner(options, "", 2, () => {
    started += 1;
    return fork(script, { execArgv: [], env: started === 1 ? { FAIL_TO_START: "1" } : {} });
  });
  await expect(runner.run({ index: 0, ranges: [] }, () => {})).rejects.toThrow("no model");
  expect(await runner.run({ index: 1, ranges: [] }, () => {})).toMatchObject({ predictionCount: 8 });
  runner.close();
});

it("gives up where workers die all the time", async () => {
  const runner = processRunner(options, "", 1, () =>
    fork("/dev/null", { execArgv: ["--eval", "process.exit(1)"], silent: true }),
  );
  await expect(runner.run({ index: 5, ranges: [] }, () => {})).rejects.toThrow("Workers died 11 times over shard 5.");
});
