import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { buildOp } from "../../../graph/build-op.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `adagradOptimizer`. */
export interface AdagradOptimizerOptions extends TrainOptions {
  readonly initialAccumulatorValue?: number;
}

const adagradTable: OptionTable<AdagradOptimizerOptions> = {
  ...trainOptions,
  initialAccumulatorValue: "optional",
};

/** Adagrad (`tf.compat.v1.train.AdagradOptimizer`); slot `<variable>/Adagrad` from 0.1. */
export function adagradOptimizer(learningRate: LearningRate, options: AdagradOptimizerOptions = {}): Optimizer {
  checkOptions("AdagradOptimizer", options, adagradTable);
  const start = positive(options.initialAccumulatorValue ?? 0.1);
  return trainOptimizer({
    name: options.name ?? "Adagrad",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) make.slot(variable, "accumulator", start);
    },
    prepare: ({ learningRate: rate, slot }) => ({
      dense: (variable, gradient) =>
        buildOp("ResourceApplyAdagrad", [variable.handle, slot(variable, "accumulator").handle, rate, gradient]),
      sparse: (variable, values, indices) =>
        buildOp("ResourceSparseApplyAdagrad", [
          variable.handle,
          slot(variable, "accumulator").handle,
          rate,
          values,
          indices,
        ]),
    }),
  });
}

/** Options of `proximalAdagradOptimizer`. */
export interface ProximalAdagradOptimizerOptions extends TrainOptions {
  readonly initialAccumulatorValue?: number;
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
}

const proximalAdagradTable: OptionTable<ProximalAdagradOptimizerOptions> = {
  ...trainOptions,
  initialAccumulatorValue: "optional",
  l1RegularizationStrength: "optional",
  l2RegularizationStrength: "optional",
};

/** Proximal Adagrad (`tf.compat.v1.train.ProximalAdagradOptimizer`); slot `<variable>/ProximalAdagrad` from 0.1. */
export function proximalAdagradOptimizer(
  learningRate: LearningRate,
  options: ProximalAdagradOptimizerOptions = {},
): Optimizer {
  checkOptions("ProximalAdagradOptimizer", options, proximalAdagradTable);
  const start = positive(options.initialAccumulatorValue ?? 0.1);
  return trainOptimizer({
    name: options.name ?? "ProximalAdagrad",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) make.slot(variable, "accumulator", start);
    },
    prepare: ({ learningRate: rate, slot, constant }) => {
      const l1 = constant(options.l1RegularizationStrength ?? 0, "l1_regularization_strength");
      const l2 = constant(options.l2RegularizationStrength ?? 0, "l2_regularization_strength");
      return {
        dense: (variable, gradient) =>
          buildOp("ResourceApplyProximalAdagrad", [
            variable.handle,
            slot(variable, "accumulator").handle,
            rate,
            l1,
            l2,
            gradient,
          ]),
        sparse: (variable, values, indices) =>
          buildOp("ResourceSparseApplyProximalAdagrad", [
            variable.handle,
            slot(variable, "accumulator").handle,
            rate,
            l1,
            l2,
            values,
            indices,
          ]),
      };
    },
  });
}

function positive(value: number): number {
  if (value <= 0) throw invalidArgument(`initial_accumulator_value must be positive: ${value}`);
  return value;
}
