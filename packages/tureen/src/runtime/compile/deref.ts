import { argTypes } from "../../graph/op-attrs.js";
import { findOpDef } from "../../graph/op-def.js";
import { type PlanGraph, PlanNode, type Port, reachable } from "./plan-node.js";

/**
 * Gives TF1's ref tensors the meaning of handles.
 *
 * A variable's node yields its handle. Who takes a ref (Assign, ScatterAdd, ApplyAdam) gets that handle, however many assignments the ref
 * came through, and waits for them; who takes a value gets it from a `_ReadRef` that runs when the taker's control inputs are done.
 */
export function derefVariables(graph: PlanGraph): void {
  const nodes = reachable(graph);
  if (!nodes.some((node) => node.refOutputs !== undefined)) return;
  for (const node of nodes) {
    if (!node.inputs.some(isRef)) continue;
    const wantsRef = refInputs(node);
    const controls = new Set(node.controls);
    node.inputs = node.inputs.map((port, i) => {
      if (!isRef(port)) return port;
      if (wantsRef[i] !== true) return leadsToVariable(port) ? value(port, node.controls) : port;
      const origin = source(port);
      if (origin.node !== port.node) controls.add(port.node);
      return origin;
    });
    node.controls = [...controls];
  }
  graph.fetches = graph.fetches.map((port) => (isRef(port) && leadsToVariable(port) ? value(port, []) : port));
}

function isRef({ node, index }: Port): boolean {
  return node.refOutputs?.[index] === true;
}

function isVariable(node: PlanNode): boolean {
  return node.type === "VariableV2" || node.type === "Variable" || node.type === "TemporaryVariable";
}

/** What passes on one of several refs; which one is not known before the run. */
const picks: ReadonlySet<string> = new Set(["RefSwitch", "RefMerge", "RefSelect"]);

/** Whether a ref is one of variables, and not of tables, whose handles are values. */
function leadsToVariable(port: Port, seen: Set<PlanNode> = new Set()): boolean {
  const { node } = source(port);
  if (isVariable(node)) return true;
  if (!picks.has(node.type) || seen.has(node)) return false;
  seen.add(node);
  return node.inputs.some((input) => isRef(input) && leadsToVariable(input, seen));
}

/** The variable (or table) that a ref leads to, through assignments that pass it on. */
function source(port: Port): Port {
  let current = port;
  while (isRef(current) && current.node.inputs.length > 0 && !isVariable(current.node)) {
    // What picks at run time is where the way ends; everything else passes on its first input.
    if (picks.has(current.node.type)) return current;
    current = current.node.inputs[0]!;
  }
  return current;
}

function value(port: Port, controls: readonly PlanNode[]): Port {
  // An assignment's output is already the new value.
  if (!isVariable(port.node) && port.node.type !== "RefIdentity" && !picks.has(port.node.type)) return port;
  const origin = source(port);
  const dtype = port.node.outputTypes[port.index]!;
  const read = new PlanNode({
    name: `${port.node.name}/_ReadRef`,
    type: "_ReadRef",
    inputs: [origin],
    controls: origin.node === port.node ? controls : [...controls, port.node],
    outputTypes: [dtype],
    shapes: [port.node.shapes[port.index]],
    isStateful: true,
  });
  return read.port();
}

function refInputs(node: PlanNode): boolean[] {
  return findOpDef(node.type)?.inputs.flatMap((arg) => argTypes(arg, node.attrs).map((port) => port.isRef)) ?? [];
}
