import { scalarShape } from "../core/shape.js";
import { scalarValue, tensorValue } from "../core/tensor-value.js";
import { constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import type { Graph } from "../graph/graph.js";
import { currentGraph } from "../graph/scope.js";
import { Variable } from "../graph/variable.js";
import { defaultContainer, type ResourceManager, type VariableResource } from "../runtime/resource-manager.js";

/** The name under which every checkpoint holds the step. */
export const globalStepName = "global_step";

/** The graph's step counter, an int64 scalar, or undefined. */
export function getGlobalStep(graph: Graph = currentGraph()): Variable | undefined {
  return graph.getCollection<Variable>(collectionKeys.globalStep)[0];
}

/** The current graph's step counter, made where there is none (`tf.train.get_or_create_global_step`). */
export function getOrCreateGlobalStep(): Variable {
  return (
    getGlobalStep() ??
    new Variable({
      name: globalStepName,
      dtype: "int64",
      shape: scalarShape,
      initializer: () => constant(tensorValue("int64", [], BigInt64Array.of(0n)), undefined, "zeros"),
      trainable: false,
      collections: [collectionKeys.globalVariables, collectionKeys.globalStep],
    })
  );
}

/** The step that a session's variables are at, without a run. */
export function readGlobalStep(resources: ResourceManager): number {
  const handle = { container: defaultContainer, name: globalStepName, kind: "Var" };
  const value = resources.find<VariableResource>(handle)?.value ?? scalarValue("int64", 0n);
  return Number((value.data as BigInt64Array)[0]);
}
