import type { Operation, Tensor } from "../../graph/graph.js";
import { feedNode, nodeOf, type PlanGraph, type PlanNode, type Port } from "./plan-node.js";

/** What to compile: tensors of one graph. */
export interface PlanRequest {
  readonly feeds: readonly Tensor[];
  readonly fetches: readonly Tensor[];
  readonly targets: readonly Operation[];
}

/**
 * Copies the part of a graph that the fetches and targets need into plan nodes, cut off at the feeds.
 *
 * Loops of TF1 stay cyclic here (Merge has its NextIteration as an input).
 */
export function lift(request: PlanRequest, prefix = ""): PlanGraph {
  const nodes = new Map<Operation, PlanNode>();
  const feeds = request.feeds.map((tensor, i) => feedNode(prefix + tensor.name, i, tensor.dtype, tensor.shape));
  const fed = new Map<Tensor, PlanNode>(request.feeds.map((tensor, i) => [tensor, feeds[i]!]));
  const pending: Operation[] = [];
  const lifted = (op: Operation): PlanNode => {
    let node = nodes.get(op);
    if (node === undefined) {
      node = nodeOf(op, prefix);
      nodes.set(op, node);
      pending.push(op);
    }
    return node;
  };
  const port = (tensor: Tensor): Port => {
    const feed = fed.get(tensor);
    return feed === undefined ? { node: lifted(tensor.op), index: tensor.index } : feed.port();
  };
  // A control edge from an operation all of whose outputs are fed is satisfied by the feed.
  const control = (op: Operation): PlanNode | undefined =>
    op.outputs.length > 0 && op.outputs.every((output) => fed.has(output)) ? undefined : lifted(op);
  const fetches = request.fetches.map(port);
  const targets = request.targets.map(control).filter((node) => node !== undefined);
  for (let op = pending.pop(); op !== undefined; op = pending.pop()) {
    const node = nodes.get(op)!;
    node.inputs = op.inputs.map(port);
    node.controls = op.controlInputs.map(control).filter((source) => source !== undefined);
  }
  return { feeds, fetches, targets };
}
