import type { Graph } from "../graph/graph.js";
import type { GraphFunction } from "../graph/graph-function.js";
import { variableHandle } from "../runtime/compile/freeze.js";
import { inlineCalls } from "../runtime/compile/inline-calls.js";
import { lift } from "../runtime/compile/lift.js";
import { type PlanNode, type Port, reachable } from "../runtime/compile/plan-node.js";
import type { ResourceHandle } from "../runtime/resource-manager.js";
import { componentTensors } from "./composite-info.js";
import type { SignatureInfo } from "./signature.js";

/** Ops that change a variable which is their first input. */
export const assigns: RegExp =
  /^(Assign|AssignAdd|AssignSub|Assign(Add|Sub)?VariableOp|Scatter.*|ResourceScatter.*|(Resource)?(Sparse)?Apply.*|ResourceStridedSliceAssign|CountUpTo|ResourceCountUpTo|DestroyResourceOp|Rng(ReadAnd)?Skip|Stateful(Uniform|StandardNormal|TruncatedNormal|Random).*)$/;

/**
 * Which variables no signature of a model ever assigns, so that their values are constants once the model is loaded.
 *
 * Where an assignment's variable cannot be told (inside branches and loop bodies), every variable handed to that call counts as assigned.
 */
export function constantVariables(
  graph: Graph,
  signatures: ReadonlyMap<string, SignatureInfo>,
): (handle: ResourceHandle) => boolean {
  const assigned = new Set<string>();
  const mark = (port: Port): void => {
    for (const node of origins(port)) {
      const handle = variableHandle(node);
      if (handle !== undefined) assigned.add(key(handle));
    }
  };
  const fetches = [...signatures.values()].flatMap(({ outputs }) => componentTensors(graph, outputs));
  const planGraph = lift({ feeds: [], fetches: [...new Set(fetches)], targets: [] });
  inlineCalls(planGraph, graph.functions);
  for (const node of reachable(planGraph)) {
    if (assigns.test(node.type)) mark(node.inputs[0]!);
    else if (callsAssigning(node, graph.functions)) for (const input of node.inputs) mark(input);
  }
  return (handle) => !assigned.has(key(handle));
}

function key(handle: ResourceHandle): string {
  return `${handle.container}\0${handle.name}`;
}

/** The nodes a value may come from, through what only passes it on. */
function origins(port: Port): PlanNode[] {
  const found: PlanNode[] = [];
  const seen = new Set<PlanNode>();
  const pending = [port.node];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (variableHandle(node) !== undefined) found.push(node);
    else
      for (const input of node.inputs)
        if (input.node.outputTypes[input.index] === "resource" || input.node.refOutputs !== undefined)
          pending.push(input.node);
  }
  return found;
}

function callsAssigning(node: PlanNode, library: ReadonlyMap<string, GraphFunction>): boolean {
  return functionsOf(node).some((name) => functionAssigns(name, library, new Set()));
}

function functionsOf(node: Pick<PlanNode, "attrs">): string[] {
  const names: string[] = [];
  for (const attr of node.attrs.map.values()) {
    if (attr.kind === "func") names.push(attr.value.name);
    else if (attr.kind === "list" && attr.of === "func")
      names.push(...(attr.value as readonly { readonly name: string }[]).map((fn) => fn.name));
  }
  return names;
}

function functionAssigns(name: string, library: ReadonlyMap<string, GraphFunction>, seen: Set<string>): boolean {
  const fn = library.get(name);
  if (fn === undefined || seen.has(name)) return false;
  seen.add(name);
  return fn.definition.nodes.some((node) => {
    if (assigns.test(node.op) || functionAssigns(node.op, library, seen)) return true;
    for (const attr of node.attrs.values())
      if (attr.kind === "func" && functionAssigns(attr.value.name, library, seen)) return true;
    return false;
  });
}
