import { failedPrecondition } from "../core/status-error.js";
import { type Graph, type Operation, Tensor } from "./graph.js";
import type { VariableScope } from "./variable-scope.js";

interface Scope {
  readonly graph: Graph;
  /** The name prefix without the trailing slash. */
  readonly name: string;
  readonly controlInputs: readonly Operation[];
  readonly colocate: string | undefined;
  /** Undefined where no variable scope was entered. */
  readonly variableScope: VariableScope | undefined;
}

/** The scopes entered and not yet left; builders read the last. Building is synchronous, so one stack serves the process. */
const scopes: Scope[] = [];

function top(): Scope | undefined {
  return scopes[scopes.length - 1];
}

function within<T>(scope: Scope, body: () => T): T {
  scopes.push(scope);
  try {
    const result = body();
    if (result instanceof Promise) {
      throw failedPrecondition(
        "Graph-building functions must be synchronous: a promise was returned from within a scope",
      );
    }
    return result;
  } finally {
    scopes.pop();
  }
}

/** Runs `body` with `graph` as the current graph, at its root scope; `body` must be synchronous. */
export function withGraph<T>(graph: Graph, body: (graph: Graph) => T): T {
  const around = top();
  // Variables of a function's body are named as those around it.
  const variableScope = around?.graph.root === graph.root ? around.variableScope : undefined;
  return within({ graph, name: "", controlInputs: [], colocate: undefined, variableScope }, () => body(graph));
}

/** The graph that builders add to; FAILED_PRECONDITION outside `withGraph`. */
export function currentGraph(): Graph {
  const scope = top();
  if (scope === undefined) throw failedPrecondition("There is no current graph: build ops inside withGraph");
  return scope.graph;
}

/** Whether a graph is being built. */
export function hasCurrentGraph(): boolean {
  return top() !== undefined;
}

/** The current name scope without the trailing slash; empty at the root. */
export function currentNameScope(): string {
  return top()?.name ?? "";
}

/** The operations that every new operation here waits for. */
export function currentControlInputs(): readonly Operation[] {
  return top()?.controlInputs ?? [];
}

/** The operation name that new operations are colocated with (`_class` attribute), or undefined. */
export function currentColocation(): string | undefined {
  return top()?.colocate;
}

/** The name under the current scope. */
export function scopedName(name: string): string {
  const scope = currentNameScope();
  return scope === "" ? name : `${scope}/${name}`;
}

/**
 * Runs `body` under a name scope, made unique as TensorFlow does; `body` gets the scope's name with its trailing slash.
 *
 * A name that ends in a slash re-enters exactly that scope; null or "" is the root.
 */
export function nameScope<T>(name: string | null, body: (scope: string) => T): T {
  const scope = top();
  const graph = currentGraph();
  const entered =
    name === null || name === "" ? "" : name.endsWith("/") ? name.slice(0, -1) : graph.uniqueScope(scopedName(name));
  return within({ ...scope!, name: entered }, () => body(entered === "" ? "" : `${entered}/`));
}

/** Runs `body` so that each operation made in it waits for `inputs`; null forgets those of outer scopes. */
export function controlDependencies<T>(inputs: readonly (Operation | Tensor)[] | null, body: () => T): T {
  const scope = top();
  if (scope === undefined) throw failedPrecondition("There is no current graph: build ops inside withGraph");
  const added = (inputs ?? []).map((input) => (input instanceof Tensor ? input.op : input));
  const controlInputs = inputs === null ? [] : [...new Set([...scope.controlInputs, ...added])];
  return within({ ...scope, controlInputs }, body);
}

/** Runs `body` so that each operation made in it carries the `_class` attribute that colocates it with `op`. */
export function colocateWith<T>(op: Operation, body: () => T): T {
  return within({ ...top()!, colocate: op.name }, body);
}

/** The variable scope that was entered last and not yet left, undefined where there is none. */
export function currentVariableScope(): VariableScope | undefined {
  return top()?.variableScope;
}

/** Runs `body` in a variable scope; the name scope stays. */
export function withVariableScope<T>(variableScope: VariableScope, body: () => T): T {
  currentGraph();
  return within({ ...top()!, variableScope }, body);
}
