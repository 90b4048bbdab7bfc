import { currentVariableScope, nameScope } from "../../graph/scope.js";
import { variableScope } from "../../graph/variable-scope.js";

/** How a layer is named and whether it has another one's variables. */
export interface LayerNaming {
  readonly name?: string | undefined;
  /** Whether the variables are those of the layer that has the name already. */
  readonly reuse?: boolean | undefined;
}

/**
 * Runs a layer's body under its name; the body gets the prefix of its variables.
 *
 * In a variable scope they are named and shared as there (`tf.layers`), elsewhere after the name scope and unique (`tf.keras.layers`).
 */
export function layerScope<T>(defaultName: string, { name, reuse }: LayerNaming, body: (prefix: string) => T): T {
  if (currentVariableScope() === undefined && reuse === undefined) return nameScope(name ?? defaultName, body);
  if (name === undefined && reuse !== true)
    return variableScope(null, { defaultName }, (scope) => body(`${scope.name}/`));
  const options = reuse === undefined ? {} : { reuse };
  return variableScope(name ?? defaultName, options, (scope) => body(`${scope.name}/`));
}
