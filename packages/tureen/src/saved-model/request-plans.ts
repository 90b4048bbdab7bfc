import { StatusError } from "../core/status-error.js";
import type { Graph, Tensor } from "../graph/graph.js";
import { reachableOperations } from "./check-kernels.js";
import { componentNames } from "./composite-info.js";
import { changesState } from "./mutable-state.js";
import type { SignatureInfo } from "./signature.js";

/** So many plans may requests have a model compile: each takes memory for as long as the model is loaded. */
const planLimit = 1000;

/**
 * What requests may have a model run beside its signatures: other tensors to feed and to fetch, of SessionRun or an output filter.
 *
 * The check throws RESOURCE_EXHAUSTED for the plan that is one too many, and FAILED_PRECONDITION for tensors whose computation would change
 * what other requests see: variables that no signature changes are constants of their plans.
 */
export function requestPlanCheck(
  graph: Graph,
  signatures: ReadonlyMap<string, SignatureInfo>,
): (feeds: readonly Tensor[], fetches: readonly Tensor[]) => void {
  const outputs = new Set(
    [...signatures.values()].flatMap((info) => [...info.outputs.values()].flatMap(componentNames)),
  );
  let plans = 0;
  return (feeds, fetches) => {
    if (plans >= planLimit) {
      throw new StatusError(
        "RESOURCE_EXHAUSTED",
        `Requests have asked for ${planLimit} different sets of tensors; this one is one more than a model keeps plans for`,
      );
    }
    const others = fetches.filter(({ name }) => !outputs.has(name));
    for (const op of others.length === 0 ? [] : reachableOperations(graph, others, new Set(feeds))) {
      if (!changesState(graph, op)) continue;
      throw new StatusError(
        "FAILED_PRECONDITION",
        `Operation ${op.name} (${op.type}) changes the model's state, and no signature runs it`,
      );
    }
    plans += 1;
  };
}
