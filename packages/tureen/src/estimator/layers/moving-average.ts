import { constant } from "../../graph/build-op.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { mul, sub } from "../nn/arithmetic.js";

/** Moves a variable by `1 - momentum` of the way to a value; the operation that does it. */
export function moveAverage(variable: Variable, value: Tensor, momentum: number): Operation {
  return nameScope("AssignMovingAvg", () => {
    const share = constant(1 - momentum, variable.dtype, "decay");
    return variable.assignSub(mul(sub(variable.read(), value), share), "AssignSubVariableOp");
  });
}
