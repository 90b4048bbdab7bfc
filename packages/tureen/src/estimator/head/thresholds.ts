import { invalidArgument } from "../../core/status-error.js";
import type { Tensor } from "../../graph/graph.js";
import type { Metric } from "../metric.js";
import { type AccuracyMetric, binaryAccuracyMetric } from "../metrics/accuracy-metric.js";
import { precisionMetric, recallMetric } from "../metrics/precision-recall-metric.js";
import { formatG } from "../nn/python-format.js";

/** Thresholds in (0, 1); INVALID_ARGUMENT with the text that `message` gives for one outside. */
export function checkThresholds(
  thresholds: readonly number[],
  message: (threshold: number) => string,
): readonly number[] {
  for (const threshold of thresholds) {
    if (!(threshold > 0 && threshold < 1)) throw invalidArgument(message(threshold));
  }
  return thresholds;
}

/** A metric and its name. */
export type NamedMetric = readonly [string, AccuracyMetric];

/** Accuracy, precision and recall at each threshold, named `accuracy/positive_threshold_0.5` and so on. */
export function thresholdMetrics(thresholds: readonly number[]): NamedMetric[] {
  return thresholds.flatMap((threshold): NamedMetric[] => [
    [`accuracy/positive_threshold_${formatG(threshold)}`, binaryAccuracyMetric(threshold)],
    [`precision/positive_threshold_${formatG(threshold)}`, precisionMetric(threshold)],
    [`recall/positive_threshold_${formatG(threshold)}`, recallMetric(threshold)],
  ]);
}

/** Folds a batch into a metric. */
export function updated(
  metric: AccuracyMetric,
  labels: Tensor,
  predictions: Tensor,
  weights: Tensor | undefined,
): Metric {
  const update = metric.update(labels, predictions, weights);
  return { value: metric.value(), update };
}
