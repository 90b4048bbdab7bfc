import { unimplemented } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../build-op.js";
import { callLoop } from "../call-functions.js";
import { constantValue } from "../constant-value.js";
import { FunctionGraph } from "../function-graph.js";
import { bodiesOf, updateFunctions } from "../functional-op.js";
import { denseGradient, type GradientRule } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { emptyTensorList, tensorListPopBack, tensorListPushBack } from "../ops/list.js";
import { currentGraph, currentNameScope, withGraph } from "../scope.js";
import { isDifferentiable, madeAgain, zeroGradient } from "./control-forward.js";

/** A loop with its bodies. */
interface Loop {
  readonly op: Operation;
  readonly condition: FunctionGraph;
  readonly body: FunctionGraph;
}

/** The lists that a loop was given to keep what its gradient needs: from a tensor of its body to the output with all iterations' values. */
const histories = new WeakMap<Operation, Map<Tensor, Tensor>>();

/**
 * The gradient of While: a loop of as many iterations that goes through the body's gradient, as TensorFlow's while_v2 builds it.
 *
 * What the body's gradient needs from within an iteration is pushed to a list there, a further variable of the forward loop, and popped here.
 */
export const whileGradient: GradientRule = (op, grads, walk) => {
  const [condition, body] = bodiesOf(op) as [FunctionGraph, FunctionGraph];
  const loop: Loop = { op, condition, body };
  const carriedAt = variablesOfGradient(loop, grads, walk.needs);
  if (carriedAt.length === 0) return [];
  const total = iterations(loop);
  const carried = new Map<Tensor, Tensor>();
  const outer = currentGraph();
  const initial = [
    constant(0, "int32", "grad_loop_counter"),
    outer.capture(total),
    ...carriedAt.map((i) => (grads[i] === null ? zeroGradient(op.outputs[i]!) : denseGradient(grads[i]!))),
  ].map((tensor) => outer.capture(tensor));
  const types = initial.map((tensor, i) => {
    const arg = i < 2 ? tensor : body.args[carriedAt[i - 2]!]!;
    const isVariable = arg.dtype === "resource";
    const shape = isVariable ? arg.handleData?.shape : arg.shape;
    return { dtype: tensor.dtype, shape, handleData: isVariable ? undefined : (tensor.handleData ?? arg.handleData) };
  });
  const gradCondition = new FunctionGraph(outer);
  withGraph(gradCondition, () => {
    const [counter, count] = types.map((type) => gradCondition.argument(type));
    gradCondition.results = [build("Less", [counter!, count!])];
  });
  const gradBody = new FunctionGraph(outer, (tensor) =>
    tensor.graph === body ? reachIteration(loop, tensor, carried) : undefined,
  );
  withGraph(gradBody, () => {
    const [counter, count, ...gradYs] = types.map((type) => gradBody.argument(type)) as [Tensor, Tensor, ...Tensor[]];
    const ys = carriedAt.map((i) => body.results[i]!);
    const xs = carriedAt.map((i) => body.args[i]!);
    const found = walk.within(ys, xs, gradYs).map((gradient, i) => {
      return gradBody.capture(gradient === null ? zeroGradient(xs[i]!) : denseGradient(gradient));
    });
    gradBody.results = [build("AddV2", [counter, constant(1, "int32")]), count, ...found];
  });
  updateFunctions(op);
  const scope = `${currentNameScope()}/while`;
  const parallelIterations = op.attrs.has("parallel_iterations") ? op.attrs.int("parallel_iterations") : 10;
  const call = callLoop(initial, gradCondition, gradBody, { scope, name: op.type, parallelIterations, carried });
  const result: (Tensor | null)[] = op.inputs.map(() => null);
  carriedAt.forEach((i, n) => {
    result[i] = call.outputs[n + 2]!;
  });
  return result;
};

/** The variables that a gradient reaches from the outputs and that lead to one of the xs, within some number of iterations. */
function variablesOfGradient(
  { op, body }: Loop,
  grads: readonly unknown[],
  needs: (input: number) => boolean,
): number[] {
  const index = new Map(body.args.map((arg, i) => [arg, i]));
  const sources = body.results.map((result) => argumentsOf(result, index));
  const all = op.inputs.map((_, i) => i);
  const towardsXs = closure(
    all.filter((i) => needs(i)),
    (reached) => all.filter((i) => sources[i]!.some((source) => reached.has(source))),
  );
  const fromYs = closure(
    all.filter((i) => grads[i] !== null),
    (reached) => [...reached].flatMap((i) => sources[i]!),
  );
  return all.filter((i) => towardsXs.has(i) && fromYs.has(i) && isDifferentiable(body.args[i]!));
}

function closure(start: readonly number[], grow: (reached: ReadonlySet<number>) => readonly number[]): Set<number> {
  const reached = new Set(start);
  for (let size = -1; size !== reached.size; ) {
    size = reached.size;
    for (const i of grow(reached)) reached.add(i);
  }
  return reached;
}

/** The arguments of a body that a tensor of it is made of, by their numbers. */
function argumentsOf(tensor: Tensor, index: ReadonlyMap<Tensor, number>): number[] {
  const seen = new Set<Operation>();
  const found: number[] = [];
  const pending = [tensor];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const at = index.get(next);
    if (at !== undefined) found.push(at);
    if (seen.has(next.op)) continue;
    seen.add(next.op);
    pending.push(...next.op.inputs);
  }
  return [...new Set(found)];
}

/** How many iterations the loop took: a variable that counts them, added where none does. */
function iterations(loop: Loop): Tensor {
  const { op, body } = loop;
  const counter = body.results.findIndex((result, i) => {
    const [a, b] = result.op.inputs;
    const counts = (result.op.type === "AddV2" || result.op.type === "Add") && a === body.args[i] && isInt(b, 1);
    return counts && isInt(op.inputs[i], 0);
  });
  if (counter >= 0) return op.outputs[counter]!;
  const zero = withGraph(op.graph, () => constant(0, "int32", "loop_counter"));
  return addVariable(loop, zero, (arg) => build("AddV2", [arg, constant(1, "int32")]));
}

function isInt(tensor: Tensor | undefined, value: number): boolean {
  if (tensor?.dtype !== "int32" || tensor.shape?.length !== 0) return false;
  const known = constantValue(tensor);
  return known !== undefined && Number((known.data as Int32Array)[0]) === value;
}

/** Gives a loop one more variable, and its output. */
function addVariable({ op, condition, body }: Loop, initial: Tensor, step: (arg: Tensor) => Tensor): Tensor {
  const { dtype, shape, handleData } = initial;
  condition.argument({ dtype, shape, handleData });
  const arg = body.argument({ dtype, shape, handleData });
  body.results.push(withGraph(body, () => step(arg)));
  condition.changed = true;
  body.changed = true;
  return op.grow([initial], [{ dtype, shape, handleData }])[0]!;
}

/** A tensor of an iteration as the current body, that of the iteration's gradient, gets it. */
function reachIteration(loop: Loop, tensor: Tensor, carried: Map<Tensor, Tensor>): Tensor {
  const { op, body } = loop;
  const again = madeAgain(tensor);
  if (again !== undefined) return again;
  const arg = body.args.indexOf(tensor);
  const known = (inner: Tensor): Tensor => {
    inner.shape ??= tensor.shape;
    inner.handleData ??= tensor.handleData;
    return inner;
  };
  // What stays the same in all iterations has no history.
  if (arg >= 0 && body.results[arg] === tensor) return known(currentGraph().capture(op.inputs[arg]!));
  if (tensor.dtype === "resource") {
    throw unimplemented(
      `The gradient of '${op.name}' needs the resource '${tensor.name}', which changes from one iteration to the next`,
    );
  }
  const list = currentGraph().capture(history(loop, tensor));
  const { outputHandle, tensor: value } = tensorListPopBack(list, elementShape(tensor), { elementDtype: tensor.dtype });
  carried.set(list, outputHandle);
  return known(value);
}

/** The list of a tensor's values in all iterations, as the loop gives it in the end. */
function history(loop: Loop, tensor: Tensor): Tensor {
  const { op } = loop;
  const lists = histories.get(op) ?? new Map<Tensor, Tensor>();
  histories.set(op, lists);
  let list = lists.get(tensor);
  if (list === undefined) {
    const empty = withGraph(op.graph, () =>
      emptyTensorList(elementShape(tensor), constant(-1, "int32"), { elementDtype: tensor.dtype }),
    );
    list = addVariable(loop, empty, (arg) => tensorListPushBack(arg, tensor));
    lists.set(tensor, list);
  }
  return list;
}

function elementShape({ shape, dtype }: Tensor): Tensor {
  if (dtype === "variant" || shape === undefined)
    return constant(dtype === "variant" ? toTensor([], "int32", [0]) : -1, "int32");
  return constant(toTensor([...shape], "int32", [shape.length]));
}
