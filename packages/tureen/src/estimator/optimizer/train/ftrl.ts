import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { invalidArgument } from "../../../core/status-error.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Operation, Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `ftrlOptimizer`. */
export interface FtrlOptimizerOptions extends TrainOptions {
  readonly learningRatePower?: number;
  readonly initialAccumulatorValue?: number;
  readonly l1RegularizationStrength?: number;
  readonly l2RegularizationStrength?: number;
  readonly l2ShrinkageRegularizationStrength?: number;
}

const ftrlTable: OptionTable<FtrlOptimizerOptions> = {
  ...trainOptions,
  learningRatePower: "optional",
  initialAccumulatorValue: "optional",
  l1RegularizationStrength: "optional",
  l2RegularizationStrength: "optional",
  l2ShrinkageRegularizationStrength: "optional",
};

/** Follow-the-regularized-leader (`tf.compat.v1.train.FtrlOptimizer`); slots `<variable>/Ftrl` from 0.1 and `<variable>/Ftrl_1`. */
export function ftrlOptimizer(learningRate: LearningRate, options: FtrlOptimizerOptions = {}): Optimizer {
  checkOptions("FtrlOptimizer", options, ftrlTable);
  const start = options.initialAccumulatorValue ?? 0.1;
  const shrinkage = options.l2ShrinkageRegularizationStrength ?? 0;
  if (start < 0) throw invalidArgument(`initial_accumulator_value ${start} needs to be positive or zero`);
  if ((options.learningRatePower ?? -0.5) > 0) {
    throw invalidArgument(`learning_rate_power ${options.learningRatePower} needs to be negative or zero`);
  }
  const version = shrinkage > 0 ? "V2" : "";
  return trainOptimizer({
    name: options.name ?? "Ftrl",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) {
        make.slot(variable, "accum", start);
        make.slot(variable, "linear");
      }
    },
    prepare: ({ learningRate: rate, slot, constant }) => {
      const l1 = constant(options.l1RegularizationStrength ?? 0, "l1_regularization_strength");
      const l2 = constant(options.l2RegularizationStrength ?? 0, "l2_regularization_strength");
      const tail =
        shrinkage > 0 ? [rate, l1, l2, constant(shrinkage, "l2_shrinkage_regularization_strength")] : [rate, l1, l2];
      const power = constant(options.learningRatePower ?? -0.5, "learning_rate_power");
      const apply = (type: string, variable: Variable, gradient: readonly Tensor[]): Operation =>
        buildOp(type + version, [
          variable.handle,
          slot(variable, "accum").handle,
          slot(variable, "linear").handle,
          ...gradient,
          ...tail,
          power,
        ]);
      return {
        dense: (variable, gradient) => apply("ResourceApplyFtrl", variable, [gradient]),
        sparse: (variable, values, indices) => apply("ResourceSparseApplyFtrl", variable, [values, indices]),
      };
    },
  });
}
