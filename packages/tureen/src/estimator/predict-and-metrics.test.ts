import { describe, expect, it } from "vitest";
import { toFlatArray } from "../core/tensor-value.js";
import { Dataset } from "../data/index.js";
import { build, constant } from "../graph/build-op.js";
import type { Tensor } from "../graph/graph.js";
import { addMetrics, Estimator, type EstimatorSpecInit, type ModelFn, makeEstimatorSpec, runConfig } from "./index.js";
import { mean } from "./metrics/streaming.js";
import { lineEstimator } from "./testing/line-estimator.js";

const config = runConfig({ logger: { log() {} } });
const rows = () => Dataset.fromTensorSlices({ x: [[1], [2], [3]] }).batch(2) as never;
const predicting = (predictions: (x: Tensor) => EstimatorSpecInit["predictions"]) =>
  new Estimator({
    config,
    modelFn: (({ features, mode }) =>
      makeEstimatorSpec({ mode, predictions: predictions(features["x"] as Tensor)! })) as ModelFn,
  });

async function all<T>(generator: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of generator) found.push(item);
  return found;
}

describe("predict", () => {
  const both = () => predicting((x) => ({ x, twice: build("AddV2", [x, x]) }));

  it("gives rows by key, batches where told, and only the keys that are wanted", async () => {
    const found = await all(both().predict(rows));
    expect(found.map((row) => [row["x"]!, row["twice"]!].map(toFlatArray))).toEqual([
      [[1], [2]],
      [[2], [4]],
      [[3], [6]],
    ]);
    const batches = await all(both().predict(rows, { yieldSingleExamples: false }));
    expect(batches.map((batch) => batch["twice"]!.shape)).toEqual([
      [2, 1],
      [1, 1],
    ]);
    for (const predictKeys of ["twice", ["twice", "none"]]) {
      expect((await all(both().predict(rows, { predictKeys }))).map((row) => Object.keys(row))).toEqual([
        ["twice"],
        ["twice"],
        ["twice"],
      ]);
    }
    expect((await all(predicting((x) => x).predict(rows))).map((row) => toFlatArray(row["output"]!))).toEqual([
      [1],
      [2],
      [3],
    ]);
  });

  it("calls its hooks around each batch and stops when one asks", async () => {
    const told: string[] = [];
    const hook = {
      afterCreateSession: () => void told.push("session"),
      beforeRun: () => void told.push("before"),
      afterRun: (context: { requestStop(): void }) => {
        told.push("after");
        context.requestStop();
      },
      end: () => void told.push("end"),
    };
    expect(await all(both().predict(rows, { hooks: [hook as never] }))).toHaveLength(2);
    expect(told).toEqual(["session", "before", "after", "end"]);
  });

  it("refuses keys that are not there and batches of different lengths", async () => {
    await expect(all(both().predict(rows, { predictKeys: "none" }))).rejects.toThrow(
      "Expected to run at least one output from dict_keys(['x', 'twice']), provided none.",
    );
    await expect(all(both().predict(rows, { predictKeys: ["a", "b"] }))).rejects.toThrow("provided ['a', 'b'].");
    await expect(all(predicting((x) => x).predict(rows, { predictKeys: "x" }))).rejects.toThrow(
      "predict_keys argument is not valid in case of non-dict predictions.",
    );
    const uneven = predicting((x) => ({ x, y: build("Identity", [constant([1, 2, 3], "float32")]) }));
    await expect(all(uneven.predict(rows))).rejects.toThrow(
      "Batch length of predictions should be same. y has different batch length than others.",
    );
  });
});

describe("evaluate", () => {
  const named = (name: string) =>
    new Estimator({
      config,
      modelFn: ({ features, mode }) => {
        const value = mean(features["x"] as Tensor);
        return makeEstimatorSpec({ mode, loss: constant(0, "float32"), evalMetricOps: { [name]: value } });
      },
    });

  it("keeps the names of its own results", async () => {
    await expect(named("loss").evaluate(rows)).rejects.toThrow(
      'Metric with name "loss" is not allowed, because Estimator already defines a default metric with the same name.',
    );
    await expect(named("global_step").evaluate(rows)).rejects.toThrow(
      "Metric with name `global_step` is not allowed, because Estimator already defines a default metric with the same name.",
    );
    await expect(named("mine").evaluate(rows)).resolves.toEqual({ mine: 2, loss: 0, global_step: 0 });
    await expect(named("mine").evaluate(rows, { steps: 0 })).rejects.toThrow("Must specify steps > 0, given: 0");
  });
});

describe("addMetrics", () => {
  it("adds to what the model has, in the same folder", async () => {
    const { estimator, input } = lineEstimator();
    await estimator.train(input, { steps: 2 });
    const more = addMetrics(estimator, ({ features, labels, predictions, config: given }) => {
      expect(given.modelDir).toBe(estimator.modelDir);
      return {
        feature: mean(features["x"] as Tensor),
        mean: mean(build("AddV2", [labels as Tensor, labels as Tensor])),
        y: mean((predictions as Record<string, Tensor>)["y"]!),
      };
    });
    const metrics = await more.evaluate(input, { steps: 2 });
    expect(Object.keys(metrics).sort()).toEqual(["feature", "global_step", "loss", "mean", "y"]);
    expect(metrics).toMatchObject({ feature: 1.5, mean: 7, global_step: 2 });
    await more.train(input, { steps: 1 });
    expect(estimator.latestCheckpoint()).toContain("model.ckpt-3");
    expect(() => addMetrics(estimator, 1 as never)).toThrow("metric_fn must be callable, given: 1");
  });
});
