import { clusterOf } from "./partition.js";
import { addCosts, borderCost, type Cost, nodeCost } from "./partition-cost.js";
import type { PlanFacts } from "./partition-facts.js";
import type { PlanGraph, PlanNode } from "./plan-node.js";

/** The batch for which it must pay: what servers see and batch together. */
const typicalUnits = 32;

const joins: ReadonlySet<string> = new Set(["ConcatV2", "Pack", "AddN"]);

const atTypicalSize = ({ fixed, perUnit }: Cost): number => fixed + perUnit * typicalUnits;

/**
 * A cluster's nodes without those before a join of many values, where handing the joined value to ONNX Runtime costs less than handing over
 * each part: the input layer of feature columns, mostly. What is left is a cluster as well.
 */
export function peelJoins(
  graph: PlanGraph,
  order: readonly PlanNode[],
  nodes: readonly PlanNode[],
  facts: PlanFacts,
): readonly PlanNode[] {
  let kept = nodes;
  for (const join of nodes) {
    if (!joins.has(join.type) || !kept.includes(join)) continue;
    const peeled = withAncestors(join, new Set(kept));
    const rest = kept.filter((node) => !peeled.has(node));
    if (rest.length === 0) continue;
    const costs = [...peeled].map((node) => nodeCost(node, facts));
    const border = (members: readonly PlanNode[]): number => {
      const { inputs, outputs } = clusterOf(graph, order, members);
      return atTypicalSize(borderCost(inputs, outputs, facts, true));
    };
    const inside = atTypicalSize(addCosts(costs.map(({ ort }) => ort))) + border(kept);
    const outside = atTypicalSize(addCosts(costs.map(({ host }) => host))) + border(rest);
    if (outside < inside) kept = rest;
  }
  return kept;
}

function withAncestors(node: PlanNode, among: ReadonlySet<PlanNode>): ReadonlySet<PlanNode> {
  const found = new Set<PlanNode>();
  const pending = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next) || !among.has(next)) continue;
    found.add(next);
    for (const input of next.inputs) pending.push(input.node);
    pending.push(...next.controls);
  }
  return found;
}
