import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import { controlDependencies } from "../../../graph/scope.js";
import type { Variable } from "../../../graph/variable.js";
import { group } from "../../head/train-op.js";
import { add, div, mul, sub, unary } from "../../nn/arithmetic.js";
import { assigned, scatterAdd } from "../apply-gradients.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `adamOptimizer`. */
export interface AdamOptimizerOptions extends TrainOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

const adamTable: OptionTable<AdamOptimizerOptions> = {
  ...trainOptions,
  beta1: "optional",
  beta2: "optional",
  epsilon: "optional",
};

/**
 * Adam (`tf.compat.v1.train.AdamOptimizer`): betas 0.9 and 0.999, epsilon 1e-8.
 *
 * Slots `<variable>/Adam` and `<variable>/Adam_1`; the scalars `beta1_power` and `beta2_power`.
 */
export function adamOptimizer(learningRate: LearningRate = 0.001, options: AdamOptimizerOptions = {}): Optimizer {
  checkOptions("AdamOptimizer", options, adamTable);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return trainOptimizer({
    name: options.name ?? "Adam",
    learningRate,
    createSlots: (variables, make) => {
      make.scalar("beta1_power", beta1);
      make.scalar("beta2_power", beta2);
      for (const variable of variables) {
        make.slot(variable, "m");
        make.slot(variable, "v");
      }
    },
    prepare: ({ learningRate: rate, slot, scalar, constant }) => {
      const b1 = constant(beta1, "beta1");
      const b2 = constant(beta2, "beta2");
      const eps = constant(epsilon, "epsilon");
      const power1 = scalar("beta1_power");
      const power2 = scalar("beta2_power");
      const decayed = (moment: Variable, beta: Tensor, indices: Tensor, added: Tensor): Tensor => {
        const kept = assigned(moment, mul(moment.read(), beta));
        return controlDependencies([kept], () => scatterAdd(moment, indices, added));
      };
      return {
        dense: (variable, gradient) =>
          buildOp("ResourceApplyAdam", [
            variable.handle,
            slot(variable, "m").handle,
            slot(variable, "v").handle,
            power1.read(),
            power2.read(),
            rate,
            b1,
            b2,
            eps,
            gradient,
          ]),
        sparse: (variable, values, indices) => {
          const step = div(mul(rate, unary("Sqrt", sub(1, power2.read()))), sub(1, power1.read()));
          const m = decayed(slot(variable, "m"), b1, indices, mul(values, sub(1, b1)));
          const v = decayed(slot(variable, "v"), b2, indices, mul(mul(values, values), sub(1, b2)));
          const update = variable.assignSub(div(mul(step, m), add(unary("Sqrt", v), eps)), "AssignSubVariableOp");
          return group([update, m.op, v.op]);
        },
        finish: () => [
          power1.assign(mul(power1.read(), b1), "AssignVariableOp"),
          power2.assign(mul(power2.read(), b2), "AssignVariableOp"),
        ],
      };
    },
  });
}
