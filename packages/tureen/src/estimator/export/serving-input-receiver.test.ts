import { describe, expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { build } from "../../graph/build-op.js";
import { Graph, Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { fixedLenFeature, varLenFeature } from "../feature-column/index.js";
import { recordedCases } from "../feature-column/test-fixtures.js";
import type { FeatureTensor } from "../model-fn.js";
import {
  buildParsingServingInputReceiverFn,
  buildRawServingInputReceiverFn,
  buildRawSupervisedInputReceiverFn,
  buildSupervisedInputReceiverFnFromInputFn,
  servingInputReceiver,
  supervisedInputReceiver,
  tensorServingInputReceiver,
} from "./index.js";
import type { ServingInput } from "./serving-input.js";

interface RecordedReceiver {
  readonly name: string;
  readonly error?: string;
  readonly receivers?: Readonly<Record<string, readonly [string, string, (number | null)[] | null]>>;
  readonly features?: readonly string[] | null;
  readonly nodes?: readonly string[];
}

// What TensorFlow says to each of these and builds for them: interop/estimator/record_feature_columns.py.
const recorded = recordedCases<RecordedReceiver>("receivers");

const model = new Graph();
const [x, wide, y] = withGraph(model, () => [
  build("Placeholder", [], { dtype: "float32", shape: [3, 2] }, "some/x"),
  build("Placeholder", [], { dtype: "int64", shape: null }, "wide"),
  build("Placeholder", [], { dtype: "int64", shape: [3] }, "y"),
]) as [Tensor, Tensor, Tensor];

const wrong = (value: unknown): Tensor => value as Tensor;

const makers: Readonly<Record<string, () => unknown>> = {
  "no features": () => servingInputReceiver(wrong(undefined), x),
  "no receivers": () => servingInputReceiver(x, wrong(undefined)),
  "feature no tensor": () => servingInputReceiver({ a: wrong(1) }, x),
  "receiver no tensor": () => servingInputReceiver(x, { a: wrong("b") }),
  "bare feature no tensor": () => servingInputReceiver(wrong(1.5), x),
  "bare receiver no tensor": () => servingInputReceiver(x, wrong([x])),
  "alternatives no dict": () => servingInputReceiver(x, x, wrong("a") as never),
  "alternative no tensor": () => servingInputReceiver(x, x, { b: { c: wrong(3) } }),
  "alternative none": () => servingInputReceiver(x, x, { b: wrong(undefined) }),
  "tensor receiver none": () => tensorServingInputReceiver(wrong(undefined), x),
  "tensor receiver dict": () => tensorServingInputReceiver(wrong({ a: x }), x),
  "supervised no labels": () => supervisedInputReceiver(x, wrong(undefined), x),
  "supervised label no tensor": () => supervisedInputReceiver(x, { l: wrong(1) }, x),
  overlapping: () => buildRawSupervisedInputReceiverFn({ a: x }, { a: y }),
  raw: buildRawServingInputReceiverFn({ x, w: wide }),
  "raw batch": buildRawServingInputReceiverFn({ x, y }, { defaultBatchSize: 5 }),
  supervised: buildRawSupervisedInputReceiverFn({ x }, y),
  "supervised bare": buildRawSupervisedInputReceiverFn(x, y, { defaultBatchSize: 4 }),
  parsing: buildParsingServingInputReceiverFn({ x: fixedLenFeature([2], "float32"), c: varLenFeature("string") }),
  "parsing batch": buildParsingServingInputReceiverFn({ c: varLenFeature("string") }, { defaultBatchSize: 2 }),
};

const shapeOf = (tensor: FeatureTensor): (number | null)[] | null =>
  tensor.shape?.map((size) => (size < 0 ? null : size)) ?? null;

describe("receivers as TensorFlow makes and refuses them", () => {
  it.each(recorded.map((receiver) => [receiver.name, receiver] as const))("%s", (name, expected) => {
    const make = makers[name]!;
    if (expected.error !== undefined) {
      expect(make).toThrow(expect.objectContaining({ message: expected.error, code: "INVALID_ARGUMENT" }));
      return;
    }
    const graph = new Graph();
    const made = withGraph(graph, make) as ServingInput;
    const receivers = Object.entries(made.receiverTensors).map(([key, tensor]) => [
      key,
      [(tensor as Tensor).name, tensor.dtype, shapeOf(tensor)],
    ]);
    expect(Object.fromEntries(receivers)).toEqual(expected.receivers);
    expect(made.features instanceof Tensor ? null : Object.keys(made.features).sort()).toEqual(expected.features);
    const nodes = graph.operations.map((op) =>
      [op.name, op.type, ...op.inputs.map((input) => input.op.name)].join(" "),
    );
    expect(nodes).toEqual(expected.nodes);
  });
});

describe("receivers", () => {
  it("names bare tensors", () => {
    const receiver = servingInputReceiver(x, y, { other: x, named: { a: y } });
    expect(receiver).toEqual({
      features: { feature: x },
      receiverTensors: { input: y },
      receiverTensorsAlternatives: { other: { input: x }, named: { a: y } },
    });
    expect(tensorServingInputReceiver(x, y).features).toBe(x);
    expect(supervisedInputReceiver(x, { a: y }, x)).toEqual({
      features: x,
      labels: { a: y },
      receiverTensors: { input: x },
    });
  });

  it("takes sparse features and receivers", () => {
    const sparse = new SparseTensor(wide, x, y);
    expect(servingInputReceiver({ s: sparse }, sparse, { other: sparse })).toEqual({
      features: { s: sparse },
      receiverTensors: { input: sparse },
      receiverTensorsAlternatives: { other: { input: sparse } },
    });
    expect(tensorServingInputReceiver(sparse, x).features).toBe(sparse);
  });

  it("makes placeholders of plain dtypes and shapes, of names that are still free", () => {
    const receiver = withGraph(new Graph(), () => {
      build("Placeholder", [], { dtype: "float32", shape: [] }, "a");
      return buildRawServingInputReceiverFn({
        a: { dtype: "string", shape: [-1, 4], name: "a" },
        b: { dtype: "int32", shape: [7] },
        c: { dtype: "int32", shape: undefined },
      })();
    });
    const described = Object.values(receiver.receiverTensors).map((tensor) => [
      (tensor as Tensor).name,
      tensor.dtype,
      shapeOf(tensor),
    ]);
    expect(described).toEqual([
      ["a_1:0", "string", [null, 4]],
      ["Placeholder:0", "int32", [null]],
      ["Placeholder_1:0", "int32", null],
    ]);
    expect(receiver.features).toEqual(receiver.receiverTensors);
  });

  it("learns dtypes and shapes from an input function", async () => {
    const input = (): Dataset<never> =>
      Dataset.fromTensorSlices([{ x: new Float32Array([1, 2, 3, 4]) }, new Int32Array([1, 2, 3, 4])]).batch(
        2,
      ) as unknown as Dataset<never>;
    const make = await buildSupervisedInputReceiverFnFromInputFn(input as never);
    const receiver = withGraph(new Graph(), make);
    expect(Object.keys(receiver.receiverTensors)).toEqual(["x", "label"]);
    expect(receiver.receiverTensors["x"]).toMatchObject({ dtype: "float32", shape: [-1] });
    expect(receiver.receiverTensors["label"]).toMatchObject({ dtype: "int32", shape: [-1] });
    await expect(
      buildSupervisedInputReceiverFnFromInputFn((() => Dataset.fromTensors({ x: 1 })) as never),
    ).rejects.toThrow("labels must be defined.");
  });
});
