import type { KernelNode } from "../kernel.js";
import type { PlanNode } from "./plan-node.js";

/** What a kernel factory sees of a plan node. */
export function kernelNode(node: PlanNode): KernelNode {
  return {
    name: node.name,
    type: node.type,
    attrs: node.attrs,
    inputTypes: node.inputTypes,
    outputTypes: node.outputTypes,
    constant: (input) => node.inputs[input]?.node.value,
  };
}
