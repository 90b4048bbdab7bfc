import { collectionKeys } from "../../graph/collections.js";
import type { Operation } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";

/** What a part of a model made: trainable variables and update ops, in order. */
export interface Created<T> {
  readonly result: T;
  readonly trainableVariables: readonly Variable[];
  readonly updateOps: readonly Operation[];
}

/** Runs a part of a model function and tells which trainable variables and update ops it added to the graph. */
export function trackCreated<T>(body: () => T): Created<T> {
  const graph = currentGraph();
  const variables = graph.getCollection<Variable>(collectionKeys.trainableVariables).length;
  const updates = graph.getCollection<Operation>(collectionKeys.updateOps).length;
  const result = body();
  return {
    result,
    trainableVariables: graph.getCollection<Variable>(collectionKeys.trainableVariables).slice(variables),
    updateOps: graph.getCollection<Operation>(collectionKeys.updateOps).slice(updates),
  };
}

/** What Keras' layers made: their update ops are known to the layers alone, not in the graph's collection. */
export function asKerasLayers<T>(created: Created<T>): Created<T> {
  const { collections } = currentGraph();
  const others = (collections.get(collectionKeys.updateOps) ?? []).filter(
    (op) => !created.updateOps.includes(op as Operation),
  );
  if (others.length > 0) collections.set(collectionKeys.updateOps, others);
  else collections.delete(collectionKeys.updateOps);
  return created;
}
