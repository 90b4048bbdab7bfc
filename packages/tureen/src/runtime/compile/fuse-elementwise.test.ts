import { expect, test } from "vitest";
import { floatValue, intValue, scalarValue, stringValue, type TensorValue } from "../../core/tensor-value.js";
import { build, buildOp } from "../../graph/build-op.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import {
  boostedTreesAggregateStats,
  boostedTreesCalculateBestFeatureSplitV2,
} from "../../graph/ops/quantile-and-trees.js";
import { controlDependencies, withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";

const rows = 700;

function assertion(condition: Tensor): Operation {
  return buildOp("Assert", [condition, [stringValue(["labels are not in order"], [])]], {});
}

/** Loss and derivatives of a logit as boosted trees build them, labels checked in between, and the search for splits that follows. */
function trainingGraph() {
  const graph = new Graph();
  const made = withGraph(graph, () => {
    const input = (dtype: string, shape: readonly number[]): Tensor => build("Placeholder", [], { dtype, shape });
    const [logits, change, given] = [input("float32", [-1, 1]), input("float32", [-1, 1]), input("float32", [-1, 1])];
    const [nodes, feature] = [input("int32", [-1]), input("int32", [-1, 1])];
    const sum = build("AddV2", [logits, change]);
    const fits = build("All", [build("LessEqual", [given, floatValue([1], [])]), intValue([0, 1])]);
    const sameShape = build("All", [build("Equal", [build("Shape", [sum]), build("Shape", [given])]), intValue([0])]);
    const labels = controlDependencies([assertion(fits), assertion(sameShape)], () => build("Identity", [given]));
    const share = build("Reciprocal", [build("Cast", [build("Size", [sum])], { DstT: "float32" })]);
    const chance = build("Reciprocal", [build("AddV2", [build("Exp", [build("Neg", [sum])]), floatValue([1], [])])]);
    const gradients = build("Mul", [build("Sub", [chance, labels]), share]);
    const hessians = build("Mul", [build("Mul", [chance, build("Sub", [floatValue([1], []), chance])]), share]);
    const isPositive = build("GreaterEqual", [sum, build("ZerosLike", [sum])]);
    const negative = build("Select", [isPositive, build("Neg", [sum]), sum]);
    const positive = build("Select", [isPositive, sum, build("ZerosLike", [sum])]);
    const each = build("AddV2", [
      build("Sub", [positive, build("Mul", [sum, labels])]),
      build("Log1p", [build("Exp", [negative])]),
    ]);
    const loss = build("Sum", [each, intValue([0, 1])]);
    const stats = boostedTreesAggregateStats(nodes, gradients, hessians, feature, { maxSplits: 1, numBuckets: 8 });
    const zero = scalarValue("float32", 0);
    const found = boostedTreesCalculateBestFeatureSplitV2(
      build("Identity", [intValue([0, 1])]),
      [stats],
      stringValue(["inequality"]),
      intValue([0]),
      { l1: zero, l2: zero, treeComplexity: zero, minNodeWeight: zero },
      { logitsDimension: 1 },
    );
    return {
      feeds: [logits, change, given, nodes, feature],
      fetches: [sum, loss, found.gains, found.leftNodeContribs],
    };
  });
  return { graph, ...made };
}

function batch(labelOf: (i: number) => number, size = rows): TensorValue[] {
  const column = (make: (i: number) => number): TensorValue =>
    floatValue(
      Array.from({ length: size }, (_, i) => make(i)),
      [size, 1],
    );
  return [
    column((i) => Math.sin(i) * 4),
    column((i) => Math.cos(i)),
    column(labelOf),
    intValue(new Int32Array(size)),
    intValue(
      Array.from({ length: size }, (_, i) => i % 8),
      [size, 1],
    ),
  ];
}

test("loss and derivatives of a layer are one pass, and its values are those of the ops", () => {
  const { graph, feeds, fetches } = trainingGraph();
  const session = new Session(graph);
  const { steps } = session.explain({ feeds, fetches });
  // One of loss and derivatives, one of the labels' check.
  expect(steps.filter(({ type }) => type === "_PlanElementwise").length).toBe(2);
  expect(steps.map(({ type }) => type)).not.toContain("Exp");
  const fused = session.callable({ feeds, fetches });
  const apart = new Session(graph, { simplify: false }).callable({ feeds, fetches });
  // Few rows go op by op.
  for (const size of [rows, rows + 1, 3]) {
    const values = batch((i) => i % 2, size);
    const expected = apart(values);
    fused(values).forEach((value, k) => {
      expect(value.shape).toEqual(expected[k]!.shape);
      const exact = expected[k]!.data as Float32Array;
      (value.data as Float32Array).forEach((number, i) => {
        expect(Math.abs(number - exact[i]!)).toBeLessThanOrEqual(1e-5 * Math.max(1e-3, Math.abs(exact[i]!)));
      });
    });
  }
});

test("checks that values no longer wait for are made all the same", () => {
  const { graph, feeds, fetches } = trainingGraph();
  const bad = batch((i) => (i === rows - 1 ? 2 : 0));
  const fits = batch((i) => i % 2);
  for (const wanted of [fetches, fetches.slice(0, 1), fetches.slice(1, 2), fetches.slice(2, 3)]) {
    const call = new Session(graph).callable({ feeds, fetches: wanted });
    call(fits);
    // The sum of logits depends on no label.
    if (wanted.length === 1 && wanted[0] === fetches[0]) call(bad);
    else expect(() => call(bad)).toThrow(/labels are not in order/);
  }
});
