import { elementCount } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelTable } from "../kernel.js";
import type { RunContext } from "../run-context.js";
import { kernelNode } from "./kernel-node.js";
import { constantNode, type PlanGraph, type PlanNode, type Port, reachable } from "./plan-node.js";

/** As TensorFlow's constant folding: a result larger than this (elements, and larger than what it is made from) stays an op. */
const maxFoldedElements = 2_621_440;

/** Ops that only pass their input on. */
const passThrough: ReadonlySet<string> = new Set([
  "Identity",
  "StopGradient",
  "PreventGradient",
  "Snapshot",
  "PlaceholderWithDefault",
]);

/**
 * Removes nodes that only pass a value on, and computes with the host kernels what depends on constants alone.
 *
 * A node that fails stays: the error belongs to the run that needs it.
 */
export function foldConstants(graph: PlanGraph, kernels: KernelTable, context: RunContext): void {
  const replaced = new Map<PlanNode, readonly Port[]>();
  const resolve = (port: Port): Port => replaced.get(port.node)?.[port.index] ?? port;
  const pinned = new Set([...graph.targets]);
  for (const node of reachable(graph)) for (const control of node.controls) pinned.add(control);
  for (const node of reachable(graph)) {
    node.inputs = node.inputs.map(resolve);
    // What waits for a constant waits for what that waits for: in a conditional both are dead together.
    if (node.controls.some(isConstant))
      node.controls = [
        ...new Set(node.controls.flatMap((control) => (isConstant(control) ? control.controls : [control]))),
      ];
    if (node.value !== undefined || node.controls.length > 0) continue;
    if (passThrough.has(node.type) && !pinned.has(node)) {
      replaced.set(node, [node.inputs[0]!]);
      continue;
    }
    if (node.isStateful || !isFoldable(node)) continue;
    const results = evaluate(node, kernels, context);
    if (results === undefined) continue;
    const controls = [...new Set(node.inputs.flatMap((input) => input.node.controls))];
    replaced.set(
      node,
      results.map((value, i) => {
        const constant = constantNode(i === 0 ? node.name : `${node.name}:${i}`, value);
        constant.controls = controls;
        return constant.port();
      }),
    );
    if (!pinned.has(node)) continue;
    node.value = results[0];
    node.controls = controls;
  }
  graph.fetches = graph.fetches.map(resolve);
  graph.targets = [...new Set(graph.targets.flatMap((target) => (isConstant(target) ? target.controls : [target])))];
}

function isConstant(node: PlanNode): boolean {
  return node.value !== undefined;
}

function isFoldable(node: PlanNode): boolean {
  if (node.type.startsWith("_Plan") && node.type !== "_PlanGather") return false;
  if (node.outputTypes.length === 0 || node.type === "NoOp" || neverFolded.has(node.type)) return false;
  return node.inputs.every((input) => isConstant(input.node));
}

/** Control flow, and what has effects though the registry does not say so. */
const neverFolded: ReadonlySet<string> = new Set([
  "Switch",
  "Merge",
  "Enter",
  "Exit",
  "NextIteration",
  "LoopCond",
  "RefSwitch",
  "RefMerge",
  "RefEnter",
  "RefExit",
  "RefNextIteration",
  "Placeholder",
  "PlaceholderV2",
  "_Arg",
  "Print",
  "If",
  "While",
  "Case",
  "Bitcast_",
]);

function evaluate(node: PlanNode, kernels: KernelTable, context: RunContext): readonly TensorValue[] | undefined {
  const factory = kernels[node.type];
  if (factory === undefined) return undefined;
  if (node.outputTypes.some((dtype) => dtype === "resource" || dtype === "variant")) return undefined;
  try {
    const inputs = node.inputs.map((input) => input.node.value!);
    const results = factory(kernelNode(node))(inputs, context);
    const size = Math.max(0, ...results.map((value) => elementCount(value.shape)));
    const used = Math.max(0, ...inputs.map((value) => elementCount(value.shape)));
    return size > maxFoldedElements && size > used ? undefined : results;
  } catch {
    return undefined;
  }
}
