import { describe, expect, it } from "vitest";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { Session } from "../session.js";
import { ortPartitioner, type SegmentEvent } from "./index.js";

const [width, hidden] = [24, 64];

function floats(shape: readonly number[], at: (i: number) => number): TensorValue {
  return tensorValue(
    "float32",
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
  );
}

/** A network of two layers under gradient descent: what its weights are after steps of these batch sizes. */
function trained(batches: readonly number[], events: SegmentEvent[] | undefined): number[][] {
  const graph = new Graph();
  const { feeds, steps, weights } = withGraph(graph, () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, width] }, "x");
    const weight = (name: string, shape: readonly number[]) =>
      new Variable({
        name,
        initializer: () => constant(floats(shape, (i) => Math.sin(i) / 4)),
        dtype: "float32",
        shape,
      });
    const weights = [weight("a", [width, hidden]), weight("b", [hidden, hidden]), weight("bias", [hidden])];
    const [a, b, bias] = weights as [Variable, Variable, Variable];
    const layer = (input: Tensor, kernel: Variable) =>
      build("Relu", [build("BiasAdd", [build("MatMul", [input, kernel.read()]), bias.read()])]);
    const loss = build("Mean", [layer(layer(x, a), b), constant([0, 1], "int32")]);
    const all = gradients(
      [loss],
      weights.map((variable) => variable.handle),
    );
    const steps: Operation[] = weights.map((variable, i) =>
      buildOp("ResourceApplyGradientDescent", [variable.handle, constant(0.5), all[i] as Tensor], {}, `step_${i}`),
    );
    return { feeds: [x], steps, weights };
  });
  const session = new Session(graph, {
    ...(events === undefined ? {} : { partitioner: ortPartitioner({ observe: (event) => events.push(event) }) }),
  });
  session.run(
    [],
    new Map(),
    weights.map((variable) => variable.initializer),
  );
  const step = session.callable({ feeds, targets: steps });
  batches.forEach((rows, i) => void step([floats([rows, width], (k) => Math.cos(k * (i + 1)))]));
  return session
    .run(withGraph(graph, () => weights.map((variable) => variable.read())))
    .map(({ data }) => [...(data as Float32Array)]);
}

describe("segments of a training step", () => {
  it("train as the host does, with batches of changing sizes in memory that serves again", () => {
    const batches = [64, 64, 64, 7, 64, 128, 128, 64];
    const events: SegmentEvent[] = [];
    const fast = trained(batches, events);
    const host = trained(batches, undefined);
    fast.forEach((weight, w) => {
      weight.forEach((value, i) => void expect(Math.abs(value - host[w]![i]!)).toBeLessThan(1e-5));
    });
    expect(events.filter(({ ran }) => ran === "onnxruntime").length).toBeGreaterThan(4);
    expect(events.filter(({ ran }) => ran === "failed")).toEqual([]);
  });
});
