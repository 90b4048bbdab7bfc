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

/** A step on a product with a concatenation of which the middle parts alone are variables. */
function narrow(simplify: boolean) {
  const graph = new Graph();
  const made = withGraph(graph, () => {
    const feeds = [3, 4].map((size) => build("Placeholder", [], { dtype: "float32", shape: [-1, size] }));
    const variable = (name: string, shape: readonly number[]) =>
      new Variable({
        name,
        initializer: floatValue(
          Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i + 1)),
          shape,
        ),
      });
    const [first, second, kernel] = [
      variable("first", [2, 2]),
      variable("second", [2, 1]),
      variable("kernel", [10, 5]),
    ];
    const parts = [feeds[0]!, first.read(), second.read(), feeds[1]!];
    const product = build("MatMul", [build("ConcatV2", [parts, constant(1, "int32")]), kernel.read()]);
    const loss = build("Sum", [build("Square", [product]), constant([0, 1], "int32")]);
    const variables = [first, second, kernel];
    const all = gradients(
      [loss],
      variables.map(({ handle }) => handle),
    ) as Tensor[];
    const steps = variables.map(({ handle }, i) =>
      buildOp("ResourceApplyGradientDescent", [handle, constant(0.01), all[i]!]),
    );
    return { feeds, variables, steps, reads: variables.map((each) => each.read()) };
  });
  const { feeds, variables, steps, reads } = made;
  const session = new Session(graph, { simplify });
  session.run(
    [],
    new Map(),
    variables.map(({ initializer }) => initializer),
  );
  const request = { feeds, targets: steps };
  const run = session.callable(request);
  return {
    names: session.explain(request).steps.map(({ name }) => name),
    run: (values: readonly TensorValue[]) => {
      run(values);
      return session.run(reads).map(({ data }) => [...(data as Float32Array)]);
    },
  };
}

test("the gradient of a joined layer is computed for the parts that are trained", () => {
  const [fused, apart] = [narrow(true), narrow(false)];
  expect(fused.names.some((name) => /MatMul.*\/rows$/.test(name))).toBe(true);
  expect(apart.names.some((name) => /MatMul.*\/rows$/.test(name))).toBe(false);
  const values = [floatValue([1, 2, 3, 4, 5, 6], [2, 3]), floatValue([1, 0, 2, 0, 3, 0, 4, 0], [2, 4])];
  for (let i = 0; i < 2; i++) {
    const expected = apart.run(values);
    fused.run(values).forEach((weight, w) => {
      weight.forEach((value, k) => void expect(value).toBeCloseTo(expected[w]![k]!, 4));
    });
  }
});
