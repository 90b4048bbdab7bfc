import { invalidArgument } from "../../core/status-error.js";
import { buildOp, constant } from "../../graph/build-op.js";
import type { Gradient, IndexedSlices } from "../../graph/gradient.js";
import { isIndexedSlices } from "../../graph/gradient.js";
import { gradients } from "../../graph/gradients.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** A variable and the gradient of the loss with respect to it. */
export interface GradientOf {
  readonly variable: Variable;
  readonly gradient: Gradient;
}

/** The gradients of a loss with respect to variables, without those that it does not depend on; INVALID_ARGUMENT where none is left. */
export function gradientsOf(loss: Tensor, variables: readonly Variable[], scope = "gradients"): GradientOf[] {
  const all = gradients(
    [loss],
    variables.map((variable) => variable.handle),
    { name: scope },
  );
  const found = variables.flatMap((variable, i) => {
    const gradient = all[i];
    return gradient === null || gradient === undefined ? [] : [{ variable, gradient }];
  });
  if (found.length === 0) {
    const names = variables.map((variable) => `'${variable.name}:0'`).join(", ");
    throw invalidArgument(`No gradients provided for any variable: ([${names}],).`);
  }
  return found;
}

/** The rows of a sparse gradient with each index once, equal ones summed (Keras's `_deduplicate_indexed_slices`). */
export function uniqueRows(slices: IndexedSlices): { readonly values: Tensor; readonly indices: Tensor } {
  const { outputs } = buildOp("Unique", [slices.indices], { out_idx: "int32" }, "Unique");
  const indices = outputs[0]!;
  const count = sliceFirst(shapeOf(indices), { begin: 0, shrink: true });
  const values = buildOp("UnsortedSegmentSum", [slices.values, outputs[1]!, count], {}, "UnsortedSegmentSum").output;
  return { values, indices };
}

/** Whether a gradient is of rows only. */
export const isSparse: (gradient: Gradient) => gradient is IndexedSlices = isIndexedSlices;

/** Counts a step once all updates are done. */
export function countStep(iterations: Variable, after: readonly Operation[], name = "AssignAddVariableOp"): Operation {
  return controlDependencies(after, () => iterations.assignAdd(constant(1, iterations.dtype), name));
}

/** Adds rows to a variable and gives its value from then on. */
export function scatterAdd(variable: Variable, indices: Tensor, updates: Tensor): Tensor {
  const add = buildOp(
    "ResourceScatterAdd",
    [variable.handle, indices, updates],
    { dtype: variable.dtype },
    "ResourceScatterAdd",
  );
  return controlDependencies([add], () => variable.read());
}

/** Sets a variable and gives its value from then on. */
export function assigned(variable: Variable, value: Tensor): Tensor {
  const assign = variable.assign(value, "AssignVariableOp");
  return controlDependencies([assign], () => variable.read());
}
