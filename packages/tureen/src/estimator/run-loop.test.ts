import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Dataset } from "../data/index.js";
import { eventFiles, readEvents } from "../formats/events.js";
import { build } from "../graph/build-op.js";
import { servingInputReceiver } from "./export/index.js";
import { BestExporter } from "./exporter/best-exporter.js";
import { FinalExporter } from "./exporter/final-exporter.js";
import { LatestExporter } from "./exporter/latest-exporter.js";
import { Estimator, NanLossDuringTrainingError, type RunConfig, runConfig, trainAndEvaluate } from "./index.js";
import { readFixture } from "./recorded-fixture.js";
import { lineModel } from "./testing/line-model.js";

interface Event {
  readonly step: number;
  readonly what: string;
  readonly tags?: readonly (readonly [string, string])[];
  readonly status?: number;
  readonly path?: string;
}

interface Part {
  readonly lines: readonly string[];
  readonly events: readonly (readonly Event[])[];
  readonly files: readonly string[];
  readonly exported: readonly (string | null)[];
  readonly metrics: readonly string[];
  readonly kept: Readonly<Record<string, number>>;
}

const fixture = readFixture<Readonly<Record<string, Part>>>("run-loop");

const rows = [
  { x: Array.from({ length: 8 }, (_, i) => [i / 8]) },
  Array.from({ length: 8 }, (_, i) => (3 * i) / 8 - 1),
] as const;
const finite = () => Dataset.fromTensorSlices(rows).batch(4);
const endless = () => Dataset.fromTensorSlices(rows).repeat().batch(4);

/** The recorder's model and configuration, with the log lines since the last look. */
function recorded(options: Partial<RunConfig> = {}, learningRate = 0.1) {
  const modelDir = mkdtempSync(join(tmpdir(), "tureen-run-loop-"));
  const lines: string[] = [];
  const logger = { log: (level: string, message: string) => void lines.push(`${level}:${message}`) };
  const config = { saveSummarySteps: 10, logStepCountSteps: 10, saveCheckpointsSteps: 12, tfRandomSeed: 1, ...options };
  const estimator = new Estimator({
    modelFn: lineModel,
    modelDir,
    config: runConfig({ ...config, logger }),
    params: { learningRate },
  });
  const tidy = (): string[] =>
    lines
      .splice(0)
      .filter((line) => !line.startsWith("DEBUG") && !line.includes("Using config"))
      .map((line) =>
        line
          .replaceAll(modelDir, "DIR")
          .replace(/sec: [\d.e+-]+/, "sec: N")
          .replace(/\([\d.]+ sec\)/, "(N sec)")
          .replace(/Inference Time : [\d.]+s/, "Inference Time : Ns")
          .replace(/evaluation at .*/, "evaluation at T")
          .replace(/\d{10}/, "SERIAL"),
      );
  return { estimator, modelDir, tidy };
}

/** Lines as TensorFlow wrote them; the last digits of its float32 losses may differ from ours. */
function expectLines(actual: readonly string[], expected: readonly string[]): void {
  const number = /\d+\.\d{5,}/g;
  const without = (lines: readonly string[]) => lines.map((line) => line.replace(number, "#"));
  // It says so for its own reasons, once in a process.
  expect(without(actual)).toEqual(without(expected.filter((line) => !line.includes("Distribute Coordinator"))));
  const numbers = (lines: readonly string[]) => lines.flatMap((line) => (line.match(number) ?? []).map(Number));
  const wanted = numbers(expected);
  for (const [i, value] of numbers(actual).entries()) expect(value).toBeCloseTo(wanted[i]!, 5);
}

/** Events in TensorFlow's words; graphs that follow one another count once: TensorFlow writes the first twice. */
function events(directory: string): Event[][] {
  return eventFiles(directory).map((path) =>
    [...readEvents(path)].map(({ step, fileVersion, graphDef, metaGraphDef, summary, sessionLog }): Event => {
      if (fileVersion !== undefined) return { step, what: "file_version" };
      if (graphDef !== undefined) return { step, what: "graph_def" };
      if (metaGraphDef !== undefined) return { step, what: "meta_graph_def" };
      if (sessionLog !== undefined) {
        const status = ["", "START", "STOP", "CHECKPOINT"].indexOf(sessionLog.status);
        return { step, what: "session_log", status, path: (sessionLog.checkpointPath ?? "").replace(directory, "DIR") };
      }
      const tags = summary!.map(({ tag, tensor }) => [tag, tensor === undefined ? "simple_value" : "tensor"] as const);
      return { step, what: "summary", tags };
    }),
  );
}

function withoutRepeatedGraphs(file: readonly Event[]): Event[] {
  return file.filter((event, i) => !(event.what.endsWith("graph_def") && file[i - 2]?.what === event.what));
}

const receiver = () => {
  const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "x");
  return servingInputReceiver({ x }, x);
};

describe("the run loop logs and writes what TensorFlow's does", () => {
  it("training, resuming, evaluation, prediction and export", async () => {
    const { estimator, modelDir, tidy } = recorded();
    const sameEvents = (directory: string, part: string) =>
      expect(events(directory)).toEqual(fixture[part]!.events.map(withoutRepeatedGraphs));
    tidy();
    await estimator.train(endless, { steps: 25 });
    expectLines(tidy(), fixture["train"]!.lines);
    sameEvents(modelDir, "train");
    expect(
      readdirSync(modelDir)
        .filter((name) => !name.includes("tfevents"))
        .sort(),
    ).toEqual(fixture["train"]!.files);
    await estimator.train(endless, { steps: 3 });
    expectLines(tidy(), fixture["resume"]!.lines);
    sameEvents(modelDir, "resume");
    await estimator.train(endless, { maxSteps: 10 });
    expectLines(tidy(), fixture["skip"]!.lines);
    await estimator.evaluate(endless, { steps: 3 });
    expectLines(tidy(), fixture["evaluate"]!.lines);
    sameEvents(join(modelDir, "eval"), "evaluate");
    await estimator.evaluate(finite, { name: "other" });
    expectLines(tidy(), fixture["evaluate_whole"]!.lines);
    sameEvents(join(modelDir, "eval_other"), "evaluate_whole");
    await estimator.evaluate(endless, { steps: 25 });
    expectLines(tidy(), fixture["evaluate_25"]!.lines);
    for await (const _ of estimator.predict(finite));
    expectLines(tidy(), fixture["predict"]!.lines);
    await estimator.exportSavedModel(join(modelDir, "x"), receiver);
    expectLines(tidy(), fixture["export"]!.lines);
  });

  it("a model that was never trained, and an input without rows", async () => {
    const { estimator, tidy } = recorded();
    tidy();
    for await (const _ of estimator.predict(finite));
    expectLines(tidy(), fixture["predict_untrained"]!.lines);
    await estimator.evaluate(finite);
    expectLines(tidy(), fixture["evaluate_untrained"]!.lines);
    await estimator.train(() => finite().take(0), { steps: 3 });
    const lines = tidy();
    // TensorFlow counts a step that its input's end keeps from running, and so does not say what it has the words for.
    const [warning] = lines.splice(-2, 1);
    expect(warning).toBe("WARNING:Training with estimator made no steps. Perhaps input is empty or misspecified.");
    expectLines(lines, fixture["empty"]!.lines);
  });

  it("a loss that becomes NaN", async () => {
    const { estimator, modelDir, tidy } = recorded(
      { saveSummarySteps: 100, logStepCountSteps: 100, saveCheckpointsSteps: 10 },
      1e30,
    );
    tidy();
    await expect(estimator.train(endless, { steps: 50 })).rejects.toThrow(NanLossDuringTrainingError);
    expectLines(tidy(), fixture["nan"]!.lines);
    expect(readdirSync(modelDir).filter((name) => name.endsWith(".index"))).toEqual(fixture["nan"]!.files);
  });

  for (const seconds of [0, 600]) {
    it(`trainAndEvaluate with a throttle of ${seconds} seconds`, async () => {
      const part = fixture[`train_and_evaluate_${seconds}`]!;
      const { estimator, modelDir, tidy } = recorded();
      tidy();
      const exporters = [
        new LatestExporter({ name: "latest", servingInputReceiverFn: receiver, exportsToKeep: 1 }),
        new BestExporter({ name: "best", servingInputReceiverFn: receiver }),
        new FinalExporter({ name: "final", servingInputReceiverFn: receiver }),
      ];
      const [metrics, exported] = await trainAndEvaluate(
        estimator,
        { inputFn: endless, maxSteps: 30 },
        { inputFn: endless, steps: 2, exporters, throttleSecs: seconds },
      );
      // Whether an export has to wait for the next second depends on the machine.
      const steady = (lines: readonly string[]) => lines.filter((line) => !line.includes("already exists; retrying"));
      expectLines(steady(tidy()), steady(part.lines));
      expect(Object.keys(metrics!).sort()).toEqual(part.metrics);
      expect(exported!.map((path) => path?.replace(modelDir, "DIR").replace(/\d{10}/, "SERIAL") ?? null)).toEqual(
        part.exported,
      );
      const kept = Object.keys(part.kept).map((name) => [name, readdirSync(join(modelDir, "export", name)).length]);
      expect(Object.fromEntries(kept)).toEqual(part.kept);
    });
  }
});
