import { expect, test } from "vitest";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";

test.each([
  ["lstm", "bidirectional", 2, 4, 2],
  ["gru", "unidirectional", 1, 3, 3],
])("%s, %s: canonical parameters go there and back", (mode, direction, layers, gates, units) => {
  const inputSize = 2;
  const directions = direction === "bidirectional" ? 2 : 1;
  const attrs = { rnn_mode: mode, direction };
  const graph = new Graph();
  const run = (make: () => readonly Tensor[]): readonly TensorValue[] =>
    withGraph(graph, () => {
      const fetches = make();
      return new Session(graph).run(fetches);
    });
  const sizes = (): Tensor[] => [layers, units, inputSize].map((size) => constant(intValue([size], [])));
  const [size] = run(() => [build("CudnnRNNParamsSize", sizes(), { ...attrs, T: "float32", S: "int32" })]);
  const matrices = layers * directions * 2 * gates;
  let expected = matrices * units;
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? inputSize : directions * units;
    expected += directions * gates * units * (width + units);
  }
  expect(size?.data[0]).toBe(expected);
  const params = floatValue(Float32Array.from({ length: expected }, (_, i) => i));
  const parts = run(
    () => buildOp("CudnnRNNParamsToCanonical", [...sizes(), params], { ...attrs, num_params: matrices }).outputs,
  );
  expect(parts).toHaveLength(2 * matrices);
  expect(parts[0]?.shape).toEqual([units, inputSize]);
  const [back] = run(() => [
    build("CudnnRNNCanonicalToParams", [...sizes(), parts.slice(0, matrices), parts.slice(matrices)], attrs),
  ]);
  expect(back).toEqual(params);
});
