import { asOperation } from "../make-estimator-spec.js";
import type { Metric } from "../metric.js";

/** Metrics whose updates are operations, as those of Keras are, which heads use: exports for evaluation show the difference. */
export function withUpdateOps(metrics: Readonly<Record<string, Metric>>): Record<string, Metric> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { value, update }]) => [name, { value, update: asOperation(update) }]),
  );
}
