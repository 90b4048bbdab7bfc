import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { floatValue, toFlatArray } from "../core/index.js";
import { Dataset } from "../data/index.js";
import { readEvents } from "../formats/events.js";
import { build, constant } from "../graph/build-op.js";
import { gradients } from "../graph/gradients.js";
import type { Tensor } from "../graph/graph.js";
import { controlDependencies } from "../graph/scope.js";
import { Variable } from "../graph/variable.js";
import { loadSavedModel } from "../saved-model/index.js";
import { predictOutput, regressionOutput } from "./export/export-output.js";
import {
  Estimator,
  getOrCreateGlobalStep,
  ModeKeys,
  type ModelFn,
  makeEstimatorSpec,
  NanLossDuringTrainingError,
  quietLogger,
  runConfig,
} from "./index.js";

const scratch = (): string => mkdtempSync(join(tmpdir(), "tureen-test-"));

/** y = w x + b by gradient descent on the squared error, written with raw ops. */
const line: ModelFn = ({ features, labels, mode, params }) => {
  const x = features["x"] as Tensor;
  const w = new Variable({ name: "w", initializer: floatValue([0], [1]) });
  const b = new Variable({ name: "b", initializer: floatValue([0], [1]) });
  const y = build("AddV2", [build("Mul", [x, w.read()]), b.read()], {}, "y");
  if (mode === ModeKeys.PREDICT) {
    return makeEstimatorSpec({
      mode,
      predictions: { y },
      exportOutputs: { serving_default: predictOutput({ y }), value: regressionOutput({ value: y }) },
    });
  }
  const error = build("SquaredDifference", [y, labels as Tensor]);
  const loss = build("Mean", [error, constant([0], "int32")], {}, "loss_value");
  if (mode === ModeKeys.EVAL) return makeEstimatorSpec({ mode, loss });
  const rate = (params["learningRate"] as number | undefined) ?? 0.1;
  const [dw, db] = gradients([loss], [w.handle, b.handle]) as [Tensor, Tensor];
  const updates = [w.assignSub(build("Mul", [dw, constant(rate)])), b.assignSub(build("Mul", [db, constant(rate)]))];
  const trainOp = controlDependencies(updates, () =>
    getOrCreateGlobalStep().assignAdd({ dtype: "int64", shape: [], data: BigInt64Array.of(1n) }),
  );
  return makeEstimatorSpec({ mode, loss, trainOp });
};

const xs = Array.from({ length: 64 }, (_, i) => i / 32 - 1);
const points = () =>
  Dataset.fromTensorSlices([{ x: new Float32Array(xs) }, new Float32Array(xs.map((x) => 3 * x - 1))]);

const quiet = (more: object = {}) => runConfig({ logger: quietLogger, ...more });

describe("Estimator", () => {
  it("trains, resumes, evaluates, predicts and exports what loads and answers", async () => {
    const modelDir = scratch();
    const estimator = new Estimator({ modelFn: line, modelDir, config: quiet() });
    await estimator.train(() => points().repeat().batch(16) as never, { steps: 60 });
    expect(estimator.latestCheckpoint()).toBe(join(modelDir, "model.ckpt-60"));
    expect(readFileSync(join(modelDir, "checkpoint"), "utf8")).toContain('model_checkpoint_path: "model.ckpt-60"');
    await new Estimator({ modelFn: line, modelDir, config: quiet() }).train(
      () => points().repeat().batch(16) as never,
      { steps: 60 },
    );
    expect(toFlatArray(estimator.getVariableValue("global_step"))).toEqual([120n]);
    expect(toFlatArray(estimator.getVariableValue("w"))[0]).toBeCloseTo(3, 1);
    expect(estimator.getVariableNames()).toEqual(["b", "global_step", "w"]);

    const metrics = await estimator.evaluate(() => points().batch(64));
    expect(metrics.global_step).toBe(120);
    expect(metrics.loss).toBeLessThan(0.05);
    const [events] = readdirSync(join(modelDir, "eval"));
    const written = [...readEvents(join(modelDir, "eval", events!))];
    expect(written.flatMap((event) => event.summary?.map((value) => value.tag) ?? [])).toEqual([
      "loss",
      "checkpoint_path",
    ]);

    const rows = [];
    for await (const row of estimator.predict(() => points().take(3).batch(2))) rows.push(row["y"]!);
    expect(rows.map((row) => row.shape)).toEqual([[], [], []]);

    const base = scratch();
    const exported = await estimator.exportSavedModel(base, () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [-1] }, "x");
      return { features: { x }, receiverTensors: { x } };
    });
    expect(readdirSync(base)).toEqual([exported.slice(base.length + 1)]);
    expect(exported).toMatch(/\/\d{10}$/);
    const model = await loadSavedModel(exported);
    expect([...model.signatures.keys()]).toEqual(["serving_default"]);
    const [y] = model.run(new Map([["x:0", floatValue([2])]]), ["y:0"]);
    expect(toFlatArray(y!)[0]).toBeCloseTo(5, 0);
  });

  it("keeps the five newest checkpoints", async () => {
    const modelDir = scratch();
    const estimator = new Estimator({ modelFn: line, modelDir, config: quiet({ saveCheckpointsSteps: 1 }) });
    await estimator.train(() => points().repeat().batch(4) as never, { steps: 8 });
    const left = readdirSync(modelDir)
      .filter((name) => name.endsWith(".index"))
      .sort();
    expect(left).toEqual([4, 5, 6, 7, 8].map((step) => `model.ckpt-${step}.index`));
    expect(existsSync(join(modelDir, "model.ckpt-3.meta"))).toBe(false);
  });

  it("stops on a NaN loss with TensorFlow's error", async () => {
    const estimator = new Estimator({
      modelFn: line,
      modelDir: scratch(),
      config: runConfig({ logger: { log() {} } }),
    });
    const broken = () =>
      Dataset.fromTensorSlices([{ x: [1] }, [Number.NaN]])
        .repeat()
        .batch(1);
    await expect(estimator.train(broken, { steps: 5 })).rejects.toThrow(NanLossDuringTrainingError);
  });

  it("refuses what TensorFlow refuses", async () => {
    const estimator = new Estimator({ modelFn: line, modelDir: scratch(), config: quiet() });
    const input = () => points().batch(4);
    await expect(estimator.train(input, { steps: 1, maxSteps: 1 })).rejects.toThrow(
      "Can not provide both steps and max_steps.",
    );
    await expect(estimator.train(input, { steps: 0 })).rejects.toThrow("Must specify steps > 0, given: 0");
    expect(() => estimator.getVariableNames()).toThrow("Could not find trained model in model_dir:");
    await expect(estimator.exportSavedModel(scratch(), undefined as never)).rejects.toThrow(
      "An input_receiver_fn must be defined.",
    );
    await expect(estimator.exportSavedModel(scratch(), () => ({ features: {}, receiverTensors: {} }))).rejects.toThrow(
      "Couldn't find trained model at",
    );
  });
});
