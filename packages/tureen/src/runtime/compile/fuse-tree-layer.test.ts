import { describe, expect, test } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { floatValue, intValue, scalarValue, stringValue, type TensorValue, toNested } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import {
  boostedTreesAggregateStats,
  boostedTreesCalculateBestFeatureSplitV2,
} from "../../graph/ops/quantile-and-trees.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";

interface Sizes {
  readonly features: number;
  readonly buckets: number;
  readonly maxSplits: number;
  readonly options?: { readonly l1?: number; readonly l2?: number; readonly minNodeWeight?: number };
}

/** The search for a layer's splits, at once and op by op. */
function layer({ features, buckets, maxSplits, options = {} }: Sizes) {
  const graph = new Graph();
  const { feeds, fetches } = withGraph(graph, () => {
    const input = (dtype: string, shape: readonly number[]): Tensor => build("Placeholder", [], { dtype, shape });
    const rows = [input("int32", [-1]), input("float32", [-1, 1]), input("float32", [-1, 1])] as const;
    const range = input("int32", [2]);
    const columns = Array.from({ length: features }, () => input("int32", [-1, -1]));
    const sums = columns.map((column) =>
      boostedTreesAggregateStats(...rows, column, { maxSplits, numBuckets: buckets }),
    );
    const scalar = (value: number): TensorValue => scalarValue("float32", value);
    const found = boostedTreesCalculateBestFeatureSplitV2(
      range,
      sums,
      stringValue(columns.map(() => "inequality")),
      intValue(columns.map((_, i) => 10 + i)),
      {
        l1: scalar(options.l1 ?? 0),
        l2: scalar(options.l2 ?? 0),
        treeComplexity: scalar(0.25),
        minNodeWeight: scalar(options.minNodeWeight ?? 0),
      },
      { logitsDimension: 1 },
    );
    return { feeds: [range, ...rows, ...columns], fetches: Object.values(found) as Tensor[] };
  });
  const [apart, fused] = [new Session(graph, { simplify: false }), new Session(graph)] as const;
  const calls = [apart, fused].map((session) => session.callable({ feeds, fetches }));
  const outcome = (call: (typeof calls)[number], values: readonly TensorValue[]): unknown => {
    try {
      return call(values).map((value) => [value.shape, toNested(value)]);
    } catch (error) {
      if (error instanceof StatusError) return `${error.code}: ${error.message.split("\n")[0]}`;
      throw error;
    }
  };
  return {
    types: fused.explain({ feeds, fetches }).steps.map(({ type }) => type),
    same(...values: TensorValue[]): unknown {
      const expected = outcome(calls[0]!, values);
      expect(outcome(calls[1]!, values)).toEqual(expected);
      return expected;
    },
  };
}

/** Uniform in [0, 1): a linear congruential generator (Numerical Recipes). */
function random(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

function batch(
  rows: number,
  { features, buckets }: Sizes,
  nodes: readonly [number, number],
  missing = 0,
): TensorValue[] {
  const next = random();
  const list = (make: () => number): number[] => Array.from({ length: rows }, make);
  const bucket = (): number => (next() < missing ? -1 : Math.floor(next() * buckets));
  return [
    intValue([...nodes]),
    intValue(list(() => Math.floor(next() * nodes[1]))),
    floatValue(
      list(() => next() - 0.5),
      [rows, 1],
    ),
    floatValue(list(next), [rows, 1]),
    ...Array.from({ length: features }, () => intValue(list(bucket), [rows, 1])),
  ];
}

describe("a layer of trees is grown at once as op by op", () => {
  const plain: Sizes = { features: 3, buckets: 10, maxSplits: 7 };
  test.each<[string, Sizes, number]>([
    ["plain", plain, 0],
    ["values that are missing", plain, 0.3],
    ["l1, l2 and a least weight", { ...plain, options: { l1: 0.5, l2: 0.1, minNodeWeight: 18 } }, 0.1],
    ["an l1 that leaves nothing", { ...plain, options: { l1: 100 } }, 0],
    ["more features than one loop adds up", { ...plain, features: 21 }, 0.1],
    ["more buckets than a byte counts", { ...plain, buckets: 300 }, 0.1],
    ["one bucket", { ...plain, buckets: 1 }, 0.5],
  ])("%s", (_, sizes, missing) => {
    const { types, same } = layer(sizes);
    expect(types.filter((type) => /BoostedTrees|_PlanTreeLayer/.test(type))).toEqual(["_PlanTreeLayer"]);
    const [nodes] = same(...batch(150, sizes, [3, 7], missing)) as [unknown[]];
    // The other nodes are for the next layer, and not in the range.
    expect(nodes[0]).toEqual([expect.any(Number)]);
    same(...batch(90, sizes, [0, 1], missing));
    same(...batch(0, sizes, [0, 1]));
  });

  test("the same features with other gradients, then other features", () => {
    const { same } = layer(plain);
    const first = batch(64, plain, [0, 2]);
    same(...first);
    same(...first.slice(0, 2), ...batch(64, plain, [0, 2]).slice(3, 4), first[3]!, ...first.slice(4));
    same(...first.slice(0, 4), ...batch(64, plain, [0, 2], 0.5).slice(4));
  });

  test("what the ops refuse is refused in their words", () => {
    const { same } = layer(plain);
    const [range, nodes, gradients, hessians, ...columns] = batch(8, plain, [0, 2]) as [
      TensorValue,
      TensorValue,
      TensorValue,
      TensorValue,
      ...TensorValue[],
    ];
    const others = columns.slice(1);
    const column = (...values: number[]): TensorValue => intValue(values, [8, 1]);
    expect(same(range, nodes, gradients, hessians, column(0, 0, 0, 0, 0, 0, 0, 11), ...others)).toMatch(
      /Feature value 11/,
    );
    expect(same(range, nodes, gradients, hessians, column(0, -2, 0, 0, 0, 0, 0, 0), ...others)).toMatch(
      /Feature value -2/,
    );
    expect(same(range, intValue([0, 0, 0, 0, 0, 0, 0, -1]), gradients, hessians, ...columns)).toMatch(/should be >=0/);
    expect(same(range, intValue([0, 0, 0, 0, 0, 0, 0, 7]), gradients, hessians, ...columns)).toMatch(/max_splits/);
    expect(same(range, intValue([0]), gradients, hessians, ...columns)).toMatch(/node_ids size should match/);
    expect(same(intValue([0, 8]), nodes, gradients, hessians, ...columns)).toMatch(/node_id_range/);
    // Features of several numbers go op by op.
    same(
      range,
      nodes,
      gradients,
      hessians,
      intValue(
        [...Array(16).keys()].map((i) => i % 10),
        [8, 2],
      ),
      ...others,
    );
  });
});
