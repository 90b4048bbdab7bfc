import { invalidArgument } from "../../core/status-error.js";
import { type BundleReader, openBundle } from "../../formats/tensor-bundle-reader.js";
import { collectionKeys } from "../../graph/collections.js";
import { controlDependencies, currentGraph, nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { sharedVariables } from "../../graph/variable-scope.js";
import { checkpointInitializer } from "../feature-column/checkpoint-initializer.js";
import { checkTensor, checkVariableShape } from "./checkpoint-tensor.js";
import { checkpointPrefix } from "./warm-start-settings.js";

/** A variable's or a scope's name in the checkpoint, and the variable or scope that starts from it. */
export type AssignmentMap =
  | Readonly<Record<string, string | Variable>>
  | readonly (readonly [string, string | Variable])[];

/**
 * Has variables of the current graph start from a checkpoint's instead of their initializers (`tf.compat.v1.train.init_from_checkpoint`).
 *
 * To be called in a model function once the variables are made: they take the checkpoint's values when the model is initialised, which a
 * training that goes on from a checkpoint of its own is not.
 *
 *     initFromCheckpoint("pretrained/model.ckpt", { "bert/": "bert/", "old/bias": "new/bias" });
 *
 * Keys that end in a slash are scopes in the checkpoint ("/" is all of it); their values are scopes of the graph. `checkpoint` is a prefix or a folder
 * with checkpoints. INVALID_ARGUMENT with TensorFlow's texts for tensors that the checkpoint lacks or has in another shape.
 */
export function initFromCheckpoint(checkpoint: string, assignmentMap: AssignmentMap): void {
  const prefix = checkpointPrefix(checkpoint);
  const reader = openBundle(prefix);
  try {
    const pairs: (readonly [string, string | Variable])[] = Array.isArray(assignmentMap)
      ? [...assignmentMap]
      : Object.entries(assignmentMap);
    const variables = currentVariables();
    for (const [key, to] of pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
      const variable = to instanceof Variable ? to : variables.get(to);
      if (variable === undefined) assignScope(reader, prefix, checkpoint, key, to as string, variables);
      else {
        checkTensor(reader, key, checkpoint);
        startFrom(variable, reader, prefix, key);
      }
    }
  } finally {
    reader.close();
  }
}

/** The variables that can be named: those of variable scopes and all global ones. */
function currentVariables(): ReadonlyMap<string, Variable> {
  const graph = currentGraph().root;
  const named = [...graph.getCollection<Variable>(collectionKeys.globalVariables)].map(
    (variable) => [variable.name, variable] as const,
  );
  return new Map([...named, ...sharedVariables()]);
}

function assignScope(
  reader: BundleReader,
  prefix: string,
  checkpoint: string,
  key: string,
  to: string,
  variables: ReadonlyMap<string, Variable>,
): void {
  const scope = to.includes("/") ? to.slice(0, to.lastIndexOf("/")) : "";
  if (!key.endsWith("/") || !to.includes("/")) {
    throw invalidArgument(
      `Assignment map with scope only name ${scope} should map to scope only ${key}. Should be 'scope/': 'other_scope/'.`,
    );
  }
  const names = [...variables.keys()].filter((name) => scope === "" || name.startsWith(`${scope}/`)).toSorted();
  for (const name of names) {
    const rest = scope === "" ? name : name.slice(scope.length + 1);
    const full = key === "/" ? rest : key + rest;
    if (!reader.has(full)) {
      throw invalidArgument(`Tensor ${full} (${rest} in ${key}) is not found in ${checkpoint} checkpoint`);
    }
    startFrom(variables.get(name)!, reader, prefix, full);
  }
}

/** Has a variable start from a tensor of a checkpoint, which is read when the model is initialised. */
function startFrom(variable: Variable, reader: BundleReader, prefix: string, key: string): void {
  checkVariableShape(variable, key, reader.entry(key).shape);
  // The checkpoint is read whatever the model function builds around the call.
  controlDependencies(null, () =>
    nameScope(null, () => variable.startFrom(checkpointInitializer(prefix, key)(variable.shape, variable.dtype))),
  );
}
