import { describe, expect, test } from "vitest";
import { clusterNodes, clusterOf, conditionalNodes, connectedParts, replaceClusters } from "./partition.js";
import { feedNode, type PlanGraph, PlanNode, reachable } from "./plan-node.js";

function node(name: string, inputs: readonly PlanNode[], type = "Neg", controls: readonly PlanNode[] = []): PlanNode {
  const outputTypes = type === "Switch" ? (["float32", "float32"] as const) : (["float32"] as const);
  return new PlanNode({ name, type, inputs: inputs.map((input) => input.port()), controls, outputTypes });
}

function names(clusters: readonly (readonly PlanNode[])[]): string[][] {
  return clusters.map((cluster) => cluster.map(({ name }) => name).sort()).sort();
}

const x = (): PlanNode => feedNode("x", 0, "float32", [-1]);

function clusters(graph: PlanGraph, chosen: readonly PlanNode[]): string[][] {
  const order = [...new Set([...graph.feeds, ...reachable(graph)])];
  return names(clusterNodes(graph, order, new Set(chosen)));
}

describe("clusters", () => {
  test("a chain of chosen nodes is one cluster", () => {
    const feed = x();
    const a = node("a", [feed]);
    const b = node("b", [a]);
    expect(clusters({ feeds: [feed], fetches: [b.port()], targets: [] }, [a, b])).toEqual([["a", "b"]]);
  });

  test("a path through the host cuts a cluster in two", () => {
    const feed = x();
    const a = node("a", [feed]);
    const host = node("host", [a]);
    const b = node("b", [a, host]);
    expect(clusters({ feeds: [feed], fetches: [b.port()], targets: [] }, [a, b])).toEqual([["a"], ["b"]]);
  });

  test("a control edge through the host cuts as well", () => {
    const feed = x();
    const a = node("a", [feed]);
    const host = node("host", [feed], "Assert", [a]);
    const b = node("b", [a], "Neg", [host]);
    expect(clusters({ feeds: [feed], fetches: [b.port()], targets: [] }, [a, b])).toEqual([["a"], ["b"]]);
  });

  test("a side branch sinks to the cluster that uses it", () => {
    const feed = x();
    const side = node("side", [feed]);
    const host = node("host", [feed]);
    const main = node("main", [host]);
    const sum = node("sum", [main, side], "Add");
    expect(clusters({ feeds: [feed], fetches: [sum.port()], targets: [] }, [side, main, sum])).toEqual([
      ["main", "side", "sum"],
    ]);
  });

  test("what the host needs early does not sink", () => {
    const feed = x();
    const side = node("side", [feed]);
    const host = node("host", [side]);
    const main = node("main", [host]);
    const sum = node("sum", [main, side], "Add");
    expect(clusters({ feeds: [feed], fetches: [sum.port()], targets: [] }, [side, main, sum])).toEqual([
      ["main", "sum"],
      ["side"],
    ]);
  });

  test("parts that share nothing are told apart", () => {
    const feed = x();
    const [a, b, c] = [node("a", [feed]), node("b", [feed]), node("c", [feed])];
    expect(names(connectedParts([a, b, node("d", [a, b], "Add"), c]))).toEqual([["a", "b", "d"], ["c"]]);
  });
});

test("a cluster gives way to one node, with its order kept", () => {
  const feed = x();
  const before = node("before", [feed], "Assert");
  const a = node("a", [feed], "Neg", [before]);
  const b = node("b", [a]);
  const after = node("after", [feed], "Assert", [b]);
  const user = node("user", [a]);
  const graph: PlanGraph = { feeds: [feed], fetches: [b.port(), user.port()], targets: [after] };
  const order = [feed, ...reachable(graph).filter((item) => item !== feed)];
  const cluster = clusterOf(graph, order, [a, b]);
  expect(cluster.inputs.map((port) => port.node.name)).toEqual(["x"]);
  expect(cluster.outputs.map((port) => port.node.name).sort()).toEqual(["a", "b"]);
  const fused = new PlanNode({ name: "fused", type: "_PlanOrt", outputTypes: ["float32", "float32"] });
  replaceClusters(graph, order, [{ cluster, node: fused }]);
  expect(fused.controls).toEqual([before]);
  expect(after.controls).toEqual([fused]);
  expect(user.inputs[0]!.node).toBe(fused);
  expect(cluster.outputs[user.inputs[0]!.index]!.node).toBe(a);
  expect(cluster.outputs[graph.fetches[0]!.index]!.node).toBe(b);
  expect(reachable(graph).some((item) => item === a || item === b)).toBe(false);
});

test("what lies between Switch and Merge is conditional, also in nested conditionals", () => {
  const feed = x();
  const [p, q] = [feedNode("p", 1, "bool", []), feedNode("q", 2, "bool", [])];
  const outer = node("outer", [feed, p], "Switch");
  const inside = new PlanNode({ name: "inside", type: "Neg", inputs: [outer.port(1)], outputTypes: ["float32"] });
  const inner = node("inner", [inside, q], "Switch");
  const innerMerge = new PlanNode({
    name: "innerMerge",
    type: "Merge",
    inputs: [inner.port(0), inner.port(1)],
    outputTypes: ["float32", "int32"],
  });
  const afterInner = node("afterInner", [innerMerge]);
  const outerMerge = new PlanNode({
    name: "outerMerge",
    type: "Merge",
    inputs: [outer.port(0), afterInner.port()],
    outputTypes: ["float32", "int32"],
  });
  const after = node("after", [outerMerge]);
  const order = [
    feed,
    p,
    q,
    ...reachable({ fetches: [after.port()], targets: [] }).filter((item) => item.type !== "_PlanFeed"),
  ];
  expect([...conditionalNodes(order)].map(({ name }) => name).sort()).toEqual([
    "afterInner",
    "inner",
    "innerMerge",
    "inside",
  ]);
});
