import { checkOptions, nameOnly } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { asTensor, build, buildOp, constant } from "../build-op.js";
import { callBranches } from "../call-functions.js";
import { buildWithin, FunctionGraph } from "../function-graph.js";
import { Operation, Tensor } from "../graph.js";
import { controlDependencies, currentGraph, currentNameScope, nameScope } from "../scope.js";
import {
  assertSameNest,
  type Composite,
  componentsOf,
  composed,
  flattenNest,
  isComposite,
  type Nest,
  nestText,
  packNest,
  tensorText,
} from "../structure.js";

/** What a function of `cond`, `switchCase` or `whileLoop` may return at each place of its structure; null is nothing. */
export type ControlLeaf =
  | Tensor
  | Composite
  | TensorValue
  | Operation
  | number
  | bigint
  | boolean
  | string
  | null
  | undefined;

/** Results in any nesting of lists and records. */
export type ControlNest = Nest<ControlLeaf>;

/** The same nesting with what comes out: a tensor for everything but sparse and ragged tensors and null. */
export type Built<S> = S extends Composite
  ? S
  : S extends null | undefined
    ? null
    : S extends Tensor | TensorValue | Operation | number | bigint | boolean | string
      ? Tensor
      : { -readonly [K in keyof S]: Built<S[K]> };

/** What one function was built to. */
interface Branch {
  readonly graph: FunctionGraph;
  readonly structure: ControlNest;
  /** The leaves that are made of tensors; an operation counts as a tensor that waits for it. */
  readonly leaves: readonly (Tensor | Composite)[];
}

/**
 * The result of `trueFn` where `pred` is true, else of `falseFn` (`tf.cond`): an If op, or StatelessIf where neither branch has state.
 *
 * Both functions return tensors in the same nesting and of the same dtypes; what they use of the graph around them is handed in. Only the
 * chosen branch runs, its operations with effects (assignments, Assert) whether or not the result depends on them.
 */
export function cond<R>(
  pred: Tensor | TensorValue,
  trueFn: () => R,
  falseFn: () => NoInfer<R>,
  options: { readonly name?: string } = {},
): Built<NoInfer<R>> {
  checkOptions("cond", options, nameOnly);
  if (typeof pred === "boolean") throw invalidArgument("pred must not be a Python bool");
  if (typeof trueFn !== "function") throw invalidArgument("'true_fn' must be callable.");
  if (typeof falseFn !== "function") throw invalidArgument("'false_fn' must be callable.");
  const outside = currentNameScope();
  return nameScope(options.name ?? "cond", (scope) => {
    let predicate = asTensor(pred, undefined, "pred");
    if (predicate.shape !== undefined && predicate.shape.length > 0) predicate = build("Squeeze", [predicate]);
    const branches = [trueFn, falseFn].map((fn) => buildBranch(fn as () => ControlNest, outside, predicate));
    checkSame(branches, "tf.cond", ["true_fn", "false_fn"]);
    return choose("If", predicate, branches, scope) as Built<NoInfer<R>>;
  });
}

/** A function for each index: in order, by number, or in pairs. */
export type BranchFunctions<R> =
  | readonly (() => R)[]
  | readonly (readonly [number, () => R])[]
  | { readonly [index: number]: () => R };

/**
 * The result of the function that `branchIndex` (a scalar int32 tensor) names (`tf.switch_case`): a Case op, or StatelessCase where no branch has state.
 *
 * An index without a function takes `default`, or the last function where there is none.
 */
export function switchCase<R>(
  branchIndex: Tensor,
  branchFns: BranchFunctions<R>,
  options: { readonly default?: () => R; readonly name?: string } = {},
): Built<NoInfer<R>> {
  checkOptions("switchCase", options, { default: "optional", name: "optional" });
  return nameScope(options.name ?? "switch_case", () => {
    const fns = [
      ...indexedFunctions(branchIndex, branchFns),
      ...(options.default === undefined ? [] : [options.default]),
    ];
    const outside = currentNameScope().split("/").slice(0, -1).join("/");
    return nameScope("indexed_case", (scope) => {
      const branches = fns.map((fn) => buildBranch(fn as () => ControlNest, outside, branchIndex));
      branches.slice(1).forEach((branch, i) => {
        checkSame([branches[0]!, branch], "tf.switch_case", ["branches[0]", `branches[${i + 1}]`]);
      });
      return choose("Case", branchIndex, branches, scope) as Built<NoInfer<R>>;
    });
  });
}

function indexedFunctions<R>(branchIndex: Tensor, branchFns: BranchFunctions<R>): (() => R)[] {
  if (!(branchIndex instanceof Tensor)) {
    throw invalidArgument(`'branch_index' must be a Tensor, got ${typeof branchIndex}`);
  }
  if (!/^u?int\d+$/.test(branchIndex.dtype)) {
    throw invalidArgument(`'branch_index' must be an integer Tensor, got <dtype: '${branchIndex.dtype}'>`);
  }
  if (typeof branchFns !== "object" || branchFns === null) {
    throw invalidArgument("'branch_fns' must be a list, tuple, or dict");
  }
  const given: unknown[] = Array.isArray(branchFns)
    ? [...branchFns]
    : Object.entries(branchFns).map(([key, fn]) => [/^-?\d+$/.test(key) ? Number(key) : key, fn]);
  if (given.length === 0) throw invalidArgument("Must provide at least one item in 'branch_fns'");
  const pairs = given.every((fn) => typeof fn === "function") ? given.map((fn, i) => [i, fn]) : given;
  const byIndex = pairs.map((pair): readonly [number, () => R] => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw invalidArgument(`Each entry in 'branch_fns' must be a 2-tuple. Received ${String(pair)}.`);
    }
    const [key, fn] = pair as [unknown, unknown];
    if (typeof key !== "number" || !Number.isInteger(key)) {
      throw invalidArgument(`key must be a Python \`int\`, got ${typeof key}`);
    }
    if (typeof fn !== "function") throw invalidArgument(`fn for key ${key} must be callable.`);
    return [key, fn as () => R];
  });
  const keys = byIndex.map(([key]) => key).sort((a, b) => a - b);
  if (keys.some((key, i) => key !== i)) {
    throw invalidArgument(
      `branch indices (keys) must form contiguous range of [0 to ${keys.length}) but found {${keys.join(",")}}`,
    );
  }
  return byIndex.toSorted(([a], [b]) => a - b).map(([, fn]) => fn);
}

/**
 * The result of the first function whose predicate is true (`tf.case`): nested `cond`s.
 *
 * Without `default`, INVALID_ARGUMENT when it runs and no predicate is true; with `exclusive`, where more than one is.
 */
function caseOp<R>(
  predFnPairs: readonly (readonly [Tensor, () => R])[],
  options: { readonly default?: () => R; readonly exclusive?: boolean; readonly name?: string } = {},
): Built<NoInfer<R>> {
  checkOptions("caseOp", options, { default: "optional", exclusive: "optional", name: "optional" });
  checkPairs(predFnPairs);
  const predicates = predFnPairs.map(([pred]) => pred);
  const actions = predFnPairs.map(([, fn]) => fn);
  return nameScope(options.name ?? "case", () => {
    const fallback = options.default ?? (() => lastAction(predicates, actions.at(-1)!));
    const rest = options.default === undefined ? predFnPairs.slice(0, -1) : predFnPairs;
    let nested = fallback as () => unknown;
    for (const [pred, action] of rest.toReversed()) {
      const otherwise = nested;
      nested = () => cond<unknown>(pred, action, otherwise);
    }
    if (options.exclusive !== true) return nested() as Built<NoInfer<R>>;
    return controlDependencies([assertAtMost(predicates, 1, "Input error: exclusive=True")], nested) as Built<
      NoInfer<R>
    >;
  });
}

/** What a case without a default does where none of the other predicates is true. */
function lastAction(predicates: readonly Tensor[], action: () => unknown): unknown {
  const others = predicates.slice(0, -1);
  const message = `Implementation error: selected default action #${others.length} was called, but some of other predicates are True: `;
  const all = build("Pack", [predicates], {}, "preds_c");
  const some = buildOp("Assert", [predicates.at(-1)!, ["Input error: None of conditions evaluated as True:", all]]);
  const checks = others.length === 0 ? [some] : [assertAtMost(others, 0, message), some];
  return controlDependencies(checks, () => waited(action() as ControlNest));
}

/** What was made under control dependencies, so that tensors which were there before wait as well. */
function waited(results: ControlNest): ControlNest {
  return packNest(
    results,
    flattenNest(results).map((leaf) => (leaf instanceof Tensor ? build("Identity", [leaf]) : leaf)),
  );
}

function checkPairs(pairs: readonly (readonly [Tensor, unknown])[]): void {
  if (!Array.isArray(pairs)) {
    throw invalidArgument(`'pred_fn_pairs' must be a list, tuple, or dict. Received: ${typeof pairs}`);
  }
  if (pairs.length === 0) throw invalidArgument("not enough values to unpack (expected 2, got 0)");
  for (const pair of pairs as readonly unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      const text = pair instanceof Tensor ? tensorText(pair) : String(pair);
      throw invalidArgument(`Each entry in 'pred_fn_pairs' must be a 2-tuple. Received ${text}.`);
    }
    const [pred, fn] = pair as [unknown, unknown];
    if (!(pred instanceof Tensor)) throw invalidArgument(`pred must be a Tensor, got: ${String(pred)}`);
    if (pred.dtype !== "bool") throw invalidArgument(`pred must be Tensor of type bool: ${pred.name}`);
    if (typeof fn !== "function") throw invalidArgument(`fn for pred ${pred.name} must be callable.`);
  }
}

function assertAtMost(predicates: readonly Tensor[], n: number, message: string): Operation {
  const all = build("Pack", [predicates], {}, "preds_c");
  const count = build("Sum", [build("Cast", [all], { DstT: "int32" }), constant([0], "int32")], {}, "num_true_conds");
  const allowed = build("LessEqual", [count, constant(n, "int32", "n_true_conds")]);
  const names = predicates.map(({ name }) => name).join(", ");
  const data = [`${message}: more than ${n} conditions (${names}) evaluated as True:`, all];
  return buildOp("Assert", [allowed, data], { summarize: predicates.length });
}

/** Builds a branch; what an operation gives is `token` once the operation has run, as in TensorFlow's graph mode. */
function buildBranch(fn: () => ControlNest, scope: string, token: Tensor): Branch {
  const graph = new FunctionGraph(currentGraph());
  return buildWithin(graph, scope, () => {
    const structure = fn() ?? null;
    const leaves = flattenNest<ControlLeaf>(structure)
      .filter((leaf) => leaf !== null && leaf !== undefined)
      .map((leaf) => (isComposite(leaf) ? leaf : leafTensor(leaf, token)));
    graph.results = leaves.flatMap((leaf) => [...componentsOf(leaf)]).map((tensor) => graph.capture(tensor));
    return { graph, structure, leaves };
  });
}

/** A leaf as a tensor of the current graph. */
export function leafTensor(leaf: Exclude<ControlLeaf, Composite | null | undefined>, token: Tensor): Tensor {
  if (leaf instanceof Operation) return controlDependencies([leaf], () => build("Identity", [token]));
  return typeof leaf === "object" ? asTensor(leaf) : constant(leaf);
}

function choose(kind: "If" | "Case", selector: Tensor, branches: readonly Branch[], scope: string): ControlNest {
  const graphs = branches.map(({ graph }) => graph);
  const op = callBranches(kind, selector, graphs, { scope, name: scope });
  const { structure, leaves } = branches[0]!;
  const outputs = composed(
    leaves,
    op.outputs.map((output) => build("Identity", [output])),
  );
  let next = 0;
  return packNest(
    structure,
    flattenNest<ControlLeaf>(structure).map((leaf) => (leaf === null || leaf === undefined ? null : outputs[next++]!)),
  );
}

function checkSame(branches: readonly Branch[], op: string, names: readonly string[]): void {
  const [first, second] = branches as [Branch, Branch];
  const fail = (details: string): never => {
    const shown = [first, second].map(({ structure, leaves }, i) => {
      const [leaf] = leaves;
      const isOne = leaves.length === 1 && flattenNest(structure)[0] === structure;
      const text =
        isOne && leaf instanceof Tensor ? tensorText(leaf) : nestText(structure).replace(/^type=\w+ str=/, "");
      return `${names[i]} output: ${text}`;
    });
    throw invalidArgument(
      `${names[0]} and ${names[1]} arguments to ${op} must have the same number, type, and overall structure of return values.\n\n${shown.join("\n")}\n\nError details:\n${details}`,
    );
  };
  try {
    assertSameNest(first.structure, second.structure);
  } catch (error) {
    fail((error as Error).message);
  }
  const [a, b] = [first.graph.results, second.graph.results];
  if (a.length !== b.length) {
    throw invalidArgument(
      `Lengths of branch outputs of cond must match.\nlen(graphs[0].outputs): ${a.length}\nlen(graphs[1].outputs): ${b.length}`,
    );
  }
  a.forEach((tensor, i) => {
    if (tensor.dtype === b[i]!.dtype) return;
    fail(`${tensorText(tensor)} and ${tensorText(b[i]!)} have different types`);
  });
}

export { caseOp as case };
