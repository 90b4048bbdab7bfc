import { describe, expect, it } from "vitest";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { nameScope, withGraph } from "../../graph/scope.js";
import type { Initializer, Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { unary } from "../nn/arithmetic.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { batchNormalization } from "./batch-normalization.js";
import { dense } from "./dense.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import {
  constantInitializer,
  glorotNormalInitializer,
  glorotUniformInitializer,
  heNormalInitializer,
  heUniformInitializer,
  onesInitializer,
  randomNormalInitializer,
  randomUniformInitializer,
  truncatedNormalInitializer,
  varianceScalingInitializer,
  zerosInitializer,
} from "./initializers.js";

interface InitializerCase {
  readonly name: string;
  readonly graphSeed: number | null;
  readonly options: Readonly<Record<string, never>>;
  readonly shape: readonly number[];
  readonly value: StoredTensor;
}

const initializers: Readonly<Record<string, (options: Readonly<Record<string, never>>) => Initializer>> = {
  zeros: () => zerosInitializer(),
  ones: () => onesInitializer(),
  constant: ({ value }) => constantInitializer(value!),
  glorotUniform: glorotUniformInitializer,
  glorotNormal: glorotNormalInitializer,
  heNormal: heNormalInitializer,
  heUniform: heUniformInitializer,
  randomUniform: randomUniformInitializer,
  randomNormal: randomNormalInitializer,
  truncatedNormal: truncatedNormalInitializer,
  varianceScaling: varianceScalingInitializer,
};

describe("initializers draw what TensorFlow's draw", () => {
  for (const { name, graphSeed, options, shape, value } of readFixture<{ cases: InitializerCase[] }>("initializers")
    .cases) {
    it(`${name} ${JSON.stringify(options)}, graph seed ${graphSeed}`, () => {
      const graph = new Graph();
      graph.seed = graphSeed ?? undefined;
      const made = withGraph(graph, () => initializers[name]!(options)(shape, "float32"));
      expect(largestError(new Session(graph).run([made])[0]!, restored(value))).toBeLessThan(2e-6);
    });
  }
});

function run(outputs: Tensor): readonly number[] {
  const { graph } = outputs;
  const session = new Session(graph);
  for (const { initializer } of graph.getCollection<Variable>(collectionKeys.globalVariables))
    session.run([], new Map(), [initializer]);
  return Array.from(session.run([outputs])[0]!.data as Float32Array);
}

describe("layers", () => {
  it("dense multiplies, adds and activates under TensorFlow's names", () => {
    withGraph(new Graph(), (graph) => {
      const x = constant([[1, -2]]);
      const outputs = nameScope("dnn", () =>
        dense(x, {
          units: 2,
          name: "hiddenlayer_0",
          activation: (y) => unary("Relu", y),
          kernelInitializer: () =>
            constant([
              [1, 2],
              [3, -4],
            ]),
          biasInitializer: constantInitializer(0.5),
        }),
      );
      expect(outputs.name).toBe("dnn/hiddenlayer_0/Relu:0");
      expect(graph.getCollection<Variable>(collectionKeys.trainableVariables).map(({ name }) => name)).toEqual([
        "dnn/hiddenlayer_0/kernel",
        "dnn/hiddenlayer_0/bias",
      ]);
      expect(run(outputs)).toEqual([0, 10.5]);
    });
  });

  it("dense works on the last dimension of higher ranks", () => {
    withGraph(new Graph(), () => {
      const x = constant([
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ]);
      const outputs = dense(x, { units: 1, useBias: false, kernelInitializer: onesInitializer() });
      expect(run(outputs)).toEqual([3, 7, 11, 15]);
    });
  });

  it("dense wants to know its inputs' width", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [-1, -1] });
      expect(() => dense(x, { units: 1 })).toThrow(
        "The last dimension of the inputs to a Dense layer should be defined. Found None.",
      );
    });
  });

  it("dropout keeps the mean and zeroes its share", () => {
    withGraph(new Graph(), () => {
      const values = run(
        dropout(constant(toTensor(new Float32Array(10_000).fill(1))), { rate: 0.25, seed: 3, training: true }),
      );
      const zeros = values.filter((value) => value === 0).length;
      expect(Math.abs(zeros / values.length - 0.25)).toBeLessThan(0.02);
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
      expect(() => dropout(constant([1]), { rate: 1.5, training: true })).toThrow("Invalid value received for `rate`");
    });
  });

  it("batch normalization centres and scales a batch, and uses moving averages otherwise", () => {
    withGraph(new Graph(), (graph) => {
      const x = constant([
        [1, 10],
        [3, 30],
      ]);
      const trained = run(batchNormalization(x, { training: true }));
      expect(trained.map((value) => Math.round(value))).toEqual([-1, -1, 1, 1]);
      expect(graph.getCollection(collectionKeys.updateOps)).toHaveLength(2);
      const served = run(batchNormalization(x, { training: false, epsilon: 0, name: "served" }));
      expect(served.map((value) => Math.round(value))).toEqual([1, 10, 3, 30]);
      expect(graph.getCollection(collectionKeys.updateOps)).toHaveLength(2);
    });
  });

  it("flatten keeps the batch", () => {
    withGraph(new Graph(), (graph) => {
      const flat = flatten(
        constant([
          [
            [1, 2],
            [3, 4],
          ],
          [
            [5, 6],
            [7, 8],
          ],
        ]),
      );
      expect(new Session(graph).run([flat])[0]!.shape).toEqual([2, 4]);
    });
  });
});
