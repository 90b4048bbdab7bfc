import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `adagradDAOptimizer`. */
export interface AdagradDAOptimizerOptions extends TrainOptions {
  readonly initialGradientSquaredAccumulatorValue?: number;
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
}

const adagradDATable: OptionTable<AdagradDAOptimizerOptions> = {
  ...trainOptions,
  initialGradientSquaredAccumulatorValue: "optional",
  l1RegularizationStrength: "optional",
  l2RegularizationStrength: "optional",
};

/**
 * Adagrad with dual averaging (`tf.compat.v1.train.AdagradDAOptimizer`), for sparse linear models; slots `<variable>/AdagradDA` (sum of
 * gradients) and `<variable>/AdagradDA_1` (sum of their squares, from 0.1). Counts steps by `minimize`'s step counter.
 */
export function adagradDAOptimizer(learningRate: LearningRate, options: AdagradDAOptimizerOptions = {}): Optimizer {
  checkOptions("AdagradDAOptimizer", options, adagradDATable);
  const start = options.initialGradientSquaredAccumulatorValue ?? 0.1;
  if (start <= 0) {
    throw invalidArgument(`initial_gradient_squared_accumulator_value must be positive: ${start}`);
  }
  return trainOptimizer({
    name: options.name ?? "AdagradDA",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) {
        make.slot(variable, "gradient_accumulator");
        make.slot(variable, "gradient_squared_accumulator", start);
      }
    },
    prepare: ({ learningRate: rate, slot, constant, nextStep }) => {
      const l1 = constant(options.l1RegularizationStrength ?? 0, "l1_regularization_strength");
      const l2 = constant(options.l2RegularizationStrength ?? 0, "l2_regularization_strength");
      const step = nextStep();
      const apply = (type: string, variable: Variable, gradient: readonly Tensor[]): Operation =>
        buildOp(type, [
          variable.handle,
          slot(variable, "gradient_accumulator").handle,
          slot(variable, "gradient_squared_accumulator").handle,
          ...gradient,
          rate,
          l1,
          l2,
          step,
        ]);
      return {
        dense: (variable, gradient) => apply("ResourceApplyAdagradDA", variable, [gradient]),
        sparse: (variable, values, indices) => apply("ResourceSparseApplyAdagradDA", variable, [values, indices]),
      };
    },
  });
}
