import { buildOp } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation } from "../../graph/graph.js";
import type { SharedResource } from "../../graph/saveable.js";
import { controlDependencies, currentGraph } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";

/** A NoOp that waits for operations (`tf.group`); an `init`-like name as TensorFlow gives it. */
export function group(operations: readonly Operation[], name: string): Operation {
  return controlDependencies(operations, () => buildOp("NoOp", [], {}, name));
}

/** Initialises a list of variables in one operation named `init`. */
export function variablesInitializer(variables: readonly Variable[], name = "init"): Operation {
  return group(
    variables.map((variable) => variable.initializer),
    name,
  );
}

/** What runs where there is no checkpoint: the variables' initialisers, and where the graph has other resources, what makes those. */
export function initOp(variables: readonly Variable[]): Operation {
  const init = variablesInitializer(variables);
  const resources = currentGraph().getCollection<SharedResource>(collectionKeys.resources);
  if (resources.length === 0) return init;
  return group(
    [
      init,
      group(
        resources.map(({ create }) => create),
        "init",
      ),
    ],
    "group_deps",
  );
}

/**
 * What runs after variables are restored (`Scaffold.default_local_init_op`): local variables, tables, local resources, grouped as `group_deps`.
 */
export function localInitOp(): Operation {
  const graph = currentGraph();
  const locals = variablesInitializer(graph.getCollection<Variable>(collectionKeys.localVariables));
  const tables = group(graph.getCollection<Operation>(collectionKeys.tableInitializers), "init_all_tables");
  const resources = group([], "init");
  return group([locals, resources, tables], "group_deps");
}
