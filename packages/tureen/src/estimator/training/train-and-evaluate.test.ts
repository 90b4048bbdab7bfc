import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { build } from "../../graph/build-op.js";
import { Estimator } from "../estimator.js";
import { servingInputReceiver } from "../export/index.js";
import { BestExporter } from "../exporter/best-exporter.js";
import type { Exporter, ExporterRequest } from "../exporter/exporter.js";
import { FinalExporter } from "../exporter/final-exporter.js";
import { globFiles } from "../exporter/glob-files.js";
import { LatestExporter } from "../exporter/latest-exporter.js";
import { lineEstimator } from "../testing/line-estimator.js";
import { manualClock } from "../testing/manual-clock.js";
import { evalSpec } from "./eval-spec.js";
import { Evaluator } from "./evaluator.js";
import { trainAndEvaluate } from "./train-and-evaluate.js";
import { trainSpec } from "./train-spec.js";

const inputFn = () => ({}) as never;
const named = (name: unknown): Exporter => ({ name: name as string, export: async () => undefined });
const receiver = () => {
  const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "x");
  return servingInputReceiver({ x }, x);
};

/** An exporter that only notes what it is told. */
function noting(name: string, notes: ExporterRequest[]): Exporter {
  return {
    name,
    export: async (request) => {
      notes.push(request);
      return `made ${notes.length}`;
    },
  };
}

describe("specs", () => {
  it("have TensorFlow's defaults", () => {
    expect(trainSpec({ inputFn })).toEqual({ inputFn, maxSteps: undefined, hooks: [], savingListeners: [] });
    const defaults = {
      inputFn,
      steps: 100,
      name: undefined,
      hooks: [],
      exporters: [],
      startDelaySecs: 120,
      throttleSecs: 600,
    };
    expect(evalSpec({ inputFn })).toEqual(defaults);
    const one = named("a");
    expect(evalSpec({ inputFn, exporters: one, steps: null })).toEqual({ ...defaults, exporters: [one], steps: null });
  });

  it("refuse what TensorFlow refuses", () => {
    expect(() => trainSpec({ inputFn: 3 as never })).toThrow("`input_fn` must be callable, given: 3");
    expect(() => trainSpec({ inputFn, maxSteps: 0 })).toThrow("Must specify max_steps > 0, given: 0");
    expect(() => trainSpec({ inputFn, hooks: ["a" as never] })).toThrow(
      "All hooks must be `SessionRunHook` instances, given: 'a'",
    );
    expect(() => trainSpec({ inputFn, savingListeners: [1 as never] })).toThrow(
      "All saving_listeners must be `CheckpointSaverListener` instances, given: 1",
    );
    expect(() => evalSpec({ inputFn: undefined as never })).toThrow("`input_fn` must be callable, given: None");
    expect(() => evalSpec({ inputFn, steps: 0 })).toThrow("Must specify steps > 0, given: 0");
    expect(() => evalSpec({ inputFn, name: 1 as never })).toThrow("`name` must be string, given: 1");
    expect(() => evalSpec({ inputFn, hooks: [1 as never] })).toThrow(
      "All hooks must be `SessionRunHook` instances, given: 1",
    );
    expect(() => evalSpec({ inputFn, startDelaySecs: -1 })).toThrow("Must specify start_delay_secs >= 0, given: -1");
    expect(() => evalSpec({ inputFn, throttleSecs: -2 })).toThrow("Must specify throttle_secs >= 0, given: -2");
    expect(() => evalSpec({ inputFn, exporters: [1 as never] })).toThrow(
      "`exporters` must be an Exporter, an iterable of Exporter, or `None`, found [1].",
    );
    expect(() => evalSpec({ inputFn, exporters: named("") })).toThrow(
      "An Exporter cannot have a name that is `None` or empty. All exporter names: ['']",
    );
    expect(() => evalSpec({ inputFn, exporters: named(1) })).toThrow(
      "An Exporter must have a string name. Given: <class 'int'>",
    );
    expect(() => evalSpec({ inputFn, exporters: [named("a"), named("a")] })).toThrow(
      "`exporters` must have unique names. Such a name cannot be `None`. All exporter names: ['a', 'a']",
    );
  });
});

describe("trainAndEvaluate", () => {
  it("tells exporters what was evaluated and when it is the end", async () => {
    const { estimator, input } = lineEstimator({ saveCheckpointsSteps: 5 });
    const notes: ExporterRequest[] = [];
    const [metrics, exported] = await trainAndEvaluate(
      estimator,
      { inputFn: input, maxSteps: 10 },
      { inputFn: input, steps: 2, throttleSecs: 0, exporters: noting("own", notes) },
    );
    expect(
      notes.map(({ isTheFinalExport, checkpointPath, exportPath }) => [isTheFinalExport, checkpointPath, exportPath]),
    ).toEqual([
      [false, join(estimator.modelDir, "model.ckpt-5"), join(estimator.modelDir, "export/own")],
      [true, join(estimator.modelDir, "model.ckpt-10"), join(estimator.modelDir, "export/own")],
    ]);
    expect(metrics).toEqual(notes[1]!.evalResult);
    expect(exported).toEqual(["made 2"]);
  });

  it("respects the throttle, and never sees an end without maxSteps", async () => {
    const clock = manualClock();
    const { estimator, input } = lineEstimator({ saveCheckpointsSteps: 2 }, clock);
    const notes: ExporterRequest[] = [];
    await trainAndEvaluate(
      estimator,
      {
        inputFn: input,
        hooks: [
          {
            afterRun: (context) => {
              clock.advance(1000);
              if (context.globalStep === 9) context.requestStop();
            },
          },
        ],
      },
      { inputFn: input, steps: 1, throttleSecs: 5, exporters: noting("own", notes) },
    );
    // At 2; at 8, the first with 5 seconds in between; at 9, the last.
    expect(notes.map(({ evalResult }) => evalResult.global_step)).toEqual([2, 8, 9]);
    expect(notes.some(({ isTheFinalExport }) => isTheFinalExport)).toBe(false);
  });

  it("gives nothing where nothing is left to train", async () => {
    const { estimator, input } = lineEstimator();
    await estimator.train(input, { steps: 3 });
    await expect(trainAndEvaluate(estimator, { inputFn: input, maxSteps: 3 }, { inputFn: input })).resolves.toEqual([
      undefined,
      undefined,
    ]);
  });

  it("refuses what is no spec or no Estimator", async () => {
    const { estimator } = lineEstimator();
    await expect(trainAndEvaluate(estimator, { inputFn }, 1 as never)).rejects.toThrow(
      "`eval_spec` must have type `tf.estimator.EvalSpec`. Got: 1",
    );
    await expect(trainAndEvaluate(1 as never, { inputFn }, { inputFn })).rejects.toThrow(
      "`estimator` must have type `tf.estimator.Estimator`. Got: 1",
    );
    await expect(trainAndEvaluate(estimator, 1 as never, { inputFn })).rejects.toThrow(
      "`train_spec` must have type `tf.estimator.TrainSpec`. Got: 1",
    );
  });

  it("fails where training leaves no new checkpoint", async () => {
    const { estimator, input } = lineEstimator({ saveCheckpointsSteps: 2 });
    const lost: Exporter = { name: "lost", export: async () => undefined };
    const broken = new Proxy(estimator, {});
    expect(broken).toBeInstanceOf(Estimator);
    Object.defineProperty(estimator, "latestCheckpoint", { value: () => undefined });
    await expect(
      trainAndEvaluate(
        estimator,
        { inputFn: input, maxSteps: 2 },
        { inputFn: input, throttleSecs: 0, exporters: lost },
      ),
    ).rejects.toThrow("There was no new checkpoint after the training. Eval status: missing checkpoint");
  });
});

describe("Evaluator", () => {
  it("evaluates a checkpoint once, and warns at most every ten minutes", async () => {
    const clock = manualClock();
    const { estimator, input, lines } = lineEstimator({}, clock);
    const evaluator = new Evaluator(estimator, evalSpec({ inputFn: input, steps: 1 }), undefined);
    const warnings = () => lines.filter((line) => line.startsWith("WARNING")).length;
    expect((await evaluator.evaluateAndExport()).status).toBe("missing checkpoint");
    expect(lines.at(-1)).toBe(
      "WARNING:Estimator is not trained yet. Will start an evaluation when a checkpoint is ready.",
    );
    await evaluator.evaluateAndExport();
    expect(warnings()).toBe(1);
    clock.advance(601_000);
    await evaluator.evaluateAndExport();
    expect(warnings()).toBe(2);
    await estimator.train(input, { steps: 1 });
    expect((await evaluator.evaluateAndExport()).status).toBe("evaluated");
    expect((await evaluator.evaluateAndExport()).status).toBe("no new checkpoint");
    expect(lines.at(-1)).toBe(
      "WARNING:No new checkpoint ready for evaluation. Skip the current evaluation pass as evaluation results are expected to be same for the same checkpoint.",
    );
  });
});

describe("exporters", () => {
  const options = { servingInputReceiverFn: receiver };
  const request = (estimator: Estimator, name: string, loss: number, step = 1): ExporterRequest => ({
    estimator,
    exportPath: join(estimator.modelDir, "export", name),
    checkpointPath: estimator.latestCheckpoint()!,
    evalResult: { loss, global_step: step } as never,
    isTheFinalExport: false,
  });
  const trained = async (steps = 1) => {
    const line = lineEstimator({}, manualClock());
    await line.estimator.train(line.input, { steps });
    return line;
  };

  it("keep as many as they are told, all for null, and nothing but versions goes", async () => {
    const { estimator } = await trained();
    const path = join(estimator.modelDir, "export/latest");
    mkdirSync(join(path, "123"), { recursive: true });
    const two = new LatestExporter({ ...options, name: "latest", exportsToKeep: 2 });
    const made: string[] = [];
    for (let i = 0; i < 4; i++) made.push(await two.export(request(estimator, "latest", 1)));
    expect(readdirSync(path).sort()).toEqual(["123", ...made.slice(2).map((directory) => directory.slice(-10))].sort());
    const all = new LatestExporter({ ...options, name: "all", exportsToKeep: null });
    for (let i = 0; i < 6; i++) await all.export(request(estimator, "all", 1));
    expect(readdirSync(join(estimator.modelDir, "export/all"))).toHaveLength(6);
  });

  it("BestExporter exports what is better than all before in its process, and its first", async () => {
    const { estimator, lines } = await trained();
    const best = new BestExporter(options);
    const made: boolean[] = [];
    for (const loss of [3, 3, 2, 2.5, 1])
      made.push((await best.export(request(estimator, "best_exporter", loss))) !== undefined);
    expect(made).toEqual([true, false, true, false, true]);
    expect(lines.filter((line) => line === "INFO:Loading best metric from event files.")).toHaveLength(1);
  });

  it("BestExporter can go on from earlier evaluations instead of exporting its first", async () => {
    const { estimator, input } = await trained(20);
    const first = await estimator.evaluate(input, { steps: 2 });
    const before = new BestExporter(options);
    expect(await before.export({ ...request(estimator, "best_exporter", 0), evalResult: first })).toBeDefined();
    await estimator.train(input, { steps: 1 });
    await estimator.evaluate(input, { steps: 2 });
    const again = (exportsFirstEvaluation: boolean) => new BestExporter({ ...options, exportsFirstEvaluation });
    expect(await again(false).export(request(estimator, "best_exporter", first.loss + 1, 21))).toBeUndefined();
    expect(await again(false).export(request(estimator, "best_exporter", first.loss / 2, 21))).toBeDefined();
    expect(await again(true).export(request(estimator, "best_exporter", first.loss + 1, 21))).toBeDefined();
  });

  it("BestExporter compares as it is told, and needs a loss to compare by itself", async () => {
    const { estimator } = await trained();
    const larger = new BestExporter({
      ...options,
      compareFn: ({ bestEvalResult, currentEvalResult }) => bestEvalResult["loss"]! < currentEvalResult["loss"]!,
    });
    const made: boolean[] = [];
    for (const loss of [1, 2, 1]) made.push((await larger.export(request(estimator, "larger", loss))) !== undefined);
    expect(made).toEqual([true, true, false]);
    const best = new BestExporter({ ...options, eventFilePattern: "" });
    await best.export(request(estimator, "best", 1));
    await expect(best.export(request(estimator, "best", undefined as never))).rejects.toThrow(
      "current_eval_result cannot be empty or no loss is found in it.",
    );
    const without = new BestExporter({ ...options, eventFilePattern: "" });
    await without.export(request(estimator, "without", undefined as never));
    await expect(without.export(request(estimator, "without", 1))).rejects.toThrow(
      "best_eval_result cannot be empty or no loss is found in it.",
    );
  });

  it("FinalExporter waits for the end", async () => {
    const { estimator } = await trained();
    const final = new FinalExporter({ ...options, name: "final" });
    expect(await final.export(request(estimator, "final", 1))).toBeUndefined();
    expect(existsSync(join(estimator.modelDir, "export/final"))).toBe(false);
    expect(await final.export({ ...request(estimator, "final", 1), isTheFinalExport: true })).toMatch(/final\/\d{10}$/);
  });

  it("refuse to keep none", () => {
    expect(() => new LatestExporter({ ...options, name: "a", exportsToKeep: 0 })).toThrow(
      "`exports_to_keep`, if provided, must be positive number",
    );
    expect(() => new BestExporter({ ...options, exportsToKeep: 0 })).toThrow(
      "`exports_to_keep`, if provided, must be a positive number. Got 0",
    );
    expect(() => new BestExporter({ ...options, compareFn: null as never })).toThrow("`compare_fn` must not be None.");
  });

  it("globFiles finds names within folders", async () => {
    const { estimator, input } = await trained();
    await estimator.evaluate(input, { steps: 1, name: "b" });
    const find = (pattern: string) =>
      globFiles(join(estimator.modelDir, pattern)).map((path) => path.slice(estimator.modelDir.length + 1));
    expect(find("eval*/*.tfevents.*")).toEqual([expect.stringMatching(/^eval_b\/events\.out\.tfevents\./)]);
    expect(find("model.ckpt-[!0].index")).toEqual(["model.ckpt-1.index"]);
    expect(find("model.ckpt-?.index")).toEqual(["model.ckpt-0.index", "model.ckpt-1.index"]);
    expect(find("none/*")).toEqual([]);
    expect(find("checkpoint/*")).toEqual([]);
  });
});
