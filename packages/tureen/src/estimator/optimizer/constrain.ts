import { failedPrecondition } from "../../core/status-error.js";
import type { Gradient } from "../../graph/gradient.js";
import type { Operation } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { isSparse } from "./apply-gradients.js";

/**
 * A variable's update, and after it the assignment of what its constraint makes of the new value.
 *
 * FAILED_PRECONDITION, TensorFlow's RuntimeError, where the gradient is sparse: rows alone cannot be projected.
 */
export function constrained(variable: Variable, gradient: Gradient, update: () => Operation): Operation {
  const { constraint } = variable;
  if (constraint === undefined) return update();
  if (isSparse(gradient)) throw failedPrecondition("Cannot use a constraint function on a sparse variable.");
  return controlDependencies([update()], () => variable.assign(constraint(variable.read()), "AssignVariableOp"));
}
