import { describe, expect, it } from "vitest";
import { intValue, toNested } from "../core/tensor-value.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { placeholder } from "../graph/ops/control.js";
import { nameScope, withGraph } from "../graph/scope.js";
import { globalVariables, trainableVariables } from "../graph/variable.js";
import { AUTO_REUSE, getVariableScope, variableScope } from "../graph/variable-scope.js";
import { Session } from "../runtime/session.js";
import { getVariable } from "./layers/get-variable.js";
import * as layers from "./layers/index.js";
import { constantInitializer } from "./layers/initializers.js";
import { mul, unary } from "./nn/arithmetic.js";
import * as nn from "./nn/index.js";
import { reduceSum } from "./nn/tensor-shape.js";
import { readFixture } from "./recorded-fixture.js";

interface Recorded {
  readonly error?: string;
  readonly outputs?: readonly string[];
  readonly names?: readonly string[];
  readonly values?: Readonly<Record<string, readonly number[]>>;
  readonly variables: readonly string[];
  readonly trainable: readonly string[];
  readonly losses: number;
}

const fixture = readFixture<Readonly<Record<string, Recorded>>>("variable-scopes");

const x = (): Tensor => placeholder({ dtype: "float32", shape: [-1, 4], name: "x" });
const squares = (w: Tensor): Tensor => reduceSum(mul(w, w));
const { dense } = layers;

/** The programs of record_variable_scopes.py. */
const programs: Readonly<Record<string, () => unknown>> = {
  nested_scopes: () =>
    variableScope("a", () => {
      getVariable("w", { shape: [2] });
      variableScope("b", () => getVariable("w", { shape: [3], trainable: false }));
      nameScope("n", () => getVariable("v", { shape: [1] }));
    }),
  reuse_shares: () => {
    const one = variableScope("a", () => getVariable("w", { shape: [2] }));
    const two = variableScope("a", { reuse: true }, () => getVariable("w", { shape: [2] }));
    expect(one).toBe(two);
  },
  auto_reuse_makes_and_shares: () => {
    for (let i = 0; i < 2; i++) {
      variableScope("a", { reuse: AUTO_REUSE }, () => {
        getVariable("w", { shape: [2] });
        variableScope("b", () => getVariable("w", { shape: [2] }));
      });
    }
  },
  layers_in_scopes: () =>
    variableScope("tower", () => {
      const y = dense(x(), { units: 3 });
      const z = dense(y, { units: 2 });
      return [y, z, dense(z, { units: 2, name: "out" })];
    }),
  layers_share_when_reused: () => {
    const given = x();
    return [false, true].flatMap((reuse) =>
      variableScope("tower", { reuse }, () => {
        const y = dense(given, { units: 3, activation: "relu" });
        return [y, dense(y, { units: 2, name: "out" })];
      }),
    );
  },
  layers_share_by_auto_reuse: () => {
    const given = placeholder({ dtype: "float32", shape: [2, 8, 8, 3], name: "x" });
    return [0, 1].map(() =>
      variableScope("tower", { reuse: AUTO_REUSE }, () =>
        layers.batchNormalization(layers.conv2d(given, { filters: 2, kernelSize: 3 }), { training: true }),
      ),
    );
  },
  a_layer_reuses_by_its_name: () => {
    const given = x();
    const a = dense(given, { units: 3, name: "fc" });
    return [a, dense(given, { units: 3, name: "fc", reuse: true })];
  },
  scopes_by_default_names: () =>
    [0, 1].map(() =>
      variableScope(null, { defaultName: "block" }, () => {
        getVariable("w", { shape: [2] });
        return dense(x(), { units: 2 });
      }),
    ),
  scope_objects: () => {
    const first = variableScope("a", (scope) => {
      getVariable("w", { shape: [2] });
      return scope;
    });
    variableScope("b", () => {
      variableScope(first, { reuse: true }, () => getVariable("w", { shape: [2] }));
      variableScope(first, () => getVariable("v", { shape: [2] }));
      getVariable("w", { shape: [2] });
    });
  },
  default_names_begin_anew: () => {
    const given = x();
    const other = variableScope("b", (scope) => scope);
    return [0, 1].flatMap(() =>
      variableScope("a", { reuse: AUTO_REUSE }, () => {
        const inner = variableScope(other, { reuse: AUTO_REUSE }, () => dense(given, { units: 2 }));
        return [inner, dense(given, { units: 2 })];
      }),
    );
  },
  the_same_scope_twice: () => {
    const y = variableScope("a", () => dense(x(), { units: 2 }));
    return variableScope("a", () => {
      getVariable("w", { shape: [2] });
      return [y, build("Identity", [y], {}, "z")];
    });
  },
  regularizers_of_scopes: () => {
    variableScope("a", { regularizer: squares }, () => {
      getVariable("w", { shape: [2] });
      dense(x(), { units: 2 });
      getVariable("v", { shape: [2], regularizer: (w) => reduceSum(unary("Abs", w)) });
    });
    variableScope("a", { reuse: true }, () => getVariable("w", { shape: [2] }));
  },
  regularizers_once_when_shared: () => {
    const given = x();
    for (let i = 0; i < 2; i++)
      variableScope("a", { reuse: AUTO_REUSE }, () => dense(given, { units: 2, kernelRegularizer: squares }));
  },
  initializers_of_scopes: () => {
    variableScope("a", { initializer: constantInitializer(0.5) }, () => {
      getVariable("w", { shape: [2] });
      dense(x(), { units: 2 });
    });
    getVariable("i", { initializer: constant(intValue([1, 2])) });
  },
  scopes_name: () =>
    variableScope("a", () =>
      variableScope("b", (scope) => [getVariableScope().name, scope.name, scope.originalNameScope]),
    ),
  the_root_scope: () => [getVariableScope().name, getVariableScope().reuse === false ? "False" : "True"],
  error_exists: () =>
    variableScope("a", () => {
      getVariable("w", { shape: [2] });
      getVariable("w", { shape: [2] });
    }),
  error_absent: () => void variableScope("a", { reuse: true }, () => getVariable("w", { shape: [2] })),
  error_shape: () =>
    variableScope("a", { reuse: AUTO_REUSE }, () => {
      getVariable("w", { shape: [2] });
      getVariable("w", { shape: [3] });
    }),
  error_dtype: () =>
    variableScope("a", { reuse: AUTO_REUSE }, () => {
      getVariable("w", { shape: [2] });
      getVariable("w", { shape: [2], dtype: "int32" });
    }),
  error_constant_and_shape: () => void getVariable("w", { shape: [2], initializer: constant([1, 2]) }),
  error_unknown_shape: () => void getVariable("w", { shape: [2, -1] }),
  error_no_name: () => variableScope(null, () => {}),
  error_reused_default_name: () => variableScope(null, { defaultName: "a", reuse: true }, () => {}),
  error_layer_exists: () =>
    variableScope("a", () => {
      const given = x();
      dense(given, { units: 2, name: "fc" });
      dense(given, { units: 2, name: "fc" });
    }),
  error_layer_absent: () => void variableScope("a", () => dense(x(), { units: 2, name: "fc", reuse: true })),
  error_layer_width: () => {
    const given = x();
    variableScope("a", () => {
      dense(given, { units: 2, name: "fc" });
      dense(given, { units: 3, name: "fc", reuse: true });
    });
  },
  recurrent_in_scopes: () =>
    variableScope("model", () => {
      const cell = nn.rnnCell.basicLstmCell(2);
      nn.dynamicRnn(cell, placeholder({ dtype: "float32", shape: [2, 3, 4], name: "x" }));
    }),
};

describe("variable scopes are TensorFlow's", () => {
  it.each(Object.keys(programs))("%s", (name) => {
    const recorded = fixture[name]!;
    const graph = new Graph();
    const made = withGraph(graph, () => {
      try {
        return programs[name]!();
      } catch (error) {
        expect((error as Error).message).toBe(recorded.error);
        return "failed";
      }
    });
    expect(made === "failed").toBe(recorded.error !== undefined);
    const names = (variables: readonly { readonly name: string }[]): string[] => variables.map((one) => one.name);
    expect(names(globalVariables(graph))).toEqual(recorded.variables);
    expect(names(trainableVariables(graph))).toEqual(recorded.trainable);
    expect(graph.collections.get(collectionKeys.regularizationLosses) ?? []).toHaveLength(recorded.losses);
    if (recorded.outputs !== undefined) expect(names(made as readonly Tensor[])).toEqual(recorded.outputs);
    if (recorded.names !== undefined) expect(made).toEqual(recorded.names);
    if (recorded.values !== undefined) {
      const session = new Session(graph);
      const variables = globalVariables(graph);
      session.run(
        [],
        new Map(),
        variables.map(({ initializer }) => initializer),
      );
      const values = session.run(variables.map(({ snapshot }) => snapshot));
      expect(
        Object.fromEntries(variables.map((one, i) => [one.name, (toNested(values[i]!) as unknown[]).flat()])),
      ).toEqual(recorded.values);
    }
  });

  it("has each of the recorded programs", () => {
    expect(Object.keys(programs)).toEqual(Object.keys(fixture).filter((key) => key !== "by"));
  });
});
