import { checkOptions } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, greaterEqual, lessEqual, mul, sub, unary } from "../nn/arithmetic.js";
import { onesLike, zerosLike } from "../nn/tensor-shape.js";

/**
 * Negative log-likelihood of counts under Poisson distributions of the given log rates, elementwise (`tf.nn.log_poisson_loss`).
 *
 * `computeFullLoss` adds Stirling's approximation of log(targets!), which is 0 for targets in [0, 1].
 */
export function logPoissonLoss(
  targets: Tensor,
  logInput: Tensor,
  options: { readonly computeFullLoss?: boolean } = {},
): Tensor {
  checkOptions("logPoissonLoss", options, { computeFullLoss: "optional" });
  return nameScope("log_poisson_loss", () => {
    const loss = sub(unary("Exp", logInput), mul(logInput, targets));
    if (options.computeFullLoss !== true) return loss;
    const half = constant(0.5, targets.dtype);
    const twoPi = constant(2 * Math.PI, targets.dtype);
    const stirling = add(
      sub(mul(targets, unary("Log", targets)), targets),
      mul(half, unary("Log", mul(twoPi, targets))),
    );
    const zeros = zerosLike(targets);
    const ones = onesLike(targets);
    const small = build("LogicalAnd", [greaterEqual(targets, zeros), lessEqual(targets, ones)], {}, "LogicalAnd");
    return add(loss, build("Select", [small, zeros, stirling], {}, "Select"));
  });
}
