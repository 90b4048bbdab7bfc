import { checkOptions } from "../../core/check-options.js";
import { isCompatible, type PartialShape, shapeTuple } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type TensorLike } from "../build-op.js";
import { callLoop } from "../call-functions.js";
import { buildWithin, FunctionGraph } from "../function-graph.js";
import type { Tensor } from "../graph.js";
import { currentGraph, currentNameScope, nameScope } from "../scope.js";
import { SparseTensor } from "../sparse-tensor.js";
import {
  assertSameNest,
  type Composite,
  componentsOf,
  composed,
  flattenNest,
  isComposite,
  packNest,
} from "../structure.js";
import { TensorArray } from "../tensor-array.js";
import { type Built, type ControlLeaf, type ControlNest, leafTensor } from "./control-branches.js";

/** The variables of a loop as its functions get them. */
export type LoopArguments<V extends readonly unknown[]> = { [K in keyof V]: Built<V[K]> };

/** How a loop is built. */
export interface WhileLoopOptions<V extends readonly unknown[]> {
  /** For each variable the shape that it has in every iteration (null: any), where it is not that of its first value. */
  readonly shapeInvariants?: { readonly [K in keyof V]: unknown };
  /** How many iterations TensorFlow may run at a time; default 10. */
  readonly parallelIterations?: number;
  /** Whether gradients pass the loop; default true. */
  readonly backProp?: boolean;
  /** The loop ends after so many iterations at the latest. */
  readonly maximumIterations?: TensorLike;
  readonly name?: string;
}

/**
 * Repeats `body` while `cond` is true (`tf.while_loop`): a While op, or StatelessWhile where neither function has state.
 *
 * Both get the variables, each a tensor or a nesting of tensors; `body` returns their next values in the same structure (one variable may be
 * returned by itself). Dtypes stay, and shapes fit the first values' or `shapeInvariants`. Gradients pass the loop, also within other functions.
 */
export function whileLoop<const V extends readonly unknown[]>(
  cond: (...variables: LoopArguments<V>) => TensorLike,
  body: (...variables: LoopArguments<V>) => unknown,
  loopVars: V,
  options: WhileLoopOptions<V> = {},
): LoopArguments<V> {
  checkOptions("whileLoop", options, {
    shapeInvariants: "optional",
    parallelIterations: "optional",
    backProp: "optional",
    maximumIterations: "optional",
    name: "optional",
  });
  if (typeof cond !== "function") throw invalidArgument("'cond' must be callable.");
  if (typeof body !== "function") throw invalidArgument("'body' must be callable.");
  const { parallelIterations = 10, backProp = true, maximumIterations } = options;
  if (!Number.isInteger(parallelIterations) || parallelIterations < 1) {
    throw invalidArgument("'parallel_iterations' must be a positive integer.");
  }
  const outside = currentNameScope();
  const structure = loopVars as readonly ControlNest[];
  return nameScope(options.name ?? "while", (scope) => {
    const outer = currentGraph();
    const maximum = maximumTensor(maximumIterations);
    const given = flattenNest<ControlLeaf>(structure).map((leaf) => {
      if (leaf === null || leaf === undefined) throw invalidArgument("A loop variable must be a tensor, got: None");
      return isComposite(leaf) ? leaf : leafTensor(leaf, maximum);
    });
    const values = given.flatMap((leaf) => [...componentsOf(leaf)]).map((tensor) => outer.capture(tensor));
    const shapes = invariants(values, given, options.shapeInvariants as ControlNest | undefined, structure);
    const initial = [constant(0, "int32", "loop_counter"), maximum, ...values];
    const types = initial.map(({ dtype, handleData, shape }, i) => ({
      dtype,
      handleData,
      shape: i < 2 ? shape : shapes[i - 2],
    }));
    const open = (graph: FunctionGraph): { counter: Tensor; limit: Tensor; variables: LoopArguments<V> } => {
      const [counter, limit, ...args] = types.map((type) => graph.argument(type)) as [Tensor, Tensor, ...Tensor[]];
      return { counter, limit, variables: packNest(structure, composed(given, args)) as unknown as LoopArguments<V> };
    };
    const condition = new FunctionGraph(outer);
    buildWithin(condition, outside, () => {
      const { counter, limit, variables } = open(condition);
      const result = cond(...variables) as TensorLike | null | undefined;
      if (result === null || result === undefined) throw invalidArgument("cond_graph has 0 outputs; Expected: 1");
      let go = asTensor(result);
      if (go.shape === undefined || go.shape.length > 0) go = build("Squeeze", [go]);
      if (maximumIterations !== undefined) go = build("LogicalAnd", [build("Less", [counter, limit]), go]);
      condition.results = [go];
    });
    const step = new FunctionGraph(outer);
    // As TensorFlow: what the condition takes in comes first.
    for (const tensor of condition.captures.keys()) step.capture(tensor);
    const captured = step.args.splice(0);
    buildWithin(step, outside, () => {
      const { counter, limit, variables } = open(step);
      step.args.push(...captured);
      const result = body(...variables);
      const next = loopVars.length === 1 && !Array.isArray(result) ? [result] : result;
      assertSameNest(next as ControlNest, structure);
      const tensors = flattenNest<ControlLeaf>(next as ControlNest)
        .map((leaf) => (isComposite(leaf) ? leaf : leafTensor(leaf as Tensor, counter)))
        .flatMap((leaf) => [...componentsOf(leaf)])
        .map((tensor) => step.capture(tensor));
      checkVariables(values, shapes, tensors);
      step.results = [build("AddV2", [counter, constant(1, "int32")]), limit, ...tensors];
    });
    const op = callLoop(initial, condition, step, { scope, name: scope, parallelIterations });
    const outputs = op.outputs.map((output) => build("Identity", [output])).slice(2, 2 + values.length);
    const last = backProp ? outputs : outputs.map((output) => build("StopGradient", [output]));
    return packNest(structure, composed(given, last)) as unknown as LoopArguments<V>;
  });
}

function maximumTensor(maximum: TensorLike | undefined): Tensor {
  if (maximum === undefined) return constant(-1, "int32", "maximum_iterations");
  if (typeof maximum === "number" && !Number.isInteger(maximum)) {
    throw invalidArgument(`Expected int32, but got ${maximum} of type 'float'.`);
  }
  return asTensor(maximum, "int32", "maximum_iterations");
}

/** The shape that each tensor of the loop keeps. */
function invariants(
  values: readonly Tensor[],
  given: readonly (Tensor | Composite)[],
  declared: ControlNest | undefined,
  loopVars: ControlNest,
): PartialShape[] {
  if (declared === undefined) {
    // How many values a sparse or ragged tensor has may change.
    return given.flatMap((leaf) => {
      if (leaf instanceof SparseTensor) {
        return [[-1, leaf.indices.shape?.[1] ?? -1], [-1], leaf.denseShape.shape];
      }
      if (!isComposite(leaf)) return [leaf.shape];
      if (leaf instanceof TensorArray) return [leaf.flow.shape];
      const { shape } = leaf.flatValues;
      const [rows, ...inner] = leaf.nestedRowSplits;
      return [shape === undefined ? undefined : [-1, ...shape.slice(1)], rows!.shape, ...inner.map(() => [-1])];
    });
  }
  const flat = flattenShapes(declared, loopVars);
  return values.map((value, i) => {
    const shape = flat[i] ?? undefined;
    if (!isCompatible(shape, value.shape)) {
      throw invalidArgument(
        `The shape invariant specified for ${value.name} is not compatible with the initial shape of the loop variable. It enters the loop with shape ${shapeTuple(value.shape)}, but the specified shape invariant is ${shapeTuple(shape)}.`,
      );
    }
    return shape;
  });
}

/** Shapes are lists of numbers, so it is the variables' structure that says where they stand. */
function flattenShapes(declared: unknown, like: ControlNest): (PartialShape | null)[] {
  const found: (PartialShape | null)[] = [];
  const visit = (shapes: unknown, nest: ControlNest): void => {
    const leaves = flattenNest(nest);
    if (leaves.length === 1 && leaves[0] === nest) {
      found.push((shapes as PartialShape | null | undefined) ?? null);
      return;
    }
    if (Array.isArray(nest)) {
      const list = shapes as readonly unknown[];
      if (!Array.isArray(list) || list.length !== nest.length) assertSameNest(nest, list as ControlNest);
      for (const [i, item] of nest.entries()) visit(list[i], item as ControlNest);
      return;
    }
    const record = nest as { readonly [key: string]: ControlNest };
    for (const key of Object.keys(record).sort()) {
      visit((shapes as { readonly [key: string]: unknown })[key], record[key]!);
    }
  };
  visit(declared, like);
  return found;
}

function checkVariables(values: readonly Tensor[], shapes: readonly PartialShape[], next: readonly Tensor[]): void {
  values.forEach((value, i) => {
    const after = next[i]!;
    if (after.dtype !== value.dtype) {
      throw invalidArgument(
        `Loop var ${value.name} enters the loop with type <dtype: '${value.dtype}'> but has type <dtype: '${after.dtype}'> after 1 iteration. ${value.name} type should remain constant.`,
      );
    }
  });
  values.forEach((value, i) => {
    const [shape, after] = [shapes[i], next[i]!];
    const fits =
      shape === undefined ||
      (after.shape?.length === shape.length && shape.every((size, d) => size < 0 || size === after.shape![d]));
    if (fits) return;
    throw invalidArgument(
      `Input tensor \`${value.name}\` enters the loop with shape ${shapeTuple(shape)}, but has shape ${shapeTuple(after.shape)} after one iteration. To allow the shape to vary across iterations, use the \`shape_invariants\` argument of tf.while_loop to specify a less-specific shape.`,
    );
  });
}
