import { describe, expect, it } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import { Graph, type Operation, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { Variable } from "../graph/variable.js";
import { Session } from "../runtime/session.js";
import * as image from "./image/index.js";
import * as layers from "./layers/index.js";
import { constantInitializer, glorotUniformInitializer } from "./layers/initializers.js";
import * as regularizers from "./layers/regularizers.js";
import * as losses from "./losses/index.js";
import * as math from "./math/reductions.js";
import type { Metric } from "./metric.js";
import * as metrics from "./metrics/index.js";
import * as clip from "./nn/clip.js";
import * as nn from "./nn/index.js";
import { ExponentialMovingAverage } from "./optimizer/exponential-moving-average.js";
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
  readonly steps?: readonly MetricStep[];
}

type Builder = (...args: unknown[]) => unknown;
const groups = { losses, nn, image, layers, math, clip, metrics } as unknown as Readonly<
  Record<string, Readonly<Record<string, Builder>>>
>;

/** Where floats of one formula are summed in another order. */
const tolerance = 2e-5;

function tensorsOf(made: unknown): Tensor[] {
  return made instanceof Tensor ? [made] : Object.values(made as Record<string, Tensor>);
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

/** The kernels of layers were drawn by this, and their biases are 0.25. */
function layerOptions(name: string): Readonly<Record<string, unknown>> {
  if (!/conv/i.test(name)) return {};
  return { kernelInitializer: glorotUniformInitializer({ seed: 7 }), biasInitializer: constantInitializer(0.25) };
}

function replay({ group, name, options, args, plain, tensors, graphSeed }: Case): TensorValue[] {
  const graph = new Graph();
  graph.seed = graphSeed ?? undefined;
  const fetches = withGraph(graph, () => {
    const extra = Object.fromEntries(
      Object.entries(tensors ?? {}).map(([key, value]) => [key, constant(restored(value))]),
    );
    const given = args!.map((arg) => constant(restored(arg)));
    const full = { ...options, ...extra, ...(group === "layers" ? layerOptions(name) : {}) };
    return tensorsOf(groups[group]![name]!(...given, ...plain!, full));
  });
  const session = new Session(graph);
  initialize(session, graph);
  return session.run(fetches) as TensorValue[];
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
      expect(got).toHaveLength(test.outputs!.length);
      for (const [k, output] of test.outputs!.entries()) {
        const want = restored(output);
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
