import { afterEach, describe, expect, it } from "vitest";
import { Estimator } from "./estimator.js";
import { type RunConfig, runConfig, runConfigText } from "./run-config.js";
import { lineModel } from "./testing/line-model.js";

const logger = { log() {} };

describe("runConfig", () => {
  afterEach(() => {
    delete process.env["TF_CONFIG"];
  });

  it("has TensorFlow's defaults", () => {
    expect(runConfig({ logger })).toEqual({
      modelDir: undefined,
      tfRandomSeed: undefined,
      saveSummarySteps: 100,
      saveCheckpointsSteps: undefined,
      saveCheckpointsSecs: 600,
      keepCheckpointMax: 5,
      keepCheckpointEveryNHours: 10000,
      logStepCountSteps: 100,
      checkpointSaveGraphDef: true,
      sessionCreationTimeoutSecs: 7200,
      logger,
      useOnnxRuntime: true,
    });
    expect(runConfig({ saveCheckpointsSteps: 5 }).saveCheckpointsSecs).toBeUndefined();
  });

  const refused: readonly (readonly [Partial<RunConfig>, string])[] = [
    [
      { saveCheckpointsSteps: 1, saveCheckpointsSecs: 1 },
      "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set.",
    ],
    [{ modelDir: "" }, "model_dir should be non-empty"],
    [{ saveSummarySteps: -1 }, "save_summary_steps should be >= 0"],
    [{ saveCheckpointsSteps: -1 }, "save_checkpoints_steps should be >= 0"],
    [{ saveCheckpointsSecs: -1 }, "save_checkpoints_secs should be >= 0"],
    [{ keepCheckpointMax: -1 }, "keep_checkpoint_max should be >= 0"],
    [{ keepCheckpointEveryNHours: 0 }, "keep_checkpoint_every_n_hours should be > 0"],
    [{ logStepCountSteps: 0 }, "log_step_count_steps should be > 0"],
    [{ tfRandomSeed: 1.5 }, "tf_random_seed must be integer."],
    [{ sessionCreationTimeoutSecs: 0 }, "session_creation_timeout_secs should be > 0"],
  ];
  for (const [options, message] of refused) it(message, () => expect(() => runConfig(options)).toThrow(message));

  it("reads TF_CONFIG: the model folder counts, a cluster is told to be ignored", () => {
    const lines: string[] = [];
    const noting = { log: (level: string, message: string) => void lines.push(`${level}:${message}`) };
    process.env["TF_CONFIG"] = "{}";
    expect(runConfig({ logger: noting }).modelDir).toBeUndefined();
    expect(lines).toEqual([]);
    process.env["TF_CONFIG"] = JSON.stringify({ model_dir: "/m", cluster: { chief: ["a:1"], worker: ["b:1", "c:1"] } });
    expect(runConfig({ logger: noting }).modelDir).toBe("/m");
    expect(lines).toEqual([
      `INFO:TF_CONFIG environment variable: ${process.env["TF_CONFIG"]}`,
      "WARNING:TF_CONFIG names a cluster of 3 tasks; training runs in this process alone, as if it were the only one.",
    ]);
    expect(() => runConfig({ logger, modelDir: "/other" })).toThrow(
      '`model_dir` provided in RunConfig construct, if set, must have the same value as the model_dir in TF_CONFIG. model_dir: /other\nTF_CONFIG["model_dir"]: /m.\n',
    );
    process.env["TF_CONFIG"] = '{"model_dir": ""}';
    expect(() => runConfig({ logger })).toThrow("model_dir in TF_CONFIG should be non-empty.");
    process.env["TF_CONFIG"] = "{";
    expect(() => runConfig({ logger })).toThrow("TF_CONFIG is not JSON:");
  });

  it("prints as TensorFlow's", () => {
    expect(runConfigText(runConfig({ modelDir: "/m", logger }))).toContain(
      "{'_model_dir': '/m', '_tf_random_seed': None, '_save_summary_steps': 100, '_save_checkpoints_steps': None, '_save_checkpoints_secs': 600, '_keep_checkpoint_max': 5, '_keep_checkpoint_every_n_hours': 10000, '_log_step_count_steps': 100, '_checkpoint_save_graph_def': True",
    );
  });

  it("has the model folder of its Estimator, or none", () => {
    const make = (modelDir: string) =>
      new Estimator({ modelFn: lineModel, modelDir, config: runConfig({ modelDir: "/a", logger }) });
    expect(make("/a").modelDir).toBe("/a");
    expect(() => make("/b")).toThrow(
      "`model_dir` are set both in constructor and `RunConfig`, but with different values. In constructor: '/b', in `RunConfig`: '/a' ",
    );
  });
});
