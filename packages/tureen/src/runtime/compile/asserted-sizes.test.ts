import { describe, expect, it } from "vitest";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";

/** The gradient of sum(x·y²) for x and y of one column; with `checked` after an Assert that they have one shape. */
function products(checked: boolean, simplify = true) {
  const graph = new Graph();
  const { feeds, fetches } = withGraph(graph, () => {
    const placeholder = (name: string): Tensor => build("Placeholder", [], { dtype: "float32", shape: [-1, 1] }, name);
    const [x, y] = [placeholder("x"), placeholder("y")];
    const equal = build("Equal", [build("Shape", [x]), build("Shape", [y])]);
    const check = buildOp("Assert", [build("All", [equal, constant([0], "int32")]), [constant("differ")]]);
    const same = checked ? controlDependencies([check], () => build("Identity", [y])) : y;
    const loss = build("Sum", [build("Mul", [x, build("Square", [same])]), constant([0, 1], "int32")]);
    return { feeds: [x, y], fetches: gradients([loss], [x, y]) as Tensor[] };
  });
  const session = new Session(graph, { simplify });
  const types = session.explain({ feeds, fetches }).steps.map(({ type }) => type);
  const run = session.callable({ feeds, fetches });
  return { types, run: (...values: TensorValue[]) => run(values).map((value) => [...(value.data as Float32Array)]) };
}

const column = (...values: number[]): TensorValue =>
  tensorValue("float32", [values.length, 1], Float32Array.from(values));

describe("gradients of operands whose shapes are asserted to be equal", () => {
  it("need not undo broadcasts", () => {
    const { types, run } = products(true);
    expect(types).not.toContain("BroadcastGradientArgs");
    expect(run(column(1, 2), column(3, 4))).toEqual([
      [9, 16],
      [6, 16],
    ]);
    expect(run(column(5), column(2))).toEqual([[4], [20]]);
  });

  it("still fail where they are not", () => {
    for (const simplify of [true, false])
      expect(() => products(true, simplify).run(column(1, 2, 3), column(4))).toThrow("assertion failed: [differ]");
  });

  it("undo them where nothing is known", () => {
    const { types, run } = products(false);
    expect(types).toContain("BroadcastGradientArgs");
    expect(run(column(1, 2), column(3))).toEqual([[9, 9], [18]]);
  });
});
