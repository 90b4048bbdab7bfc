import { expect, test } from "vitest";
import { floatValue, scalarValue, type TensorValue } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { globalVariables, Variable } from "../../graph/variable.js";
import { Session } from "../session.js";

/** A step on the sum of squares of a concatenation, whose parts' gradients are fetched (with the other sign). */
function training(axis: number, shapes: readonly (readonly number[])[], simplify: boolean) {
  const graph = new Graph();
  const { feeds, fetches, step } = withGraph(graph, () => {
    const feeds = shapes.map((shape, i) => build("Placeholder", [], { dtype: "float32", shape }, `x${i}`));
    const scale = new Variable({ name: "scale", initializer: scalarValue("float32", 2) });
    const joined = build("ConcatV2", [feeds, constant(axis, "int32")]);
    const weighted = build("Mul", [
      build("Square", [joined]),
      build("ReadVariableOp", [scale.handle], { dtype: "float32" }),
    ]);
    const loss = build("Sum", [weighted, constant([0, 1], "int32")]);
    const [ofScale, ...parts] = gradients([loss], [scale.handle, ...feeds]) as Tensor[];
    const fetches = parts.map((part) => build("Neg", [part]));
    // What is fetched reads the variable before the update.
    const step = controlDependencies(fetches, () =>
      buildOp("ResourceApplyGradientDescent", [scale.handle, constant(0.5), ofScale!]),
    );
    return { feeds, fetches, step };
  });
  const session = new Session(graph, { simplify });
  session.run(
    [],
    new Map(),
    globalVariables(graph).map(({ initializer }) => initializer),
  );
  const request = { feeds, fetches, targets: [step] };
  const types = session.explain(request).steps.map(({ type }) => type);
  const run = session.callable(request);
  return {
    types,
    run: (values: readonly TensorValue[]) => run(values).map(({ shape, data }) => [shape, [...(data as Float32Array)]]),
  };
}

const rows = floatValue([1, 2, 3, 4], [2, 2]);
const wide = floatValue([5, 6, 7, 8, 9, 10], [2, 3]);

test.each([
  [
    1,
    [
      [-1, 2],
      [-1, 3],
    ],
    [rows, wide],
  ],
  [
    -1,
    [
      [-1, 3],
      [-1, 2],
    ],
    [wide, rows],
  ],
  [
    0,
    [
      [2, 3],
      [1, -1],
    ],
    [wide, floatValue([1, 2, 3], [1, 3])],
  ],
] as const)("gradients of what is joined along axis %i are copied out", (axis, shapes, values) => {
  const fused = training(axis, shapes, true);
  const apart = training(axis, shapes, false);
  expect(fused.types).toContain("_PlanConcatPart");
  expect(fused.types).not.toContain("ConcatOffset");
  expect(apart.types).toContain("ConcatOffset");
  // Twice, so that the first step's update shows.
  for (let i = 0; i < 2; i++) expect(fused.run(values)).toEqual(apart.run(values));
});

test("sizes that nothing tells are left to be computed", () => {
  const shapes = [
    [-1, -1],
    [-1, 3],
  ];
  const { types, run } = training(1, shapes, true);
  expect(types).toContain("ConcatOffset");
  expect(run([rows, wide])).toEqual(training(1, shapes, false).run([rows, wide]));
});
