/**
 * Times of one run of small networks on the host kernels, in ONNX Runtime, and as the partitioner decides.
 *
 *     node --conditions=@tureen/source --import tsx bench/placement.ts
 *
 * Weights and inputs are seeded. Prints lines of JSON: {"bench": "placement", "name", "hostMicros", "ortMicros", "micros", "reference"}. The
 * reference of the automatic choice is the better of the two; the ratio should be near 1.
 */
import { floatValue, type TensorValue } from "../packages/tureen/src/core/tensor-value.js";
import { build, buildOp, type TensorLike } from "../packages/tureen/src/graph/build-op.js";
import { gradients } from "../packages/tureen/src/graph/gradients.js";
import { Graph, type Tensor } from "../packages/tureen/src/graph/graph.js";
import { withGraph } from "../packages/tureen/src/graph/scope.js";
import { hostOnly, ortPartitioner } from "../packages/tureen/src/runtime/ort/index.js";
import { type CallableRequest, Session } from "../packages/tureen/src/runtime/session.js";

/** Long enough for the compiler to settle and for a stable mean, short enough for a shared machine. */
const warmUpMs = 100;
const measureMs = 250;

/** A linear congruential generator (Numerical Recipes), so that every run times the same numbers. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const random = seeded(7);

function randomValue(shape: readonly number[], scale = 1): TensorValue<"float32"> {
  const count = shape.reduce((a, b) => a * b, 1);
  return floatValue(
    Float32Array.from({ length: count }, () => random() * scale),
    [...shape],
  );
}

function placeholder(name: string, shape: readonly number[]): Tensor {
  return build("Placeholder", [], { dtype: "float32", shape }, name);
}

function dense(input: Tensor, weights: TensorLike, bias: TensorLike, activation: string | undefined): Tensor {
  const linear = build("BiasAdd", [build("MatMul", [input, weights]), bias]);
  return activation === undefined ? linear : build(activation, [linear]);
}

interface Subject {
  readonly name: string;
  readonly graph: Graph;
  readonly request: CallableRequest;
  readonly feeds: readonly TensorValue[];
}

function mlp(sizes: readonly number[], batch: number): Subject {
  const graph = new Graph();
  return withGraph(graph, () => {
    const x = placeholder("x", [-1, sizes[0]!]);
    let layer = x;
    for (let i = 1; i < sizes.length; i++) {
      const last = i === sizes.length - 1;
      layer = dense(
        layer,
        randomValue([sizes[i - 1]!, sizes[i]!], 0.3),
        randomValue([sizes[i]!]),
        last ? "Softmax" : "Relu",
      );
    }
    return {
      name: `MLP ${sizes.join("-")}, batch ${batch}`,
      graph,
      request: { feeds: [x], fetches: [layer] },
      feeds: [randomValue([batch, sizes[0]!])],
    };
  });
}

function cnn(batch: number): Subject {
  const graph = new Graph();
  return withGraph(graph, () => {
    const x = placeholder("x", [-1, 28, 28, 1]);
    const conv = (input: Tensor, from: number, to: number): Tensor => {
      const y = build("Conv2D", [input, randomValue([3, 3, from, to], 0.5)], {
        strides: [1, 1, 1, 1],
        padding: "SAME",
      });
      const relu = build("Relu", [build("BiasAdd", [y, randomValue([to])])]);
      return build("MaxPool", [relu], { ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: "VALID" });
    };
    const features = conv(conv(x, 1, 16), 16, 32);
    const flat = build("Reshape", [features, [-1, 7 * 7 * 32]]);
    const logits = dense(flat, randomValue([7 * 7 * 32, 10], 0.1), randomValue([10]), "Softmax");
    return {
      name: `CNN 28x28 conv16 conv32 dense10, batch ${batch}`,
      graph,
      request: { feeds: [x], fetches: [logits] },
      feeds: [randomValue([batch, 28, 28, 1])],
    };
  });
}

/** Forward, loss, gradients and plain gradient descent of a classifier whose weights are variables. */
function training(sizes: readonly number[], batch: number): Subject & { readonly init: readonly string[] } {
  const graph = new Graph();
  return withGraph(graph, () => {
    const x = placeholder("x", [-1, sizes[0]!]);
    const labels = build("Placeholder", [], { dtype: "int32", shape: [-1] }, "labels");
    const init: string[] = [];
    const variables: { readonly handle: Tensor; readonly read: Tensor }[] = [];
    const variable = (name: string, value: TensorValue): Tensor => {
      const handle = build("VarHandleOp", [], { dtype: "float32", shape: value.shape, shared_name: name }, name);
      init.push(buildOp("AssignVariableOp", [handle, value]).name);
      const read = build("ReadVariableOp", [handle], { dtype: "float32" });
      variables.push({ handle, read });
      return read;
    };
    let layer = x;
    for (let i = 1; i < sizes.length; i++) {
      const weights = variable(`w${i}`, randomValue([sizes[i - 1]!, sizes[i]!], 0.3));
      layer = dense(
        layer,
        weights,
        variable(`b${i}`, randomValue([sizes[i]!])),
        i === sizes.length - 1 ? undefined : "Relu",
      );
    }
    const losses = buildOp("SparseSoftmaxCrossEntropyWithLogits", [layer, labels]).outputs[0]!;
    const loss = build("Mean", [losses, [0]]);
    const slopes = gradients(
      [loss],
      variables.map(({ read }) => read),
    );
    const updates = variables.map(({ handle }, i) =>
      buildOp("ResourceApplyGradientDescent", [handle, 0.01, slopes[i] as Tensor]),
    );
    const answers: TensorValue<"int32"> = {
      dtype: "int32",
      shape: [batch],
      data: Int32Array.from({ length: batch }, (_, i) => i % sizes.at(-1)!),
    };
    return {
      name: `training step ${sizes.join("-")}, batch ${batch}`,
      graph,
      request: { feeds: [x, labels], fetches: [loss], targets: updates },
      feeds: [randomValue([batch, sizes[0]!]), answers],
      init,
    };
  });
}

function microseconds(run: () => void): number {
  for (const end = performance.now() + warmUpMs; performance.now() < end; ) run();
  let runs = 0;
  const start = performance.now();
  for (; performance.now() - start < measureMs; runs++) run();
  return ((performance.now() - start) * 1000) / runs;
}

function time(
  subject: Subject & { readonly init?: readonly string[] },
  mode: "host" | "onnxruntime" | "automatic",
): number {
  const partitioner = mode === "host" ? hostOnly : ortPartitioner({ always: mode === "onnxruntime" });
  // Without variables to train, every variable is a constant of a served model.
  const session = new Session(subject.graph, { partitioner });
  if (subject.init !== undefined) session.run([], new Map(), subject.init);
  const callable = session.callable(subject.request);
  const result = microseconds(() => callable(subject.feeds));
  session.close();
  return result;
}

const subjects: (() => Subject)[] = [
  () => mlp([64, 128, 64, 10], 1),
  () => mlp([64, 128, 64, 10], 4),
  () => mlp([64, 128, 64, 10], 64),
  () => mlp([30, 100, 75, 50, 25, 1], 1),
  () => mlp([30, 100, 75, 50, 25, 1], 32),
  () => mlp([4, 10, 3], 1),
  () => cnn(1),
  () => cnn(16),
  () => training([20, 100, 75, 50, 25, 3], 128),
  () => training([20, 100, 75, 50, 25, 3], 16),
];

for (const make of subjects) {
  const subject = make();
  const [hostMicros, ortMicros, micros] = (["host", "onnxruntime", "automatic"] as const).map((mode) =>
    time(subject, mode),
  ) as [number, number, number];
  const reference = { micros: Math.min(hostMicros, ortMicros) };
  console.log(JSON.stringify({ bench: "placement", name: subject.name, hostMicros, ortMicros, micros, reference }));
}
