import { expect, it } from "vitest";
import { build, constant } from "../../../graph/build-op.js";
import { collectionKeys } from "../../../graph/collections.js";
import { denseGradient } from "../../../graph/gradient.js";
import { gradients } from "../../../graph/gradients.js";
import { Graph, type Tensor } from "../../../graph/graph.js";
import { withGraph } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { Session } from "../../../runtime/session.js";
import { constantInitializer } from "../../layers/initializers.js";
import { largestError, readFixture, restored, type StoredTensor } from "../../recorded-fixture.js";
import { add, greaterEqual, mul } from "../arithmetic.js";
import { reduceSum } from "../tensor-shape.js";
import { gruCell } from "./cells.js";
import { rawRnn } from "./raw-rnn.js";

interface Recorded {
  readonly variables: readonly string[];
  readonly outputs: StoredTensor;
  readonly state: StoredTensor;
  readonly total?: StoredTensor;
  readonly gradient: StoredTensor;
}

const { inputs, lengths, cases } = readFixture<{
  inputs: StoredTensor;
  lengths: StoredTensor;
  cases: Readonly<Record<string, Recorded>>;
}>("raw-rnn");
const [, batch, width] = inputs.s as readonly [number, number, number];

it.each(Object.keys(cases))("rawRnn as TensorFlow 2.15 runs it: %s", (name) => {
  const wanted = cases[name]!;
  const graph = new Graph();
  const fetches = withGraph(graph, () => {
    // A loop takes in constants as constants of its own, without a gradient.
    const x = build("Identity", [constant(restored(inputs))]);
    const ends = constant(restored(lengths));
    const zeros = constant({ dtype: "float32", shape: [batch, 4], data: new Float32Array(batch * 4) });
    const none = constant({ dtype: "float32", shape: [batch, width], data: new Float32Array(batch * width) });
    const cell = gruCell(4, { kernelInitializer: constantInitializer(0.3), biasInitializer: constantInitializer(0.1) });
    const emits = name === "what is emitted";
    const { outputs, state, loopState } = rawRnn(cell, ({ time, cellOutput, cellState, loopState: total }) => {
      const finished = greaterEqual(time, ends);
      const within = build("Less", [time, constant(inputs.s[0]!, "int32")]);
      const at = build("Minimum", [time, constant(inputs.s[0]! - 1, "int32")]);
      const row = build("GatherV2", [x, at, constant(0, "int32")]);
      const sum = (value: Tensor): Tensor => reduceSum(value, [1]);
      return {
        finished,
        nextInput: build("SelectV2", [within, row, none]),
        nextState: cellState ?? zeros,
        emit: !emits ? undefined : cellOutput === undefined ? constant(0) : sum(cellOutput),
        loopState:
          wanted.total === undefined
            ? undefined
            : cellOutput === undefined
              ? constant(0)
              : add(total!, reduceSum(cellOutput)),
      };
    });
    const loss = add(reduceSum(mul(outputs, outputs)), reduceSum(state as Tensor));
    const [slope] = gradients([loss], [x]);
    return [outputs, state as Tensor, ...(loopState === undefined ? [] : [loopState]), denseGradient(slope!)];
  });
  const own = graph.getCollection<Variable>(collectionKeys.globalVariables);
  expect(own.map((variable) => variable.name)).toEqual(wanted.variables);
  const session = new Session(graph);
  session.run(
    [],
    new Map(),
    own.map((variable) => variable.initializer),
  );
  const stored = [wanted.outputs, wanted.state, ...(wanted.total === undefined ? [] : [wanted.total]), wanted.gradient];
  for (const [i, value] of session.run(fetches).entries()) {
    expect(largestError(value, restored(stored[i]!))).toBeLessThan(1e-5);
  }
});
