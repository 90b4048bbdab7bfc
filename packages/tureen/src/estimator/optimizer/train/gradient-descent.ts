import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import { mul, unary } from "../../nn/arithmetic.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Gradient descent (`tf.compat.v1.train.GradientDescentOptimizer`); no slots. */
export function gradientDescentOptimizer(learningRate: LearningRate, options: TrainOptions = {}): Optimizer {
  checkOptions("GradientDescentOptimizer", options, trainOptions);
  return trainOptimizer({
    name: options.name ?? "GradientDescent",
    learningRate,
    createSlots: () => undefined,
    prepare: ({ learningRate: rate }) => ({
      dense: (variable, gradient) => buildOp("ResourceApplyGradientDescent", [variable.handle, rate, gradient]),
      sparse: (variable, values, indices) => subtractRows(variable, values, indices, rate),
      duplicates: (variable, { values, indices }) => subtractRows(variable, values, indices, rate),
    }),
  });
}

function subtractRows(variable: Variable, values: Tensor, indices: Tensor, rate: Tensor): ReturnType<typeof buildOp> {
  return buildOp("ResourceScatterAdd", [variable.handle, indices, mul(unary("Neg", values), rate)], {
    dtype: variable.dtype,
  });
}

/** Options of `proximalGradientDescentOptimizer`. */
export interface ProximalGradientDescentOptimizerOptions extends TrainOptions {
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
}

const proximalGradientDescentTable: OptionTable<ProximalGradientDescentOptimizerOptions> = {
  ...trainOptions,
  l1RegularizationStrength: "optional",
  l2RegularizationStrength: "optional",
};

/** Proximal gradient descent (`tf.compat.v1.train.ProximalGradientDescentOptimizer`); no slots. */
export function proximalGradientDescentOptimizer(
  learningRate: LearningRate,
  options: ProximalGradientDescentOptimizerOptions = {},
): Optimizer {
  checkOptions("ProximalGradientDescentOptimizer", options, proximalGradientDescentTable);
  return trainOptimizer({
    name: options.name ?? "ProximalGradientDescent",
    learningRate,
    createSlots: () => undefined,
    prepare: ({ learningRate: rate, constant }) => {
      const l1 = constant(options.l1RegularizationStrength ?? 0, "l1_regularization_strength");
      const l2 = constant(options.l2RegularizationStrength ?? 0, "l2_regularization_strength");
      return {
        dense: (variable, gradient) =>
          buildOp("ResourceApplyProximalGradientDescent", [variable.handle, rate, l1, l2, gradient]),
        sparse: (variable, values, indices) =>
          buildOp("ResourceSparseApplyProximalGradientDescent", [variable.handle, rate, l1, l2, values, indices]),
      };
    },
  });
}

/** Options of `momentumOptimizer`. */
export interface MomentumOptimizerOptions extends TrainOptions {
  readonly useNesterov?: boolean;
}

const momentumTable: OptionTable<MomentumOptimizerOptions> = {
  ...trainOptions,
  useNesterov: "optional",
};

/** Momentum (`tf.compat.v1.train.MomentumOptimizer`); slot `<variable>/Momentum`. */
export function momentumOptimizer(
  learningRate: LearningRate,
  momentum: number,
  options: MomentumOptimizerOptions = {},
): Optimizer {
  checkOptions("MomentumOptimizer", options, momentumTable);
  const attrs = { use_nesterov: options.useNesterov ?? false };
  return trainOptimizer({
    name: options.name ?? "Momentum",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) make.slot(variable, "momentum");
    },
    prepare: ({ learningRate: rate, slot, constant }) => {
      const factor = constant(momentum, "momentum");
      return {
        dense: (variable, gradient) =>
          buildOp(
            "ResourceApplyMomentum",
            [variable.handle, slot(variable, "momentum").handle, rate, gradient, factor],
            attrs,
          ),
        sparse: (variable, values, indices) =>
          buildOp(
            "ResourceSparseApplyMomentum",
            [variable.handle, slot(variable, "momentum").handle, rate, values, indices, factor],
            attrs,
          ),
      };
    },
  });
}
