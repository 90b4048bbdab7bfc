import { describe, expect, it } from "vitest";
import { floatValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import type { VariableResource } from "../resource-manager.js";
import { Session } from "../session.js";

/** A step of gradient descent on w, with what `more` adds to it. */
function training(more: (w: Variable, product: Tensor, step: Operation) => Tensor[] = () => []) {
  const graph = new Graph();
  const { w, fetches, step } = withGraph(graph, () => {
    const w = new Variable({ name: "w", initializer: floatValue([1, 2, 3, 4], [2, 2]) });
    const product = build("MatMul", [constant(floatValue([1, 0, 0, 1], [2, 2])), w.read()]);
    const step = buildOp("ResourceApplyGradientDescent", [w.handle, constant(0.5), product], {}, "step");
    return { w, fetches: more(w, product, step), step };
  });
  const session = new Session(graph);
  session.run([], new Map(), [w.initializer]);
  const data = (): Float32Array => {
    const found = [...session.resources.entries()].find(([handle]) => handle.name === "w")![1] as VariableResource;
    return found.value!.data as Float32Array;
  };
  return { run: () => session.run(fetches, new Map(), [step]).map((value) => [...(value.data as Float32Array)]), data };
}

describe("reads of variables in a step", () => {
  it("do not make the update copy what nobody holds", () => {
    const { run, data } = training();
    // The first update takes the initial value out of the graph's constant.
    run();
    const own = data();
    expect([...own]).toEqual([0.5, 1, 1.5, 2]);
    run();
    expect(data()).toBe(own);
    expect([...own]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it("give the value of before the update to whoever asked for it", () => {
    const { run, data } = training((_, product) => [product.op.inputs[1]!]);
    const first = run();
    expect(first).toEqual([[1, 2, 3, 4]]);
    expect(run()).toEqual([[0.5, 1, 1.5, 2]]);
    expect(first).toEqual([[1, 2, 3, 4]]);
    expect([...data()]).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it("give the same value to products before and after the update", () => {
    const { run } = training((w, product, step) => {
      const read = w.read();
      const before = build("MatMul", [read, constant(floatValue([1, 0, 0, 1], [2, 2]))]);
      const late = controlDependencies([step], () =>
        build("MatMul", [read, constant(floatValue([2, 0, 0, 2], [2, 2]))]),
      );
      return [before, late, product];
    });
    const [before, late, product] = run();
    expect(product).toEqual([1, 2, 3, 4]);
    expect(late).toEqual(before!.map((x) => 2 * x));
  });
});
