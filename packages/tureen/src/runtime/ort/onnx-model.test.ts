import { describe, expect, test } from "vitest";
import { floatValue, tensorValue } from "../../core/tensor-value.js";
import { nativeBinding } from "./native-binding.js";
import { OnnxGraphBuilder } from "./onnx-graph-builder.js";
import { encodeOnnxModel } from "./onnx-model.js";
import { OrtSession } from "./ort-session.js";

const binding = nativeBinding();

describe.skipIf(binding === null)("ONNX models", () => {
  test("attributes, initializers of both kinds and outputs that are inputs arrive", () => {
    const builder = new OnnxGraphBuilder();
    const x = builder.input("float32", [-1, 300]);
    const large = floatValue(Float32Array.from({ length: 300 }, (_, i) => i));
    const sum = builder.op("Add", [x, builder.constant(large)]);
    const leaky = builder.op("LeakyRelu", [sum], { alpha: { float: 0.5 } });
    const reduced = builder.op("ReduceSum", [leaky, builder.int64([-1])], { keepdims: 0 });
    builder.output(reduced, "float32");
    builder.output(x, "float32");
    builder.output(reduced, "float32");
    builder.output(builder.constant(tensorValue("bool", [2], Uint8Array.of(1, 0))), "bool");
    const graph = builder.graph();
    const model = encodeOnnxModel(graph);
    expect(model.externalData.map(({ data }) => data.byteLength)).toEqual([1200]);
    const session = new OrtSession(binding!, model, graph.inputs, graph.outputs);
    const input = floatValue(new Float32Array(300).fill(-400), [1, 300]);
    const [total, same, again, flags] = session.run([input]);
    // The sum of (i - 400) / 2 over i < 300.
    expect([...(total!.data as Float32Array)]).toEqual([-37575]);
    expect(same!.shape).toEqual([1, 300]);
    expect(again!.data).toEqual(total!.data);
    expect(flags).toMatchObject({ dtype: "bool", shape: [2] });
    expect([...(flags!.data as Uint8Array)]).toEqual([1, 0]);
    session.close();
  });

  test("a model that ONNX Runtime does not take throws what it says", () => {
    const builder = new OnnxGraphBuilder();
    builder.output(builder.op("NoSuchOp", [builder.input("float32", [2])]), "float32");
    const graph = builder.graph();
    expect(() => new OrtSession(binding!, encodeOnnxModel(graph), graph.inputs, graph.outputs)).toThrow(/NoSuchOp/);
  });
});
