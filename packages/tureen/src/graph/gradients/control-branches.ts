import { zeros } from "../../core/tensor-value.js";
import { build, constant } from "../build-op.js";
import { callBranches } from "../call-functions.js";
import { FunctionGraph } from "../function-graph.js";
import { bodiesOf, skippedInputs, updateFunctions } from "../functional-op.js";
import { denseGradient, type GradientRule } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { currentGraph, currentNameScope, withGraph } from "../scope.js";
import { isDifferentiable, madeAgain, zeroGradient } from "./control-forward.js";

/**
 * The gradient of If, Case and calls of functions: the same choice between the gradients of the branches, as TensorFlow's cond_v2 builds it.
 *
 * What a branch's gradient needs from within the branch becomes a further output of the op, so that nothing is computed twice and random numbers
 * stay the same ones. The branch that was not taken gives an empty tensor in its place, which nobody reads.
 */
export const branchGradient: GradientRule = (op, grads, walk) => {
  const skip = skippedInputs(op);
  const graphs = bodiesOf(op);
  const wanted = op.inputs.flatMap((input, i) => (i >= skip && walk.needs(i) && isDifferentiable(input) ? [i] : []));
  const arrived = grads.flatMap((gradient, i) => (gradient === null ? [] : [i]));
  if (wanted.length === 0 || arrived.length === 0) return [];
  const given = arrived.map((i) => denseGradient(grads[i]!));
  const made = graphs.map((graph, branch) => {
    const body = new FunctionGraph(currentGraph(), (tensor) =>
      tensor.graph === graph ? reachBranch(op, graphs, branch, tensor) : undefined,
    );
    const ys = arrived.map((i) => graph.results[i]!);
    const xs = wanted.map((i) => graph.args[i - skip]!);
    const found = withGraph(body, () => {
      const gradYs = given.map((gradient) => body.capture(gradient));
      return walk.within(ys, xs, gradYs).map((gradient) => (gradient === null ? null : denseGradient(gradient)));
    });
    return { body, xs, found };
  });
  const kept = wanted.flatMap((_, i) => (made.some(({ found }) => found[i] !== null) ? [i] : []));
  if (kept.length === 0) return [];
  for (const { body, xs, found } of made) {
    withGraph(body, () => {
      body.results = kept.map((i) => body.capture(found[i] ?? zeroGradient(xs[i]!)));
    });
  }
  updateFunctions(op);
  const kind = op.type.endsWith("If") ? "If" : op.type.endsWith("Case") ? "Case" : "PartitionedCall";
  const selector = skip === 0 ? undefined : op.inputs[0]!;
  const names = graphs.map((_, i) => (kind === "If" ? `${i === 0 ? "true" : "false"}_grad` : `branch${i}_grad`));
  const call = callBranches(
    kind,
    selector,
    made.map(({ body }) => body),
    { scope: currentNameScope(), name: kind, functionNames: names },
  );
  const result: (Tensor | null)[] = op.inputs.map(() => null);
  kept.forEach((i, n) => {
    const output = call.outputs[n]!;
    const input = op.inputs[wanted[i]!]!;
    output.shape ??= input.dtype === "resource" ? input.handleData?.shape : input.shape;
    result[wanted[i]!] = output;
  });
  return result;
};

/** A tensor of a branch as the current body, that of the branch's gradient, gets it. */
function reachBranch(op: Operation, graphs: readonly FunctionGraph[], branch: number, tensor: Tensor): Tensor {
  const again = madeAgain(tensor);
  if (again !== undefined) return again;
  const graph = graphs[branch]!;
  const arg = graph.args.indexOf(tensor);
  const source = arg >= 0 ? op.inputs[arg + skippedInputs(op)]! : op.outputs[exposed(op, graphs, branch, tensor)]!;
  const inner = currentGraph().capture(source);
  inner.shape ??= tensor.shape;
  inner.handleData ??= tensor.handleData;
  return inner;
}

/** The number of the output that gives a tensor from within a branch; made where there is none yet. */
function exposed(op: Operation, graphs: readonly FunctionGraph[], branch: number, tensor: Tensor): number {
  const known = graphs[branch]!.results.indexOf(tensor);
  if (known >= 0) return known;
  graphs.forEach((graph, i) => {
    graph.results.push(i === branch ? tensor : withGraph(graph, () => emptyLike(tensor)));
    graph.changed = true;
  });
  const { dtype, handleData } = tensor;
  op.grow([], [{ dtype, shape: graphs.length === 1 ? tensor.shape : undefined, handleData }]);
  return op.outputs.length - 1;
}

/** A value of the same dtype that costs nothing. */
function emptyLike({ dtype, handleData }: Tensor): Tensor {
  if (dtype !== "variant") return constant(zeros(dtype, [0]), undefined, "unused");
  const element_dtype = handleData?.dtype ?? "float32";
  return build("EmptyTensorList", [constant(-1, "int32"), constant(-1, "int32")], { element_dtype }, "unused");
}
