import { invalidArgument } from "../../core/status-error.js";

/**
 * How the losses of a batch become one (`tf.keras.losses.Reduction`); AUTO counts as SUM_OVER_BATCH_SIZE.
 *
 * MEAN (by the sum of the weights) and SUM_BY_NONZERO_WEIGHTS are those of `tf.compat.v1.losses.Reduction`.
 */
export const Reduction: Readonly<{
  AUTO: "auto";
  NONE: "none";
  SUM: "sum";
  SUM_OVER_BATCH_SIZE: "sum_over_batch_size";
  MEAN: "weighted_mean";
  SUM_BY_NONZERO_WEIGHTS: "weighted_sum_by_nonzero_weights";
}> = Object.freeze({
  AUTO: "auto",
  NONE: "none",
  SUM: "sum",
  SUM_OVER_BATCH_SIZE: "sum_over_batch_size",
  MEAN: "weighted_mean",
  SUM_BY_NONZERO_WEIGHTS: "weighted_sum_by_nonzero_weights",
});

/** One of the values of Reduction. */
export type LossReduction = (typeof Reduction)[keyof typeof Reduction];

/** The reduction, if a head can train with it; INVALID_ARGUMENT with TensorFlow's text otherwise. */
export function checkLossReduction(reduction: LossReduction): LossReduction {
  if (reduction === Reduction.NONE || !Object.values(Reduction).includes(reduction)) {
    throw invalidArgument(`Invalid loss_reduction: ${reduction}. See \`tf.losses.Reduction\` for valid options.`);
  }
  return reduction;
}
