import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `adadeltaOptimizer`. */
export interface AdadeltaOptimizerOptions extends TrainOptions {
  readonly rho?: number;
  readonly epsilon?: number;
}

const adadeltaTable: OptionTable<AdadeltaOptimizerOptions> = {
  ...trainOptions,
  rho: "optional",
  epsilon: "optional",
};

/** Adadelta (`tf.compat.v1.train.AdadeltaOptimizer`): rho 0.95, epsilon 1e-8; slots `<variable>/Adadelta` and `<variable>/Adadelta_1`. */
export function adadeltaOptimizer(
  learningRate: LearningRate = 0.001,
  options: AdadeltaOptimizerOptions = {},
): Optimizer {
  checkOptions("AdadeltaOptimizer", options, adadeltaTable);
  return trainOptimizer({
    name: options.name ?? "Adadelta",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) {
        make.slot(variable, "accum");
        make.slot(variable, "accum_update");
      }
    },
    prepare: ({ learningRate: rate, slot, constant }) => {
      const rho = constant(options.rho ?? 0.95, "rho");
      const epsilon = constant(options.epsilon ?? 1e-8, "epsilon");
      const inputs = (variable: Variable): Tensor[] => [
        variable.handle,
        slot(variable, "accum").handle,
        slot(variable, "accum_update").handle,
        rate,
        rho,
        epsilon,
      ];
      return {
        dense: (variable, gradient) => buildOp("ResourceApplyAdadelta", [...inputs(variable), gradient]),
        sparse: (variable, values, indices) =>
          buildOp("ResourceSparseApplyAdadelta", [...inputs(variable), values, indices]),
      };
    },
  });
}
