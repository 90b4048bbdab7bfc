import { type PlanGraph, type PlanNode, reachable } from "./plan-node.js";

/** Takes away waiting for what does nothing: a NoOp that waits for nothing itself, such as is left of a check that was decided when the graph was built. */
export function dropEmptyControls(graph: PlanGraph): void {
  const empty = new Set<PlanNode>();
  for (const node of reachable(graph)) {
    if (node.controls.some((control) => empty.has(control)))
      node.controls = node.controls.filter((control) => !empty.has(control));
    if (node.type === "NoOp" && node.inputs.length === 0 && node.controls.length === 0) empty.add(node);
  }
}
