import { invalidArgument } from "../core/status-error.js";
import { Estimator } from "./estimator.js";
import type { Predictions } from "./estimator-spec.js";
import { pythonText } from "./feature-column/python-text.js";
import type { Metric } from "./metric.js";
import { ModeKeys } from "./mode-keys.js";
import type { Features, Labels } from "./model-fn.js";
import type { RunConfig } from "./run-config.js";

/** What a metric function gets. */
export interface MetricFnArgs {
  readonly features: Features;
  readonly labels: Labels;
  readonly predictions: Predictions | undefined;
  readonly config: RunConfig;
}

/** Builds metrics by name in the current graph. */
export type MetricFn = (args: MetricFnArgs) => Readonly<Record<string, Metric>>;

/** An Estimator of the same model and folder whose evaluations have more metrics (`tf.estimator.add_metrics`); one of the same name replaces. */
export function addMetrics(estimator: Estimator, metricFn: MetricFn): Estimator {
  if (typeof metricFn !== "function")
    throw invalidArgument(`metric_fn must be callable, given: ${pythonText(metricFn)}`);
  const { modelFn, modelDir, config, clock, warmStartSettings } = estimator;
  return new Estimator({
    modelDir,
    config,
    clock,
    warmStartFrom: warmStartSettings,
    modelFn: ({ features, labels, mode }) => {
      const spec = modelFn({ features, labels, mode, config });
      if (mode !== ModeKeys.EVAL) return spec;
      const added = metricFn({ features, labels, predictions: spec.predictions, config });
      return { ...spec, evalMetricOps: { ...spec.evalMetricOps, ...added } };
    },
  });
}
