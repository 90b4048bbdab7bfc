import { checkOptions, type OptionTable } from "../../../core/check-options.js";
import { buildOp } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";
import { type TrainOptions, trainOptions } from "./train-options.js";

/** Options of `rmsPropOptimizer`. */
export interface RmsPropOptimizerOptions extends TrainOptions {
  readonly decay?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly centered?: boolean;
}

const rmsPropTable: OptionTable<RmsPropOptimizerOptions> = {
  ...trainOptions,
  decay: "optional",
  momentum: "optional",
  epsilon: "optional",
  centered: "optional",
};

/**
 * RMSProp (`tf.compat.v1.train.RMSPropOptimizer`): decay 0.9, momentum 0, epsilon 1e-10.
 *
 * Slots `<variable>/RMSProp` (from 1), centered also the mean gradient, then the momentum.
 */
export function rmsPropOptimizer(learningRate: LearningRate, options: RmsPropOptimizerOptions = {}): Optimizer {
  checkOptions("RMSPropOptimizer", options, rmsPropTable);
  const { decay = 0.9, momentum = 0, epsilon = 1e-10, centered = false } = options;
  const kind = centered ? "CenteredRMSProp" : "RMSProp";
  return trainOptimizer({
    name: options.name ?? "RMSProp",
    learningRate,
    createSlots: (variables, make) => {
      for (const variable of variables) {
        make.slot(variable, "rms", 1);
        if (centered) make.slot(variable, "mg");
        make.slot(variable, "momentum");
      }
    },
    prepare: ({ learningRate: rate, slot, constant }) => {
      const coefficients = [
        rate,
        constant(decay, "decay"),
        constant(momentum, "momentum"),
        constant(epsilon, "epsilon"),
      ];
      const handles = (variable: Variable): Tensor[] => [
        variable.handle,
        ...(centered ? [slot(variable, "mg").handle] : []),
        slot(variable, "rms").handle,
        slot(variable, "momentum").handle,
      ];
      return {
        dense: (variable, gradient) =>
          buildOp(`ResourceApply${kind}`, [...handles(variable), ...coefficients, gradient]),
        sparse: (variable, values, indices) =>
          buildOp(`ResourceSparseApply${kind}`, [...handles(variable), ...coefficients, values, indices]),
      };
    },
  });
}
