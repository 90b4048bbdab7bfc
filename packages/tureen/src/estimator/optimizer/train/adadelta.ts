import { buildOp } from "../../../graph/build-op.js";
import type { Tensor } from "../../../graph/graph.js";
import type { Variable } from "../../../graph/variable.js";
import type { LearningRate } from "../learning-rate.js";
import type { Optimizer } from "../optimizer.js";
import { trainOptimizer } from "./train-optimizer.js";

/** Adadelta (`tf.compat.v1.train.AdadeltaOptimizer`): rho 0.95, epsilon 1e-8; slots `<variable>/Adadelta` and `<variable>/Adadelta_1`. */
export function adadeltaOptimizer(
  learningRate: LearningRate = 0.001,
  options: { readonly rho?: number; readonly epsilon?: number; readonly name?: string } = {},
): Optimizer {
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
