import { describe, expect, it } from "vitest";
import { stringValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
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

function weight(name: string, shape: readonly number[]): Variable {
  const initializer = (): Tensor => constant(floats(shape, (i) => Math.sin(i) / 4));
  return new Variable({ name, initializer, dtype: "float32", shape });
}

/** A network of two layers under gradient descent: what its weights are after steps of these batch sizes. */
function trained(batches: readonly number[], events: SegmentEvent[] | undefined): number[][] {
  const graph = new Graph();
  const { feeds, steps, weights } = withGraph(graph, () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, width] }, "x");
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

  it("are one where loss and derivative lie between forward and backward pass", () => {
    const events: SegmentEvent[] = [];
    const fast = classifier(events);
    const host = classifier(undefined);
    const segments = fast.steps.filter(({ type }) => type === "_PlanOrt");
    expect(segments.length).toBe(1);
    expect(segments[0]!.ops).toEqual(expect.arrayContaining(["MatMul", "Exp", "Select", "AddN", "BiasAddGrad"]));
    for (const rows of [64, 64, 7, 128]) {
      const batch = examples(rows, rows);
      const [a, b] = [fast.step(batch), host.step(batch)].map(([loss]) => (loss!.data as Float32Array)[0]!);
      expect(Math.abs(a! - b!)).toBeLessThan(1e-5);
    }
    const [ours, theirs] = [fast.weights(), host.weights()];
    ours.forEach((weight, w) => {
      weight.forEach((value, i) => void expect(Math.abs(value - theirs[w]![i]!)).toBeLessThan(1e-5));
    });
    expect(events.some(({ ran }) => ran === "onnxruntime")).toBe(true);
    expect(events.filter(({ ran }) => ran === "failed")).toEqual([]);
  });

  it("take the loss of several classes along, and refuse what is none of them", () => {
    const events: SegmentEvent[] = [];
    const [fast, host] = [classifier(events, 5, softmaxLoss), classifier(undefined, 5, softmaxLoss)];
    expect(fast.steps.filter(({ type }) => type === "_PlanOrt").length).toBe(1);
    const batch = (label: bigint): TensorValue[] => [
      floats([64, width], (i) => Math.cos(i * 1.7)),
      tensorValue(
        "int64",
        [64],
        BigInt64Array.from({ length: 64 }, (_, i) => (i === 9 ? label : BigInt(i % 5))),
      ),
    ];
    for (let i = 0; i < 3; i++) {
      const [a, b] = [fast, host].map(({ step }) => (step(batch(4n))[0]!.data as Float32Array)[0]!);
      expect(Math.abs(a! - b!)).toBeLessThan(1e-5);
    }
    expect(events.map(({ ran }) => ran)).toEqual(["onnxruntime", "onnxruntime", "onnxruntime"]);
    for (const label of [5n, -1n])
      expect(() => fast.step(batch(label))).toThrow(
        `Received a label value of ${label} which is outside the valid range`,
      );
  });

  it("leave the checks of labels in front", () => {
    for (const events of [[], undefined]) {
      const { step } = classifier(events);
      expect(() => step(examples(64, 63))).toThrow(/as many labels as logits/);
    }
  });
});

function examples(rows: number, labels: number): TensorValue[] {
  return [floats([rows, width], (i) => Math.cos(i * 1.7)), floats([labels, 1], (i) => i % 2)];
}

type LossOf = (logits: Tensor) => { readonly y: Tensor; readonly loss: Tensor };

/** The logistic loss as its parts, of labels that are checked to be as many. */
function logisticLoss(logits: Tensor) {
  const y = build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, "y");
  const same = build("All", [build("Equal", [build("Shape", [logits]), build("Shape", [y])]), constant([0], "int32")]);
  const check = buildOp("Assert", [same, [stringValue(["as many labels as logits"], [])]]);
  const labels = controlDependencies([check], () => build("Identity", [y]));
  const zeros = build("ZerosLike", [logits]);
  const isPositive = build("GreaterEqual", [logits, zeros]);
  const positive = build("Select", [isPositive, logits, zeros]);
  const negative = build("Select", [isPositive, build("Neg", [logits]), logits]);
  const each = build("AddV2", [
    build("Sub", [positive, build("Mul", [logits, labels])]),
    build("Log1p", [build("Exp", [negative])]),
  ]);
  const count = build("Cast", [build("Size", [each])], { DstT: "float32" });
  return { y, loss: build("DivNoNan", [build("Sum", [each, constant([0, 1], "int32")]), count]) };
}

function softmaxLoss(logits: Tensor) {
  const y = build("Placeholder", [], { dtype: "int64", shape: [-1] }, "y");
  const [each] = buildOp("SparseSoftmaxCrossEntropyWithLogits", [logits, y]).outputs;
  return { y, loss: build("Mean", [each!, constant([0], "int32")]) };
}

/** A training of `out` logits a row under a loss; `steps` is what a training step's plan does. */
function classifier(events: SegmentEvent[] | undefined, out = 1, lossOf: LossOf = logisticLoss) {
  const graph = new Graph();
  const { x, y, loss, update, variables } = withGraph(graph, () => {
    const x = build("Placeholder", [], { dtype: "float32", shape: [-1, width] }, "x");
    const variables = [weight("a", [width, hidden]), weight("bias", [hidden]), weight("out", [hidden, out])];
    const [a, bias, last] = variables as [Variable, Variable, Variable];
    const inner = build("Relu", [build("BiasAdd", [build("MatMul", [x, a.read()]), bias.read()])]);
    const { y, loss } = lossOf(build("MatMul", [inner, last.read()]));
    const all = gradients(
      [loss],
      variables.map(({ handle }) => handle),
    );
    const update = variables.map(({ handle }, i) =>
      buildOp("ResourceApplyGradientDescent", [handle, constant(0.5), all[i] as Tensor]),
    );
    return { x, y, loss, update, variables };
  });
  const session = new Session(graph, {
    ...(events === undefined ? {} : { partitioner: ortPartitioner({ observe: (event) => events.push(event) }) }),
  });
  session.run(
    [],
    new Map(),
    variables.map(({ initializer }) => initializer),
  );
  const request = { feeds: [x, y], fetches: [loss], targets: update };
  const reads = withGraph(graph, () => variables.map((variable) => variable.read()));
  return {
    steps: session.explain(request).steps,
    step: session.callable(request),
    weights: () => session.run(reads).map(({ data }) => [...(data as Float32Array)]),
  };
}
