import { describe, expect, it } from "vitest";
import type { TensorValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Graph } from "../../graph/graph.js";
import { nameScope, withGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { sub, unary } from "../nn/arithmetic.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { largestError, readFixture, restored, type StoredTensor } from "../recorded-fixture.js";
import { getOptimizer } from "./get-optimizer.js";
import { Adadelta } from "./keras/adadelta.js";
import { Adagrad } from "./keras/adagrad.js";
import { Adam } from "./keras/adam.js";
import { Adamax } from "./keras/adamax.js";
import { Ftrl } from "./keras/ftrl.js";
import { Nadam } from "./keras/nadam.js";
import { RMSprop } from "./keras/rmsprop.js";
import { SGD } from "./keras/sgd.js";
import type { LearningRateSchedule } from "./learning-rate.js";
import {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  linearCosineDecay,
  naturalExpDecay,
  noisyLinearCosineDecay,
  piecewiseConstant,
  polynomialDecay,
} from "./learning-rate-schedules.js";
import type { Optimizer } from "./optimizer.js";
import { adadeltaOptimizer } from "./train/adadelta.js";
import { adagradOptimizer, proximalAdagradOptimizer } from "./train/adagrad.js";
import { adagradDAOptimizer } from "./train/adagrad-da.js";
import { adamOptimizer } from "./train/adam.js";
import { ftrlOptimizer } from "./train/ftrl.js";
import {
  gradientDescentOptimizer,
  momentumOptimizer,
  proximalGradientDescentOptimizer,
} from "./train/gradient-descent.js";
import { rmsPropOptimizer } from "./train/rmsprop.js";

interface Case {
  readonly kind: "keras" | "train";
  readonly name: string;
  readonly args?: readonly number[];
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly losses: readonly number[];
  readonly variables: Readonly<Record<string, StoredTensor>>;
}

interface Fixture {
  readonly table: StoredTensor;
  readonly kernel: StoredTensor;
  readonly ids: StoredTensor;
  readonly target: StoredTensor;
  readonly cases: readonly Case[];
  readonly schedules: readonly {
    readonly name: string;
    readonly args: readonly unknown[];
    readonly options: object;
    readonly values: readonly number[];
  }[];
}

const fixture = readFixture<Fixture>("optimizers");

const keras: Readonly<Record<string, new (options: object) => Optimizer>> = {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  Ftrl,
  Nadam,
  RMSprop,
  SGD,
};
const train: Readonly<Record<string, (args: readonly number[], options: object) => Optimizer>> = {
  GradientDescentOptimizer: ([rate], options) => gradientDescentOptimizer(rate!, options),
  MomentumOptimizer: ([rate, momentum], options) => momentumOptimizer(rate!, momentum!, options),
  AdagradOptimizer: ([rate], options) => adagradOptimizer(rate!, options),
  AdamOptimizer: ([rate], options) => adamOptimizer(rate!, options),
  RMSPropOptimizer: ([rate], options) => rmsPropOptimizer(rate!, options),
  FtrlOptimizer: ([rate], options) => ftrlOptimizer(rate!, options),
  AdadeltaOptimizer: ([rate], options) => adadeltaOptimizer(rate!, options),
  AdagradDAOptimizer: ([rate], options) => adagradDAOptimizer(rate!, options),
  ProximalGradientDescentOptimizer: ([rate], options) => proximalGradientDescentOptimizer(rate!, options),
  ProximalAdagradOptimizer: ([rate], options) => proximalAdagradOptimizer(rate!, options),
};

const schedules: Readonly<Record<string, (...args: never[]) => LearningRateSchedule>> = {
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  linearCosineDecay,
  naturalExpDecay,
  piecewiseConstant,
  polynomialDecay,
};

function camelCase(options: object): object {
  const camel = (key: string): string => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
}

function optimizerOf({ kind, name, args, options }: Case): Optimizer {
  return kind === "keras" ? new keras[name]!(camelCase(options)) : train[name]!(args!, camelCase(options));
}

function runSteps(optimizer: Optimizer): { losses: number[]; variables: Map<string, TensorValue> } {
  const graph = new Graph();
  return withGraph(graph, () => {
    const step = getOrCreateGlobalStep();
    const table = new Variable({ name: "model/table", initializer: restored(fixture.table) });
    const kernel = new Variable({ name: "model/kernel", initializer: restored(fixture.kernel) });
    const rows = table.gather(constant(restored(fixture.ids)));
    const outputs = build("MatMul", [rows, kernel.read()]);
    const loss = reduceMean(unary("Square", sub(outputs, restored(fixture.target))));
    const trainOp = nameScope("training", () =>
      optimizer.minimize(loss, { variables: [table, kernel], iterations: step }),
    );
    const session = new Session(graph);
    const all = graph.getCollection<Variable>(collectionKeys.globalVariables);
    for (const variable of all) session.run([], new Map(), [variable.initializer]);
    const losses: number[] = [];
    for (let i = 0; i < 5; i++) losses.push(session.run([loss], new Map(), [trainOp])[0]!.data[0] as number);
    return { losses, variables: new Map(all.map((variable) => [variable.name, session.run([variable.snapshot])[0]!])) };
  });
}

describe("optimizers follow TensorFlow's", () => {
  for (const one of fixture.cases) {
    it(`${one.kind} ${one.name} ${JSON.stringify(one.options)}`, () => {
      const { losses, variables } = runSteps(optimizerOf(one));
      one.losses.forEach((loss, i) => {
        expect(losses[i]).toBeCloseTo(loss, 4);
      });
      expect([...variables.keys()].sort()).toEqual(Object.keys(one.variables).sort());
      for (const [name, value] of Object.entries(one.variables)) {
        expect(largestError(variables.get(name)!, restored(value)), name).toBeLessThan(2e-5);
      }
    });
  }
});

describe("learning-rate schedules follow Keras's", () => {
  for (const { name, args, options, values } of fixture.schedules) {
    it(`${name} ${JSON.stringify(options)}`, () => {
      withGraph(new Graph(), (graph) => {
        const make = schedules[name]!;
        const rates = values.map((_, step) => make(...([...args, options] as never[]))(constant(step, "float32")));
        const session = new Session(graph);
        session.run(rates).forEach((rate, i) => {
          expect(rate.data[0]).toBeCloseTo(values[i]!, 6);
        });
      });
    });
  }

  it("without noise, the noisy cosine is the plain one, and noise fades", () => {
    withGraph(new Graph(), (graph) => {
      const step = constant(40, "float32");
      const rates = [
        linearCosineDecay(0.1, 100)(step),
        noisyLinearCosineDecay(0.1, 100, { initialVariance: 0 })(step),
        noisyLinearCosineDecay(0.1, 100, { initialVariance: 1e-4, seed: 3 })(step),
      ];
      const [plain, silent, noisy] = new Session(graph).run(rates).map((rate) => Number(rate.data[0]));
      expect(silent).toBeCloseTo(plain!, 6);
      expect(noisy).not.toBe(plain);
      expect(Math.abs(noisy! - plain!)).toBeLessThan(0.01);
    });
  });

  it("refuses misspelt options", () => {
    expect(() => exponentialDecay(0.1, 10, 0.5, { stairCase: true } as object)).toThrow(
      "exponentialDecay() got an unexpected keyword argument 'stairCase'. Did you mean 'staircase'?",
    );
  });

  it("wants one boundary less than values", () => {
    expect(() => piecewiseConstant([1], [1])).toThrow(
      "The length of boundaries should be 1 less than the length of values.",
    );
  });
});

describe("options that an optimizer does not know", () => {
  const misspelt: readonly (readonly [string, string, string, (options: object) => Optimizer])[] = [
    ["AdamOptimizer", "beta_1", "beta1", (options) => adamOptimizer(0.1, options)],
    ["AdagradOptimizer", "initialAccumulator", "", (options) => adagradOptimizer(0.1, options)],
    [
      "ProximalAdagradOptimizer",
      "l1RegularisationStrength",
      "l1RegularizationStrength",
      (o) => proximalAdagradOptimizer(0.1, o),
    ],
    ["AdadeltaOptimizer", "rhoo", "rho", (options) => adadeltaOptimizer(0.1, options)],
    ["AdagradDAOptimizer", "l2RegularizationStrenght", "l2RegularizationStrength", (o) => adagradDAOptimizer(0.1, o)],
    ["FtrlOptimizer", "l1_regularization_strength", "l1RegularizationStrength", (o) => ftrlOptimizer(0.1, o)],
    ["GradientDescentOptimizer", "momentum", "", (options) => gradientDescentOptimizer(0.1, options)],
    [
      "ProximalGradientDescentOptimizer",
      "l1RegularizationStrengt",
      "l1RegularizationStrength",
      (o) => proximalGradientDescentOptimizer(0.1, o),
    ],
    ["MomentumOptimizer", "use_nesterov", "useNesterov", (options) => momentumOptimizer(0.1, 0.9, options)],
    ["RMSPropOptimizer", "centred", "centered", (options) => rmsPropOptimizer(0.1, options)],
    ["Adam", "learning_rate", "learningRate", (options) => new Adam(options)],
    ["Adamax", "amsgrad", "", (options) => new Adamax(options)],
    ["Adagrad", "clipNorm", "clipnorm", (options) => new Adagrad(options)],
    ["Adadelta", "rhoo", "rho", (options) => new Adadelta(options)],
    ["Ftrl", "betta", "beta", (options) => new Ftrl(options)],
    ["Nadam", "decay", "", (options) => new Nadam(options)],
    ["RMSprop", "momentun", "momentum", (options) => new RMSprop(options)],
    ["SGD", "nestorov", "nesterov", (options) => new SGD(options)],
  ];
  for (const [call, given, meant, make] of misspelt) {
    it(`${call}: ${given}`, () => {
      const hint = meant === "" ? "" : `. Did you mean '${meant}'?`;
      const text = `${call}() got an unexpected keyword argument '${given}'${hint}`;
      let thrown: unknown;
      try {
        make({ [given]: 0.5 });
      } catch (error) {
        thrown = error;
      }
      expect((thrown as Error | undefined)?.message ?? "nothing").toContain(text);
    });
  }

  it("takes TensorFlow's use_locking, which changes nothing", () => {
    const steps = runSteps(adamOptimizer(0.1, { useLocking: true })).losses;
    expect(steps).toEqual(runSteps(adamOptimizer(0.1)).losses);
  });
});

describe("getOptimizer", () => {
  it("knows TensorFlow's five names and refuses others with its text", () => {
    for (const name of ["Adagrad", "Adam", "Ftrl", "RMSProp", "SGD"])
      expect(getOptimizer(name).minimize).toBeTypeOf("function");
    expect(() => getOptimizer("Lion")).toThrow(
      "Unsupported optimizer name: Lion. Supported names are: ('Adagrad', 'Adam', 'Ftrl', 'RMSProp', 'SGD')",
    );
  });

  it("takes optimizers, functions that make them, and nothing else", () => {
    const adam = new Adam();
    expect(getOptimizer(adam)).toBe(adam);
    expect(getOptimizer(() => adam)).toBe(adam);
    expect(() => getOptimizer({} as Optimizer)).toThrow(
      "The given object is not a tf.keras.optimizers.Optimizer instance.",
    );
  });

  it("refuses a schedule for Nadam and a start of nothing for AdagradDA", () => {
    expect(() => new Nadam({ learningRate: (step) => step })).toThrow(
      "The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as the learning rate.",
    );
    expect(() => adagradDAOptimizer(0.1, { initialGradientSquaredAccumulatorValue: 0 })).toThrow(
      "initial_gradient_squared_accumulator_value must be positive: 0",
    );
  });

  it("refuses two norms at once", () => {
    const both = new SGD({ clipnorm: 1, globalClipnorm: 1 });
    expect(() => runSteps(both)).toThrow("Cannot accept both `clipnorm` and `global_clipnorm`.");
  });
});

it("say that their rate comes first", () => {
  expect(() => gradientDescentOptimizer({ learningRate: 0.1 } as never)).toThrow(
    "The learning rate of GradientDescent must be a number or a schedule, its first argument. Given: {'learningRate': 0.1}",
  );
});
