import { describe, expect, it } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import { denseGradient } from "../graph/gradient.js";
import { gradients } from "../graph/gradients.js";
import { Graph, type Operation, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { SparseTensor } from "../graph/sparse-tensor.js";
import { type Initializer, Variable } from "../graph/variable.js";
import { Session } from "../runtime/session.js";
import * as image from "./image/index.js";
import * as layers from "./layers/index.js";
import { constantInitializer, glorotUniformInitializer } from "./layers/initializers.js";
import * as initializers from "./layers/public-initializers.js";
import * as regularizers from "./layers/regularizers.js";
import * as losses from "./losses/index.js";
import * as functions from "./math/functions.js";
import * as math from "./math/reductions.js";
import * as sparse from "./math/sparse.js";
import * as strings from "./math/strings.js";
import type { Metric } from "./metric.js";
import * as metrics from "./metrics/index.js";
import { activationOf } from "./nn/activation-by-name.js";
import * as clip from "./nn/clip.js";
import * as nn from "./nn/index.js";
import { ExponentialMovingAverage } from "./optimizer/exponential-moving-average.js";
import * as summary from "./public-summary.js";
import { largestError, readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

interface MetricStep {
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly update: StoredTensor;
  readonly value: StoredTensor;
}

interface Case {
  readonly group: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly args?: readonly StoredTensor[];
  readonly plain?: readonly unknown[];
  readonly tensors?: Readonly<Record<string, StoredTensor>>;
  readonly graphSeed?: number | null;
  readonly outputs?: readonly StoredTensor[];
  /** Of the float outputs by the first argument. */
  readonly gradient?: StoredTensor;
  readonly steps?: readonly MetricStep[];
}

type Builder = (...args: unknown[]) => unknown;
/** Functions whose tensors are a list, or come after something else: `given` ends in what is plain and the options. */
const wrapped = {
  concat: (...given: readonly unknown[]) => {
    const [axis, options] = given.slice(-2) as [number, object];
    return functions.concat(given.slice(0, -2) as Tensor[], axis, options);
  },
  einsum: (...given: readonly unknown[]) =>
    functions.einsum(given.at(-2) as string, ...(given.slice(0, -2) as Tensor[])),
};
const groups = {
  wrapped,
  losses,
  nn,
  image,
  layers,
  math,
  clip,
  metrics,
  functions,
  strings,
  sparse,
} as unknown as Readonly<Record<string, Readonly<Record<string, Builder>>>>;

/** Where floats of one formula are summed in another order. */
const tolerance = 2e-5;

/** The tensors of a result, in the order of its fields. */
function tensorsOf(made: unknown): Tensor[] {
  if (made instanceof Tensor) return [made];
  return typeof made === "object" && made !== null ? Object.values(made).flatMap(tensorsOf) : [];
}

/** A recorded tensor; texts hold a byte in each letter. */
function tensorOf(stored: StoredTensor): TensorValue {
  if (typeof stored.v === "string") return restored(stored);
  return {
    dtype: "string",
    shape: stored.s,
    data: stored.v.map((text) => Uint8Array.from(Buffer.from(text, "latin1"))),
  };
}

function initialize(session: Session, graph: Graph): void {
  const all = [collectionKeys.globalVariables, collectionKeys.localVariables].flatMap((key) =>
    graph.getCollection<Variable>(key),
  );
  if (all.length === 0) return;
  session.run(
    [],
    new Map(),
    all.map((variable) => variable.initializer),
  );
}

const penalties: Readonly<Record<string, regularizers.Regularizer>> = {
  l1: regularizers.l1Regularizer(0.2),
  l2: regularizers.l2Regularizer(0.1),
};

/** The options of a layer: initializers are recorded as the number they fill in, regularizers by name; kernels were drawn by a seed, biases are 0.25. */
function layerOptions(name: string, options: Case["options"]): Readonly<Record<string, unknown>> {
  const made = Object.entries(options).map(([key, value]) => {
    if (key.endsWith("Initializer")) return [key, constantInitializer(value as number)];
    return [key, key.endsWith("Regularizer") ? penalties[value as string] : value];
  });
  const drawn = {
    kernelInitializer: glorotUniformInitializer({ seed: 7 }),
    biasInitializer: constantInitializer(0.25),
  };
  return { ...Object.fromEntries(made), ...(/conv|dense/i.test(name) ? drawn : {}) };
}

/** What a layer leaves besides its outputs: penalties, and the moving averages of batch normalization. */
function leftBehind(graph: Graph): Tensor[] {
  const moving = graph
    .getCollection<Variable>(collectionKeys.globalVariables)
    .filter((variable) => variable.name.includes("moving_"));
  return [
    ...graph.getCollection<Tensor>(collectionKeys.regularizationLosses),
    ...withGraph(graph, () => moving.map((variable) => variable.read())),
  ];
}

/** What the twins of the recorder's summaries make. */
function summaryOf(name: string, value: Tensor, tag: string, options: object): Tensor {
  const twice = (): Tensor => build("Mul", [value, 2], {}, "mul");
  if (name === "scalar") return summary.scalar(tag, value, options);
  if (name === "histogram") return summary.histogram(tag, value, options);
  if (name === "merge") return summary.merge([summary.scalar("a", value), summary.scalar("b", twice())]);
  summary.scalar("a", value);
  summary.scalar("b", twice(), { collections: ["others"] });
  summary.scalar("c", value);
  return summary.mergeAll()!;
}

function replay({ group, name, options, args, plain, tensors, graphSeed, gradient }: Case): TensorValue[] {
  const graph = new Graph();
  graph.seed = graphSeed ?? undefined;
  const fetches = withGraph(graph, () => {
    const extra = Object.fromEntries(
      Object.entries(tensors ?? {}).map(([key, value]) => [key, constant(restored(value))]),
    );
    const given = args!.map((arg) => constant(tensorOf(arg)));
    const spoken = options["ord"] === "inf" ? { ...options, ord: Number.POSITIVE_INFINITY } : options;
    const full = { ...(group === "layers" ? layerOptions(name, options) : spoken), ...extra };
    if (group === "initializers") {
      const { shape = [4, 3], ...others } = options as { readonly shape?: readonly number[] };
      return [(initializers as unknown as Record<string, (o: object) => Initializer>)[name]!(others)(shape, "float32")];
    }
    if (group === "summary") {
      const bytes = build("DecodeRaw", [summaryOf(name, given[0]!, plain![0] as string, options)], {
        out_type: "uint8",
      });
      return [build("Cast", [bytes], { DstT: "int32" })];
    }
    if (group === "activations") return [activationOf(name)(given[0]!)];
    const [indices, values, denseShape, ...rest] = given;
    const first = group === "sparse" ? [new SparseTensor(indices!, values!, denseShape!), ...rest] : given;
    const made = tensorsOf(groups[group]![name]!(...first, ...plain!, full));
    if (gradient === undefined) return made;
    const floats = made.filter(({ dtype }) => dtype === "float32");
    return [...made, denseGradient(gradients(floats, [given[0]!])[0]!)];
  });
  const session = new Session(graph);
  initialize(session, graph);
  const updates = graph.getCollection<Operation>(collectionKeys.updateOps);
  const outputs = session.run(fetches, new Map(), updates) as TensorValue[];
  const left = group === "layers" ? leftBehind(graph) : [];
  return left.length === 0 ? outputs : [...outputs, ...(session.run(left) as TensorValue[])];
}

function replayMetric({ name, options, steps }: Case): { update: TensorValue; value: TensorValue }[] {
  const graph = new Graph();
  const first = steps![0]!.inputs;
  const [feeds, metric] = withGraph(graph, () => {
    const placeholders = Object.fromEntries(
      Object.entries(first).map(([key, { d, s }]) => [key, build("Placeholder", [], { dtype: d, shape: [...s] }, key)]),
    );
    const { labels, predictions, predictionsIdx, values, ...rest } = placeholders;
    const inputs = values === undefined ? [labels, predictions ?? predictionsIdx] : [values];
    return [placeholders, groups["metrics"]![name]!(...inputs, { ...options, ...rest }) as Metric] as const;
  });
  const session = new Session(graph);
  initialize(session, graph);
  return steps!.map(({ inputs }) => {
    const feed = new Map(Object.entries(inputs).map(([key, value]) => [feeds[key]!, restored(value)]));
    const [update] = session.run([metric.update as Tensor], feed);
    const [value] = session.run([metric.value]);
    return { update: update!, value: value! };
  });
}

describe("the public surface computes what TensorFlow 2.15 computes", () => {
  for (const [i, test] of readFixture<{ cases: Case[] }>("public-surface").cases.entries()) {
    it(`${i} ${test.group}.${test.name} ${JSON.stringify(test.options)}`, () => {
      if (test.steps !== undefined) {
        for (const [step, got] of replayMetric(test).entries()) {
          expect(largestError(got.update, restored(test.steps[step]!.update))).toBeLessThan(tolerance);
          expect(largestError(got.value, restored(test.steps[step]!.value))).toBeLessThan(tolerance);
        }
        return;
      }
      const got = replay(test);
      const outputs = [...test.outputs!, ...(test.gradient === undefined ? [] : [test.gradient])];
      expect(got).toHaveLength(outputs.length);
      for (const [k, output] of outputs.entries()) {
        const want = tensorOf(output);
        if (want.dtype === "string") {
          expect(got[k]).toEqual(want);
          continue;
        }
        // Bytes of images may differ by one where a float lies next to a bound.
        const bound = want.dtype === "uint8" ? 1.01 / 128 : tolerance;
        expect(largestError(got[k]!, want)).toBeLessThan(bound);
      }
    });
  }
});

describe("what acts on variables", () => {
  const scalar = (session: Session, tensor: Tensor): number => Number(session.run([tensor])[0]!.data[0]);

  it("moving averages follow with the decay, or faster while there are few updates", () => {
    const graph = new Graph();
    const [run, read] = withGraph(graph, () => {
      const variable = new Variable({ name: "v", initializer: constant(1) });
      const averages = new ExponentialMovingAverage({ decay: 0.9, numUpdates: 0 });
      const update: Operation = averages.apply([variable]);
      expect(averages.averageName(variable)).toBe("v/ExponentialMovingAverage");
      expect(Object.keys(averages.variablesToRestore())).toEqual(["v/ExponentialMovingAverage"]);
      return [[variable.assign(constant(2)), update], averages.average(variable).read()] as const;
    });
    const session = new Session(graph);
    initialize(session, graph);
    expect(scalar(session, read)).toBe(1);
    for (const op of run) session.run([], new Map(), [op]);
    // min(0.9, (1 + 0) / (10 + 0)) of the old 1, the rest of the new 2.
    expect(scalar(session, read)).toBeCloseTo(0.1 * 1 + 0.9 * 2, 6);
  });

  it("regularizers of layers are in the total loss", () => {
    const graph = new Graph();
    const total = withGraph(graph, () => {
      const x = constant([[1, 2]]);
      layers.dense(x, {
        units: 1,
        kernelInitializer: constantInitializer(3),
        kernelRegularizer: regularizers.l1L2Regularizer({ l1: 0.1, l2: 0.01 }),
      });
      losses.meanSquaredError(constant([1]), constant([4]));
      return losses.getTotalLoss();
    });
    const session = new Session(graph);
    initialize(session, graph);
    expect(scalar(session, total)).toBeCloseTo(9 + 0.1 * 6 + 0.01 * 18, 5);
  });

  it("weights that do not fit are refused with TensorFlow's words", () => {
    const refused = (): unknown =>
      withGraph(new Graph(), () =>
        losses.absoluteDifference(constant([[1, 2]]), constant([[1, 2]]), { weights: constant([1, 2]) }),
      );
    expect(refused).toThrow(
      "weights can not be broadcast to values. values.rank=2. weights.rank=1. values.shape=(1, 2). weights.shape=(2).",
    );
  });
});
