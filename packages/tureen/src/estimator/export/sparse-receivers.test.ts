import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { sparsePlaceholder } from "../../graph/sparse-placeholder.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import { loadSavedModel } from "../../saved-model/index.js";
import { categoricalColumnWithIdentity } from "../feature-column/index.js";
import { LinearRegressor, runConfig } from "../index.js";
import { classificationOutput, predictOutput, regressionOutput, servingInputReceiver } from "./index.js";

describe("exports that take sparse tensors", () => {
  it("run with their three parts", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tureen-sparse-receiver-"));
    const estimator = new LinearRegressor({
      featureColumns: [categoricalColumnWithIdentity("ids", 4)],
      modelDir: join(folder, "model"),
      config: runConfig({ logger: { log() {} } }),
    });
    const rows = { ids: { dtype: "int64" as const, shape: [2, 1], data: BigInt64Array.of(1n, 2n) } };
    const labels = { dtype: "float32" as const, shape: [2], data: Float32Array.of(1, -1) };
    await estimator.train(() => Dataset.fromTensorSlices([rows, labels] as never).batch(2) as never, { steps: 1 });
    const exported = await estimator.exportSavedModel(join(folder, "export"), () => {
      const ids = sparsePlaceholder({ dtype: "int64", shape: [-1, 3], name: "ids" });
      return servingInputReceiver({ ids }, { ids });
    });
    const model = await loadSavedModel(exported);
    const predict = model.signature("predict");
    expect(predict.info.inputs.get("ids")).toMatchObject({
      sparse: { values: "ids/values:0", indices: "ids/indices:0", denseShape: "ids/shape:0" },
      dtype: "int64",
      shape: [-1, 3],
    });
    const ids = {
      indices: [
        [0, 0],
        [1, 0],
        [1, 2],
      ],
      values: [1, 2, 1],
      denseShape: [2, 3],
    };
    const { predictions } = (await predict({ ids })) as { predictions: number[][] };
    const bias = estimator.getVariableValue("linear/linear_model/bias_weights").data as Float32Array;
    const weights = estimator.getVariableValue("linear/linear_model/ids/weights").data as Float32Array;
    expect(predictions[0]![0]).toBeCloseTo(bias[0]! + weights[1]!, 5);
    expect(predictions[1]![0]).toBeCloseTo(bias[0]! + weights[1]! + weights[2]!, 5);
    await expect(predict({ ids: [[1, 2, 3]] })).rejects.toThrow(
      "input 'ids' is sparse: it takes { indices, values, denseShape }",
    );
    model.close();
  });

  // What tf.estimator of TensorFlow 2.15 says to a tf.compat.v1.sparse_placeholder(tf.float32, [None, 5], "x").
  it("have dense outputs", () => {
    const x = withGraph(new Graph(), () => sparsePlaceholder({ dtype: "float32", shape: [-1, 5], name: "x" }));
    const wrong = (value: SparseTensor): never => value as never;
    const text =
      'SparseTensor(indices=Tensor("x/indices:0", shape=(None, 2), dtype=int64), values=Tensor("x/values:0", shape=(None,), dtype=float32), dense_shape=Tensor("x/shape:0", shape=(2,), dtype=int64))';
    expect(() => predictOutput(wrong(x))).toThrow(`Prediction output value must be a Tensor; got ${text}.`);
    expect(() => predictOutput({ s: wrong(x) })).toThrow(`Prediction output value must be a Tensor; got ${text}.`);
    expect(() => regressionOutput({ value: wrong(x) })).toThrow(
      `Regression output value must be a float32 Tensor; got ${text}`,
    );
    expect(() => classificationOutput({ scores: wrong(x) })).toThrow(
      `Classification scores must be a float32 Tensor; got ${text}`,
    );
  });
});
