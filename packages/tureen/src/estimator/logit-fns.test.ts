import { describe, expect, it } from "vitest";
import { elementCount } from "../core/shape.js";
import { floatValue, type TensorValue, tensorValue } from "../core/tensor-value.js";
import { constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import { Graph, type Tensor } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { globalVariables } from "../graph/variable.js";
import { variableScope } from "../graph/variable-scope.js";
import { Session } from "../runtime/session.js";
import * as featureColumn from "./feature-column/index.js";
import { callLogitFn, dnnLogitFnBuilder, type LogitFn, linearLogitFnBuilder } from "./index.js";
import { largestError, readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

const fixture = readFixture<{
  readonly features: Readonly<Record<"a" | "b", StoredTensor>>;
  readonly cases: readonly {
    readonly name: string;
    readonly scope: string;
    readonly variables: readonly string[];
    readonly summaries: readonly string[];
    readonly logits: StoredTensor;
  }[];
}>("logit-fns");

const number = featureColumn.numericColumn("a", { shape: 2 });
const ids = featureColumn.categoricalColumnWithIdentity("b", 3);

/** The functions of record_logit_fns.py. */
const functions: Readonly<Record<string, () => LogitFn>> = {
  dnn: () =>
    dnnLogitFnBuilder({
      units: 2,
      hiddenUnits: [4, 3],
      featureColumns: [number, featureColumn.indicatorColumn(ids)],
    }),
  "dnn normalized": () =>
    dnnLogitFnBuilder({ units: 1, hiddenUnits: [4], featureColumns: [number], activationFn: "tanh", batchNorm: true }),
  linear: () => linearLogitFnBuilder({ units: 2, featureColumns: [number, ids] }),
  "linear mean": () => linearLogitFnBuilder({ units: 1, featureColumns: [ids], sparseCombiner: "mean" }),
};

/** What the recorder gives a variable: its number over the count, and a tenth of each element's number. */
function filled(shape: readonly number[], i: number, count: number): TensorValue {
  return floatValue(
    Float32Array.from({ length: elementCount(shape) }, (_, k) => i / count + k / 10),
    shape,
  );
}

describe("logit functions are TensorFlow's", () => {
  it.each(fixture.cases.map((item) => [`${item.name} in '${item.scope}'`, item] as const))("%s", (_, item) => {
    const graph = new Graph();
    const build = (): Tensor =>
      callLogitFn(functions[item.name]!(), {
        features: { a: constant(restored(fixture.features.a)), b: constant(restored(fixture.features.b)) },
        mode: "eval",
      });
    const logits = withGraph(graph, () => (item.scope === "" ? build() : variableScope(item.scope, build)));
    const variables = globalVariables(graph);
    expect(variables.map(({ name }) => name)).toEqual(item.variables);
    const summaries = graph.getCollection<Tensor>(collectionKeys.summaries);
    expect(summaries.map(({ op }) => op.name)).toEqual(item.summaries);
    const session = new Session(graph);
    const values = withGraph(graph, () =>
      variables.map((variable, i) => variable.assign(constant(filled(variable.shape, i, variables.length)))),
    );
    session.run([], new Map(), values);
    expect(largestError(session.run([logits])[0]!, restored(item.logits))).toBeLessThan(1e-5);
  });

  it("refuse what TensorFlow refuses", () => {
    expect(() => dnnLogitFnBuilder({ units: 2.5, hiddenUnits: [1], featureColumns: [number] })).toThrow(
      "units must be an int.  Given type: <class 'float'>",
    );
    const returns = (value: unknown) => () => callLogitFn(() => value as Tensor, { features: {}, mode: "train" });
    expect(returns(3)).toThrow(
      "logit_fn should return a Tensor or a dictionary mapping strings to Tensors.  logit_fn returned: 3",
    );
    expect(returns({ a: 3 })).toThrow("logit_fn returned: {'a': 3}");
    const value = tensorValue("float32", [], Float32Array.of(1));
    expect(returns([value])).toThrow("logit_fn should return a Tensor");
  });
});
