import { shapeTuple } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { asTensor, buildOp, type TensorLike } from "./build-op.js";
import type { Gradient, GradientRule } from "./gradient.js";
import { type Operation, Tensor } from "./graph.js";
import { currentGraph } from "./scope.js";
import { Variable } from "./variable.js";

/** Gradients that were given for single operations. */
const rules = new WeakMap<Operation, GradientRule>();

/** The gradient that an operation has in the place of its type's; undefined where it has none of its own. */
export function customGradientOf(op: Operation): GradientRule | undefined {
  return rules.get(op);
}

/** A gradient that a function gives for one of its arguments; null where there is none. */
export type CustomGradient = Gradient | null;

/** What a function with a gradient of its own gives. */
export interface CustomResult<Y extends Tensor | readonly Tensor[]> {
  readonly result: Y;
  /**
   * From the gradients of the results, one each, those of the arguments, one each.
   *
   * Where the function uses variables it gets them too, in the order of their names, and gives their gradients beside: `{ inputs, variables }`.
   */
  readonly grad: (
    dys: readonly Tensor[],
    variables: readonly Variable[],
  ) =>
    | readonly CustomGradient[]
    | { readonly inputs: readonly CustomGradient[]; readonly variables: readonly CustomGradient[] };
}

/**
 * A function with a gradient of its own (`tf.custom_gradient`): `fn` builds the result and says what its gradient is.
 *
 *     const clipped = customGradient((x) => ({ result: identity(x), grad: ([dy]) => [clipByValue(dy, -1, 1)] }));
 *
 * INVALID_ARGUMENT where it uses variables and `grad` takes none, or gives another number of gradients than there are arguments or variables.
 */
export function customGradient<Y extends Tensor | readonly Tensor[]>(
  fn: (...xs: Tensor[]) => CustomResult<Y>,
): (...xs: TensorLike[]) => Y {
  return (...given) => {
    const xs = given.map((x) => asTensor(x));
    const { result, grad } = fn(...xs);
    const ys = result instanceof Tensor ? [result] : [...(result as readonly Tensor[])];
    const variables = variablesBetween(ys, xs);
    if (variables.length > 0 && grad.length < 2) {
      throw invalidArgument(
        `@tf.custom_gradient grad_fn must accept keyword argument 'variables', since function uses variables: [${variables.map(variableText).join(", ")}]`,
      );
    }
    // Arguments and variables go through the operation that has the gradient, so that theirs need no other way.
    const op = buildOp("IdentityN", [[...ys, ...xs, ...variables.map(({ handle }) => handle)]]);
    ys.forEach((y, i) => {
      op.outputs[i]!.shape = y.shape;
    });
    rules.set(op, (_, dys) => {
      const gradients = grad(dys.slice(0, ys.length) as Tensor[], variables);
      const [inputs, others] = "inputs" in gradients ? [gradients.inputs, gradients.variables] : [gradients, []];
      if (inputs.length !== xs.length) {
        throw invalidArgument(
          `custom_gradient function expected to return ${xs.length} gradients, but returned ${inputs.length} instead.`,
        );
      }
      if (others.length !== variables.length) {
        throw invalidArgument("Must return gradient for each variable from @custom_gradient grad_fn.");
      }
      return [...ys.map(() => null), ...inputs, ...others];
    });
    const outputs = op.outputs.slice(0, ys.length);
    return (result instanceof Tensor ? outputs[0] : outputs) as Y;
  };
}

/** The variables on the ways to ys that do not pass through xs, in the order of their names. */
function variablesBetween(ys: readonly Tensor[], xs: readonly Tensor[]): Variable[] {
  const stops = new Set<Operation>(xs.map(({ op }) => op));
  const seen = new Set<Operation>();
  const handles = new Set<Tensor>();
  const pending = ys.map(({ op }) => op);
  for (let op = pending.pop(); op !== undefined; op = pending.pop()) {
    if (seen.has(op) || stops.has(op)) continue;
    seen.add(op);
    for (const input of op.inputs) {
      if (input.op.type === "VarHandleOp") handles.add(input);
      else pending.push(input.op);
    }
  }
  const collections = currentGraph().root.collections;
  const all = [...collections.values()].flat().filter((value): value is Variable => value instanceof Variable);
  const found = [...new Set(all)].filter(({ handle }) => handles.has(handle));
  if (found.length < handles.size) {
    throw invalidArgument(
      "A function with a gradient of its own uses a variable that is in no collection of its graph",
    );
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A variable as Python prints it. */
function variableText({ name, shape, dtype }: Variable): string {
  return `<tf.Variable '${name}:0' shape=${shapeTuple(shape)} dtype=${dtype}>`;
}
