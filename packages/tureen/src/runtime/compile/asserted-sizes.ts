import type { PlanNode, Port } from "./plan-node.js";
import { type PlanSymbols, planSymbols, type Term, type Unknown } from "./plan-symbols.js";

/** What follows for a plan's gradients from the shapes that its asserts make sure of. */
export interface AssertedSizes {
  /** Whether a Reshape of a Sum gives what was summed as it is: the gradient of an operand that was not broadcast. */
  isSum(reshape: PlanNode): boolean;
  /** The plan's sizes as a node may take them: those that asserts compare are one, except for what the asserts look at. */
  symbolsOf(node: PlanNode): PlanSymbols;
}

/**
 * Takes sizes for equal that an Assert compares: a run in which they differ ends with its error whatever the other steps compute.
 *
 * What an Assert itself looks at is left as it is.
 */
export function assertedSizes(order: readonly PlanNode[], trustFeeds: boolean, symbols: PlanSymbols): AssertedSizes {
  const equal: (readonly [Unknown, Unknown])[] = [];
  const checking = new Set<PlanNode>();
  const visit = (node: PlanNode): void => {
    if (checking.has(node)) return;
    checking.add(node);
    for (const input of node.inputs) visit(input.node);
    node.controls.forEach(visit);
  };
  for (const node of order) {
    if (node.type !== "Assert") continue;
    visit(node);
    const [all] = node.inputs;
    const compared = all?.node.type === "All" ? all.node.inputs[0]!.node : undefined;
    if (compared?.type !== "Equal") continue;
    const [a, b] = compared.inputs.map((port) => symbols.elements(port));
    if (a === undefined || b === undefined || a.length !== b.length) continue;
    a.forEach((term, i) => {
      const other = b[i]!;
      if (
        isUnknown(term) &&
        isUnknown(other) &&
        term !== other &&
        !equal.some(([from]) => from === term || from === other)
      )
        equal.push([term, other]);
    });
  }
  const unified = equal.length === 0 ? symbols : planSymbols(order, trustFeeds, equal, symbols.facts);
  return {
    symbolsOf: (node) => (checking.has(node) ? symbols : unified),
    isSum: (reshape) => {
      if (!isSumOfGradient(reshape) || checking.has(reshape)) return false;
      const from = unified.dimensions(reshape.inputs[0]!.node.inputs[0]!);
      const to = unified.elements(reshape.inputs[1]!);
      return (
        from !== undefined && to !== undefined && from.length === to.length && from.every((term, d) => term === to[d])
      );
    },
  };
}

/** Whether a node is Reshape(Sum(x, BroadcastGradientArgs(…))): what a gradient makes of a broadcast. */
export function isSumOfGradient({ type, inputs }: PlanNode): boolean {
  const sum = type === "Reshape" ? (inputs[0] as Port).node : undefined;
  return sum?.type === "Sum" && sum.inputs[1]!.node.type === "BroadcastGradientArgs";
}

function isUnknown(term: Term): term is Unknown {
  return typeof term !== "number";
}
