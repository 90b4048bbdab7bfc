import type { GradientRule } from "./gradient.js";
import type { Operation } from "./graph.js";

/** The gradients of loops that were built here: only the builder knows what a loop's variables mean. */
const rules = new WeakMap<Operation, GradientRule>();

/** Says how gradients pass a loop. */
export function setLoopGradient(loop: Operation, rule: GradientRule): void {
  rules.set(loop, rule);
}

/** How gradients pass a loop, or undefined for one that was read from a file or keeps no history. */
export function loopGradient(loop: Operation): GradientRule | undefined {
  return rules.get(loop);
}
