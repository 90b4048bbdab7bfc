import type { Shape } from "../../core/shape.js";
import { zeros } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies, currentGraph } from "../../graph/scope.js";
import { Variable, variableName } from "../../graph/variable.js";

/** Makes an accumulator of zeros, float32 unless told, under the current scope; a taken name gets `_1`, `_2`, ... as Keras metrics' variables do. */
export function metricVariable(name: string, shape: Shape = [], dtype: "float32" | "float64" = "float32"): Variable {
  const graph = currentGraph();
  const base = variableName(name);
  let full = base;
  for (let i = 1; graph.findOperation(full) !== undefined; i++) full = `${base}_${i}`;
  return new Variable({
    name: full,
    dtype,
    shape,
    initializer: () => constant(zeros(dtype, shape), dtype, "zeros"),
    trainable: false,
    collections: [collectionKeys.localVariables, collectionKeys.metricVariables],
  });
}

/** Adds to accumulators, one after another; the last accumulator's new value, which comes after all of them. */
export function accumulate(pairs: readonly (readonly [Variable, Tensor])[]): Tensor {
  const done: Operation[] = [];
  let last: Tensor | undefined;
  for (const [variable, value] of pairs) {
    const assign = controlDependencies(done, () => variable.assignAdd(value, "AssignAddVariableOp"));
    done.push(assign);
    last = controlDependencies(done, () =>
      build("ReadVariableOp", [variable.handle], { dtype: variable.dtype }, "ReadVariableOp"),
    );
  }
  return last!;
}

/** Adds to an accumulator; its value after that. */
export function added(variable: Variable, value: Tensor): Tensor {
  const assign = variable.assignAdd(value, "AssignAddVariableOp");
  return controlDependencies([assign], () => variable.read("AssignAddVariableOp/ReadVariableOp"));
}
