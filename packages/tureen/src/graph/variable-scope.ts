import { checkOptions, type OptionTable } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Graph, Tensor } from "./graph.js";
import { currentGraph, currentNameScope, currentVariableScope, nameScope, withVariableScope } from "./scope.js";
import type { Constraint, Initializer, Variable } from "./variable.js";

/** Makes variables that do not exist and shares those that do (`tf.AUTO_REUSE`). */
export const AUTO_REUSE = "auto";

/** Whether a scope shares variables that exist (true), makes new ones (false), or does what the case needs. */
export type Reuse = boolean | typeof AUTO_REUSE;

/** What variables of a scope have unless they say otherwise; scopes within it have them too. */
export interface VariableDefaults {
  readonly initializer?: Initializer | Tensor | TensorValue;
  /** From a variable's value to a penalty, a scalar, which is added to the regularization losses. */
  readonly regularizer?: (weights: Tensor) => Tensor;
  readonly constraint?: Constraint;
  readonly dtype?: DType;
}

/** A variable scope that is or was entered. */
export interface VariableScope extends VariableDefaults {
  /** The prefix of its variables without the trailing slash; empty at the root. */
  readonly name: string;
  readonly reuse: Reuse;
  /** The name scope that was opened with it, with its trailing slash. */
  readonly originalNameScope: string;
}

/** Options of `variableScope`. */
export interface VariableScopeOptions extends VariableDefaults {
  /** The name where none is given, made unique among the scopes beside it: `dense`, `dense_1`. */
  readonly defaultName?: string;
  /** Default: as around it. A scope within one that reuses reuses too. */
  readonly reuse?: Reuse;
}

const scopeOptions: OptionTable<VariableScopeOptions> = {
  defaultName: "optional",
  reuse: "optional",
  initializer: "optional",
  regularizer: "optional",
  constraint: "optional",
  dtype: "optional",
};

/** What a graph knows of its scopes. */
interface VariableStore {
  readonly variables: Map<string, Variable>;
  /** How often each scope was opened since the one around it was. */
  opened: Map<string, number>;
}

const stores = new WeakMap<Graph, VariableStore>();
const rootScope: VariableScope = Object.freeze({ name: "", reuse: false, originalNameScope: "" });

function storeOf(graph: Graph): VariableStore {
  let store = stores.get(graph);
  if (store === undefined) {
    store = { variables: new Map(), opened: new Map() };
    stores.set(graph, store);
  }
  return store;
}

/** The variables of the current graph that can be shared, by their names. */
export function sharedVariables(): Map<string, Variable> {
  return storeOf(currentGraph().root).variables;
}

/** The scope that `getVariable` makes variables in (`tf.get_variable_scope`). */
export function getVariableScope(): VariableScope {
  return currentVariableScope() ?? rootScope;
}

/**
 * Runs `body` in a variable scope (`tf.variable_scope`): variables that `getVariable` and layers make there are named under it, and shared by
 * `reuse`. A name scope of its name is opened too, unique among operations as name scopes are.
 *
 *     variableScope("tower", { reuse: AUTO_REUSE }, () => layers.dense(x, { units: 3, name: "out" }));
 *
 * A scope that was entered before may be given in the place of a name, and null with `defaultName`. INVALID_ARGUMENT with TensorFlow's texts.
 */
export function variableScope<T>(name: string | VariableScope | null, body: (scope: VariableScope) => T): T;
export function variableScope<T>(
  name: string | VariableScope | null,
  options: VariableScopeOptions,
  body: (scope: VariableScope) => T,
): T;
export function variableScope<T>(
  name: string | VariableScope | null,
  ...rest: [(scope: VariableScope) => T] | [VariableScopeOptions, (scope: VariableScope) => T]
): T {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  checkOptions("variableScope", options, scopeOptions);
  if (name !== null && typeof name === "object") return reenter(name, options, body);
  const { defaultName } = options;
  if (name === null && defaultName === undefined)
    throw invalidArgument("If default_name is None then name_or_scope is required");
  if (name === null && options.reuse !== undefined && options.reuse !== false)
    throw invalidArgument("reuse=True cannot be used without a name_or_scope");
  const around = getVariableScope();
  const own = name ?? uniqueBeside(around, defaultName!);
  const full = own === "" ? around.name : joined(around.name, own);
  const enter = (originalNameScope: string): T => {
    const scope = {
      ...around,
      ...defaultsOf(options),
      name: full,
      reuse: options.reuse || around.reuse,
      originalNameScope,
    };
    const store = storeOf(currentGraph().root);
    store.opened.set(full, (store.opened.get(full) ?? 0) + 1);
    try {
      return withVariableScope(scope, () => body(scope));
    } finally {
      for (const key of store.opened.keys()) if (key.startsWith(`${full}/`)) store.opened.delete(key);
    }
  };
  if (own === "") return enter(currentNameScope() === "" ? "" : `${currentNameScope()}/`);
  return nameScope(name ?? defaultName!, enter);
}

/** Jumps to a scope wherever it lies; what is opened there is forgotten afterwards. */
function reenter<T>(scope: VariableScope, options: VariableScopeOptions, body: (scope: VariableScope) => T): T {
  const store = storeOf(currentGraph().root);
  const before = new Map(store.opened);
  const again = { ...scope, ...defaultsOf(options), reuse: options.reuse || scope.reuse };
  const enter = (): T => withVariableScope(again, () => body(again));
  try {
    return scope.name === "" ? enter() : nameScope(scope.name.slice(scope.name.lastIndexOf("/") + 1), enter);
  } finally {
    store.opened = before;
  }
}

function defaultsOf({ defaultName: _, reuse: __, ...defaults }: VariableScopeOptions): VariableDefaults {
  return Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));
}

function uniqueBeside({ name }: VariableScope, prefix: string): string {
  const { opened } = storeOf(currentGraph().root);
  let unique = prefix;
  for (let i = 1; opened.has(joined(name, unique)); i++) unique = `${prefix}_${i}`;
  return unique;
}

function joined(scope: string, name: string): string {
  return scope === "" ? name : `${scope}/${name}`;
}
