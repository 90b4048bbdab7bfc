import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { cast, divNoNan, mul } from "../nn/arithmetic.js";
import { onesLike, rankOf, reduceSum } from "../nn/tensor-shape.js";
import { type LossReduction, Reduction } from "./reduction.js";

/**
 * Weighs and reduces losses (`tf.keras.__internal__.losses.compute_weighted_loss`).
 *
 * `losses` [batch, ...]; `weights` broadcast to it, undefined counts as 1. SUM_OVER_BATCH_SIZE divides the weighted sum by the number of
 * losses, not by the sum of weights; MEAN divides by that, SUM_BY_NONZERO_WEIGHTS by how many weights are not 0. The result is a scalar, or the weighted losses for NONE.
 */
export function computeWeightedLoss(losses: Tensor, weights: Tensor | undefined, reduction: LossReduction): Tensor {
  return nameScope("weighted_loss", () => {
    const values = cast(losses, "float32");
    const weighted = mul(values, weights === undefined ? constant(1, "float32") : cast(weights, "float32"), "Mul");
    if (reduction === Reduction.NONE) return weighted;
    const total = reduceSum(weighted);
    if (reduction === Reduction.SUM) return total;
    if (reduction === Reduction.MEAN || reduction === Reduction.SUM_BY_NONZERO_WEIGHTS) {
      const each = mul(onesLike(values), weights === undefined ? 1 : cast(weights, "float32"));
      const present = reduction === Reduction.MEAN ? each : cast(build("NotEqual", [each, 0]), "float32");
      return divNoNan(total, reduceSum(present), "value");
    }
    const count = nameScope("num_elements", (scope) => cast(build("Size", [weighted], {}, scope), "float32"));
    const again = reduceSumOfScalar(total);
    return divNoNan(again, count, "value");
  });
}

/** TensorFlow sums the sum once more, over no axes. */
function reduceSumOfScalar(total: Tensor): Tensor {
  const rank = rankOf(total);
  const axes = nameScope("range", (scope) => {
    const start = constant(0, "int32", "start");
    const delta = constant(1, "int32", "delta");
    return build("Range", [start, rank, delta], {}, scope);
  });
  return build("Sum", [total, axes], {}, "Sum");
}
