import { describe, expect, it } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import { denseGradient } from "../graph/gradient.js";
import { gradients } from "../graph/gradients.js";
import { Graph, type Operation, Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { type Constraint, Variable } from "../graph/variable.js";
import { Session } from "../runtime/session.js";
import { getOrCreateGlobalStep } from "./global-step.js";
import * as constraints from "./layers/constraints.js";
import * as layers from "./layers/index.js";
import { mul, sub } from "./nn/arithmetic.js";
import * as nn from "./nn/index.js";
import type { CellState, RnnCell } from "./nn/recurrent/rnn-cell.js";
import { reduceMean, reduceSum } from "./nn/tensor-shape.js";
import { SGD } from "./optimizer/keras/sgd.js";
import { adamOptimizer } from "./optimizer/train/adam.js";
import { gradientDescentOptimizer } from "./optimizer/train/gradient-descent.js";
import { largestError, readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

type Stored = Readonly<Record<string, StoredTensor>>;

interface Fixture {
  readonly networks: readonly {
    readonly network: string;
    readonly cell: string;
    readonly inputs: StoredTensor;
    readonly lengths: StoredTensor;
    readonly variables: Stored;
    readonly outputs: readonly StoredTensor[];
    readonly gradients: readonly StoredTensor[];
  }[];
  readonly constraints: readonly {
    readonly name: string;
    readonly options: object;
    readonly optimizer: string;
    readonly inputs: StoredTensor;
    readonly kernel: StoredTensor;
    readonly bias: StoredTensor;
    readonly steps: readonly Stored[];
  }[];
  readonly normalizations: readonly {
    readonly options: layers.BatchNormalizationOptions;
    readonly steps: readonly {
      readonly batch: StoredTensor;
      readonly gradient: StoredTensor;
      readonly outputs: StoredTensor;
      readonly variables: Stored;
    }[];
  }[];
}

const fixture = readFixture<Fixture>("custom-models");
const tolerance = 2e-5;

const cells: Readonly<Record<string, () => RnnCell>> = {
  basicRnnCell: () => nn.rnnCell.basicRnnCell(4),
  "basicRnnCell relu": () => nn.rnnCell.basicRnnCell(4, { activation: "relu" }),
  gruCell: () => nn.rnnCell.gruCell(4),
  basicLstmCell: () => nn.rnnCell.basicLstmCell(4),
  "basicLstmCell forget": () => nn.rnnCell.basicLstmCell(4, { forgetBias: 0.25 }),
  lstmCell: () => nn.rnnCell.lstmCell(4),
  "lstmCell full": () =>
    nn.rnnCell.lstmCell(4, { usePeepholes: true, cellClip: 0.4, numProj: 3, projClip: 0.2, forgetBias: 0.5 }),
  multiRnnCell: () => nn.rnnCell.multiRnnCell([nn.rnnCell.basicLstmCell(4), nn.rnnCell.gruCell(3)]),
  residualWrapper: () => nn.rnnCell.residualWrapper(nn.rnnCell.basicLstmCell(3)),
};

const networks: Readonly<Record<string, (cell: () => RnnCell, x: Tensor, lengths: Tensor) => unknown>> = {
  dynamic: (cell, x) => nn.dynamicRnn(cell(), x),
  "dynamic lengths": (cell, x, sequenceLength) => nn.dynamicRnn(cell(), x, { sequenceLength }),
  "dynamic time": (cell, x, sequenceLength) => {
    const turned = build("Transpose", [x, constant([1, 0, 2], "int32")]);
    return nn.dynamicRnn(cell(), turned, { sequenceLength, timeMajor: true, scope: "mine" });
  },
  "static lengths": (cell, x, sequenceLength) =>
    nn.staticRnn(cell(), build("Unpack", [x], { num: 5, axis: 1 }).op.outputs, { sequenceLength }),
  "bidirectional lengths": (cell, x, sequenceLength) =>
    nn.bidirectionalDynamicRnn(cell(), cell(), x, { sequenceLength }),
  bidirectional: (cell, x) => nn.bidirectionalDynamicRnn(cell(), cell(), x),
};

function tensorsOf(made: unknown): Tensor[] {
  return made instanceof Tensor ? [made] : Object.values(made as object).flatMap(tensorsOf);
}

function initialize(session: Session, graph: Graph): void {
  for (const { initializer } of graph.getCollection<Variable>(collectionKeys.globalVariables)) {
    session.run([], new Map(), [initializer]);
  }
}

function expectAll(got: readonly (TensorValue | undefined)[], wanted: readonly StoredTensor[], what: string): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, want] of wanted.entries()) {
    expect(largestError(got[i]!, restored(want)), `${what} ${i}`).toBeLessThan(tolerance);
  }
}

/** Builds with batch and steps known, or unknown as in a model that serves. */
function runNetwork(one: Fixture["networks"][number], isKnown: boolean): void {
  const graph = new Graph();
  withGraph(graph, () => {
    const inputs = restored(one.inputs);
    const shape = isKnown || one.network.startsWith("static") ? [...inputs.shape] : [-1, -1, inputs.shape[2]!];
    const x = build("Placeholder", [], { dtype: "float32", shape });
    const made = tensorsOf(networks[one.network]!(cells[one.cell]!, x, constant(restored(one.lengths))));
    const variables = graph.getCollection<Variable>(collectionKeys.trainableVariables);
    expect(variables.map(({ name }) => name)).toEqual(Object.keys(one.variables));
    const squares = made.map((tensor) => reduceSum(mul(tensor, tensor)));
    const loss = build("AddN", [squares]);
    const found = gradients([loss], [x, ...variables.map(({ handle }) => handle)]).map((g) => denseGradient(g!));
    const assigns = variables.map((variable) => variable.assign(restored(one.variables[variable.name]!)));
    const session = new Session(graph);
    session.run([], new Map(), assigns);
    const feeds = new Map([[x, inputs]]);
    expectAll(session.run(made, feeds), one.outputs, "output");
    expectAll(session.run(found, feeds), one.gradients, "gradient");
  });
}

describe("recurrent networks of tf.compat.v1.nn compute what TensorFlow's compute", () => {
  for (const one of fixture.networks) {
    it(`${one.network}: ${one.cell}`, () => {
      runNetwork(one, true);
      runNetwork(one, false);
    });
  }

  it("dropout wrappers keep the mean, drop their share and have gradients of the same draw", () => {
    const graph = new Graph();
    graph.seed = 3;
    withGraph(graph, () => {
      const inner = nn.rnnCell.basicRnnCell(40);
      const cell = nn.rnnCell.dropoutWrapper(inner, { outputKeepProb: 0.75, inputKeepProb: 0.5, stateKeepProb: 0.9 });
      const x = build("Fill", [constant([50, 4, 3], "int32"), constant(1, "float32")]);
      const { outputs } = nn.dynamicRnn(cell, x);
      const kernel = graph.getCollection<Variable>(collectionKeys.trainableVariables)[0]!;
      const loss = reduceSum(mul(outputs, outputs));
      const [gradient] = gradients([loss], [kernel.handle]).map((g) => denseGradient(g!));
      const step = mul(gradient!, 1e-4);
      const session = new Session(graph);
      initialize(session, graph);
      const [values] = session.run([outputs]);
      const zeros = (values!.data as Float32Array).filter((value) => value === 0).length;
      expect(zeros / values!.data.length).toBeGreaterThan(0.2);
      expect(zeros / values!.data.length).toBeLessThan(0.3);
      const [shown] = session.run([step]);
      expect(shown!.shape).toEqual([43, 40]);
      expect((shown!.data as Float32Array).some((value) => value !== 0)).toBe(true);
    });
  });

  it("starts from a given state and gives it back in its own nesting", () => {
    const graph = new Graph();
    withGraph(graph, () => {
      const cell = nn.rnnCell.multiRnnCell([nn.rnnCell.basicLstmCell(2), nn.rnnCell.gruCell(2)]);
      const zeros = (): Tensor => build("Fill", [constant([1, 2], "int32"), constant(0.5, "float32")]);
      const initialState: CellState = [{ c: zeros(), h: zeros() }, zeros()];
      const lengths = constant([0], "int32");
      const { state } = nn.dynamicRnn(cell, build("Fill", [constant([1, 3, 2], "int32"), constant(1, "float32")]), {
        initialState,
        sequenceLength: lengths,
      });
      const [lstm, gru] = state as readonly [{ c: Tensor; h: Tensor }, Tensor];
      const session = new Session(graph);
      initialize(session, graph);
      for (const value of session.run([lstm.c, lstm.h, gru]))
        expect([...(value!.data as Float32Array)]).toEqual([0.5, 0.5]);
    });
  });

  it("refuses unknown widths and options", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [2, 3, -1] });
      expect(() => nn.dynamicRnn(nn.rnnCell.gruCell(2), x)).toThrow("Input size (depth of inputs) must be accessible");
      const misspelt = { sequenceLenght: constant([1], "int32") } as object;
      expect(() => nn.dynamicRnn(nn.rnnCell.gruCell(2), x, misspelt)).toThrow("Did you mean 'sequenceLength'?");
    });
  });
});

describe("constraints project after each update, as TensorFlow's", () => {
  const made = constraints as unknown as Readonly<Record<string, (options: object) => Constraint>>;
  for (const { name, options, optimizer, inputs, kernel, bias, steps } of fixture.constraints) {
    it(`${name} ${JSON.stringify(options)} with ${optimizer}`, () => {
      const graph = new Graph();
      withGraph(graph, () => {
        const step = getOrCreateGlobalStep();
        const outputs = layers.dense(constant(restored(inputs)), {
          units: 2,
          kernelInitializer: () => constant(restored(kernel)),
          biasInitializer: () => constant(restored(bias)),
          kernelConstraint: made[name]!(options),
          biasConstraint: constraints.nonNeg(),
        });
        const error = sub(outputs, 0.5);
        const loss = reduceMean(mul(error, error));
        const variables = graph.getCollection<Variable>(collectionKeys.trainableVariables);
        const chosen = optimizer === "SGD" ? new SGD({ learningRate: 0.1 }) : gradientDescentOptimizer(0.1);
        const trainOp = chosen.minimize(loss, { variables, iterations: step });
        const session = new Session(graph);
        initialize(session, graph);
        for (const wanted of steps) {
          session.run([], new Map(), [trainOp]);
          const values = session.run(variables.map(({ snapshot }) => snapshot));
          expect(variables.map((variable) => variable.name)).toEqual(Object.keys(wanted));
          expectAll(values, Object.values(wanted), "variable");
        }
      });
    });
  }

  it("are refused where the gradient is sparse", () => {
    withGraph(new Graph(), () => {
      const table = new Variable({
        name: "table",
        initializer: constant([[1], [2]]),
        constraint: constraints.nonNeg(),
      });
      const loss = reduceSum(table.gather(constant([0], "int32")));
      const train = (): Operation => adamOptimizer().minimize(loss, { variables: [table], iterations: undefined });
      expect(train).toThrow("Cannot use a constraint function on a sparse variable.");
    });
  });
});

describe("batch normalization moves its variables as TensorFlow's does", () => {
  for (const { options, steps } of fixture.normalizations) {
    it(JSON.stringify(options), () => {
      const graph = new Graph();
      withGraph(graph, () => {
        const x = build("Placeholder", [], { dtype: "float32", shape: [6, 2, 2, 3] });
        const y = layers.batchNormalization(x, { ...options, training: true });
        const updates = graph.getCollection<Operation>(collectionKeys.updateOps);
        const gradient = denseGradient(gradients([reduceSum(mul(mul(y, y), y))], [x])[0]!);
        const variables = graph.getCollection<Variable>(collectionKeys.globalVariables);
        const session = new Session(graph);
        initialize(session, graph);
        for (const { batch, gradient: slope, outputs, variables: wanted } of steps) {
          const feeds = new Map([[x, restored(batch)]]);
          const [given, sloped] = session.run([y, gradient], feeds);
          // Renormalization moves its own variables with the update operations alone.
          session.run([], feeds, updates);
          expectAll([given], [outputs], "outputs");
          expect(largestError(sloped!, restored(slope))).toBeLessThan(1e-3);
          expect(variables.map(({ name }) => name)).toEqual(Object.keys(wanted));
          expectAll(session.run(variables.map(({ snapshot }) => snapshot)), Object.values(wanted), "variable");
        }
      });
    });
  }

  it("refuses what TensorFlow refuses, with its words", () => {
    withGraph(new Graph(), () => {
      const x = build("Placeholder", [], { dtype: "float32", shape: [6, 3] });
      const bad = (options: object): unknown => layers.batchNormalization(x, options);
      expect(() => bad({ renorm: true, renormClipping: { x: 1 } })).toThrow(
        "Received invalid keys for `renorm_clipping` argument: {'x': 1}. Supported values: ['rmax', 'rmin', 'dmax'].",
      );
      expect(() => bad({ virtualBatchSize: 0 })).toThrow("`virtual_batch_size` must be a positive integer");
      expect(() => bad({ virtualBatchSize: 2, axis: 0 })).toThrow("thus axis cannot include 0. Received axis=[0]");
      expect(() => bad({ renormMomentun: 0.9 })).toThrow("Did you mean 'renormMomentum'?");
      expect(() => layers.conv2d(x, { filters: 1, kernelSize: 1, dataFormat: "first" as "channelsFirst" })).toThrow(
        'The `data_format` argument must be one of "channels_first", "channels_last". Received: first',
      );
    });
  });
});
