import type { Tensor } from "../../graph/graph.js";
import { cast, equal, greater } from "../nn/arithmetic.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { type MeanMetric, meanMetric } from "./mean-metric.js";

/** How often predictions equal labels. */
export interface AccuracyMetric {
  /** Folds a batch in: labels and predictions of one shape, weights that broadcast to it. */
  update(labels: Tensor, predictions: Tensor, weights?: Tensor): Tensor;
  value(): Tensor;
}

/** The share of predictions that equal their labels (`tf.keras.metrics.Accuracy`). */
export function accuracyMetric(): AccuracyMetric {
  const mean: MeanMetric = meanMetric();
  return {
    update: (labels, predictions, weights) =>
      mean.update(cast(equal(labels, cast(predictions, labels.dtype)), "float32"), weights),
    value: () => mean.value(),
  };
}

/**
 * The share of scores on the right side of a threshold (`tf.keras.metrics.BinaryAccuracy`): means over the last dimension, which are then
 * weighed per example.
 */
export function binaryAccuracyMetric(threshold: number): AccuracyMetric {
  const mean: MeanMetric = meanMetric();
  return {
    update: (labels, scores, weights) => {
      const positive = cast(greater(scores, threshold), labels.dtype);
      return mean.update(reduceMean(cast(equal(labels, positive), "float32"), [-1]), weights);
    },
    value: () => mean.value(),
  };
}
