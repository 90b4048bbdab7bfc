import type { TensorValue } from "../../core/tensor-value.js";
import {
  defaultContainer,
  type ResourceHandle,
  type ResourceManager,
  type VariableResource,
} from "../resource-manager.js";
import { constantNode, type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";

/** Tells which variables a plan may take as constants. */
export interface FreezeOptions {
  readonly resources: ResourceManager;
  /** Whether nothing that the model can run assigns this variable. */
  readonly isConstant: (handle: ResourceHandle) => boolean;
}

/**
 * Turns reads of variables that nothing assigns into constants, and gathers from them into gathers from constants.
 *
 * The constants share the variables' buffers: freezing copies no weights.
 */
export function freezeVariables(graph: PlanGraph, options: FreezeOptions): void {
  const frozen = new Map<PlanNode, PlanNode | undefined>();
  const constantOf = (port: Port): PlanNode | undefined => {
    const node = passIdentity(port).node;
    if (!frozen.has(node)) {
      const value = frozenValue(node, options);
      frozen.set(node, value === undefined ? undefined : constantNode(`${node.name}/_Frozen`, value));
    }
    return frozen.get(node);
  };
  const replaced = new Map<PlanNode, PlanNode>();
  for (const node of reachable(graph)) {
    if (node.type === "ReadVariableOp" || node.type === "_ReadRef") {
      const constant = constantOf(node.inputs[0]!);
      if (constant !== undefined) replaced.set(node, constant);
    } else if (node.type === "ResourceGather") {
      const constant = constantOf(node.inputs[0]!);
      if (constant === undefined || node.attrs.int("batch_dims") !== 0) continue;
      node.type = "_PlanGather";
      node.inputs = [constant.port(), node.inputs[1]!];
      node.isStateful = false;
    }
  }
  const swap = (port: Port): Port => replaced.get(port.node)?.port() ?? port;
  for (const node of reachable(graph)) {
    node.inputs = node.inputs.map(swap);
    node.controls = node.controls.filter((control) => !replaced.has(control));
  }
  graph.fetches = graph.fetches.map(swap);
  graph.targets = graph.targets.filter((target) => !replaced.has(target));
}

function passIdentity(port: Port): Port {
  let current = port;
  while (current.node.type === "Identity" && current.node.controls.length === 0) current = current.node.inputs[0]!;
  return current;
}

/** The handle that a variable's node yields, as its kernel makes it. */
export function variableHandle(node: PlanNode): ResourceHandle | undefined {
  if (node.type !== "VarHandleOp" && node.type !== "VariableV2" && node.type !== "Variable") return undefined;
  const container = node.attrs.text("container");
  const shared = node.attrs.text("shared_name");
  return {
    container: container === "" ? defaultContainer : container,
    name: shared === "" ? node.name : shared,
    kind: "Var",
  };
}

/** The value of the variable that a handle names, where nothing assigns it. */
export function constantVariable(handle: Port, options: FreezeOptions): TensorValue | undefined {
  return frozenValue(passIdentity(handle).node, options);
}

function frozenValue(node: PlanNode, { resources, isConstant }: FreezeOptions): TensorValue | undefined {
  const handle = variableHandle(node);
  if (handle === undefined || !isConstant(handle)) return undefined;
  const variable = resources.find<VariableResource>(handle);
  // The plan keeps the value: should anything assign the variable after all, it must not write into the buffer.
  if (variable !== undefined) variable.shared = true;
  return variable?.value;
}
