import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Metric } from "../metric.js";
import { accuracyMetric } from "./accuracy-metric.js";
import { meanMetric } from "./mean-metric.js";

/** The weighted mean of values over all batches (`tf.compat.v1.metrics.mean`). */
export function mean(values: Tensor, options: { readonly weights?: Tensor; readonly name?: string } = {}): Metric {
  return nameScope(options.name ?? "mean", () => {
    const metric = meanMetric();
    const update = metric.update(values, options.weights);
    return { value: metric.value(), update };
  });
}

/** How often predictions equal labels (`tf.compat.v1.metrics.accuracy`). */
export function accuracy(
  labels: Tensor,
  predictions: Tensor,
  options: { readonly weights?: Tensor; readonly name?: string } = {},
): Metric {
  return nameScope(options.name ?? "accuracy", () => {
    const metric = accuracyMetric();
    const update = metric.update(labels, predictions, options.weights);
    return { value: metric.value(), update };
  });
}
