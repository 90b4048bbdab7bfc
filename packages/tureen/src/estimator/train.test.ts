import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { floatValue } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { numericColumn } from "./feature-column/index.js";
import { LinearRegressor, runConfig } from "./index.js";
import { quietLogger } from "./log.js";
import * as train from "./train.js";

it("tells what a checkpoint holds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-train-"));
  expect(train.latestCheckpoint(folder)).toBeUndefined();
  expect(() => train.listVariables(folder)).toThrow(
    `Couldn't find 'checkpoint' file or checkpoints in given directory ${folder}`,
  );
  const config = runConfig({ logger: quietLogger });
  const estimator = new LinearRegressor({ featureColumns: [numericColumn("x")], modelDir: folder, config });
  const rows = Dataset.fromTensors([{ x: floatValue([1, 2], [2, 1]) }, floatValue([1, 0], [2])]);
  await estimator.train(() => rows.repeat(), { steps: 3 });
  const prefix = train.latestCheckpoint(folder)!;
  expect(prefix).toBe(join(folder, "model.ckpt-3"));
  expect([train.checkpointExists(prefix), train.checkpointExists(`${prefix}0`)]).toEqual([true, false]);
  expect(train.getCheckpointState(folder)?.modelCheckpointPath).toBe(prefix);
  const variables = train.listVariables(folder);
  expect(variables).toEqual(train.listVariables(prefix));
  expect(variables.map(({ name }) => name)).toEqual(estimator.getVariableNames());
  expect(variables).toContainEqual({ name: "linear/linear_model/x/weights", shape: [1, 1], dtype: "float32" });
  expect(train.loadVariable(folder, "global_step")).toMatchObject({ dtype: "int64", data: BigInt64Array.of(3n) });
  expect(() => train.loadVariable(prefix, "nope")).toThrow("Key nope not found in checkpoint");
});
