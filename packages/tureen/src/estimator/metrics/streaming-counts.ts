import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Metric } from "../metric.js";
import { add, cast, div, divNoNan, mul } from "../nn/arithmetic.js";
import { reduceSum } from "../nn/tensor-shape.js";
import { alignRanks, type MetricOptions, metricOptionsTable, spreadWeights } from "./align.js";
import { type CountName, confusionAtThresholds } from "./confusion-at-thresholds.js";
import { added, metricVariable } from "./metric-variable.js";

/** Options of the metrics at thresholds in [0, 1]. */
export interface AtThresholdsOptions extends MetricOptions {
  readonly thresholds: readonly number[];
}

const atThresholdsTable: OptionTable<AtThresholdsOptions> = { ...metricOptionsTable, thresholds: "required" };

interface Count {
  readonly read: Tensor;
  readonly updated: Tensor;
}

/** Counts the rows whose label and prediction, as booleans, are as wanted. */
function count(
  name: string,
  labels: Tensor,
  predictions: Tensor,
  wanted: readonly [boolean, boolean],
  weights?: Tensor,
): Count {
  return nameScope(name, () => {
    const [truth, guess] = alignRanks(cast(labels, "bool"), cast(predictions, "bool"));
    const is = (x: Tensor, value: boolean): Tensor => (value ? x : build("LogicalNot", [x], {}, "LogicalNot"));
    const hits = cast(build("LogicalAnd", [is(truth, wanted[0]), is(guess, wanted[1])], {}, "LogicalAnd"), "float32");
    const spread = spreadWeights(weights, hits);
    const variable = metricVariable("count");
    return {
      read: variable.read(),
      updated: added(variable, reduceSum(spread === undefined ? hits : mul(hits, spread))),
    };
  });
}

function counter(name: string, wanted: readonly [boolean, boolean]) {
  return (labels: Tensor, predictions: Tensor, options: MetricOptions = {}): Metric => {
    checkOptions(name, options, metricOptionsTable);
    const { read, updated } = count(options.name ?? name, labels, predictions, wanted, options.weights);
    return { value: read, update: updated };
  };
}

/** A metric of labels and predictions. */
export type StreamingMetric = (labels: Tensor, predictions: Tensor, options?: MetricOptions) => Metric;

/** The weight of true labels that were predicted true (`tf.compat.v1.metrics.true_positives`). */
export const truePositives: StreamingMetric = counter("true_positives", [true, true]);
/** The weight of false labels that were predicted false. */
export const trueNegatives: StreamingMetric = counter("true_negatives", [false, false]);
/** The weight of false labels that were predicted true. */
export const falsePositives: StreamingMetric = counter("false_positives", [false, true]);
/** The weight of true labels that were predicted false. */
export const falseNegatives: StreamingMetric = counter("false_negatives", [true, false]);

function ratio(name: string, miss: readonly [string, readonly [boolean, boolean]]): StreamingMetric {
  return (labels, predictions, options = {}) => {
    checkOptions(name, options, metricOptionsTable);
    return nameScope(options.name ?? name, () => {
      const hits = count("true_positives", labels, predictions, [true, true], options.weights);
      const misses = count(miss[0], labels, predictions, miss[1], options.weights);
      const share = (a: Tensor, b: Tensor): Tensor => divNoNan(a, add(a, b));
      return { value: share(hits.read, misses.read), update: share(hits.updated, misses.updated) };
    });
  };
}

/** The share of true labels among what was predicted true, 0 where nothing was (`tf.compat.v1.metrics.precision`). */
export const precision: StreamingMetric = ratio("precision", ["false_positives", [false, true]]);
/** The share of true labels that were predicted true, 0 where there are none (`tf.compat.v1.metrics.recall`). */
export const recall: StreamingMetric = ratio("recall", ["false_negatives", [true, false]]);

/** A metric at several thresholds: float32 [thresholds]. */
export type MetricAtThresholds = (labels: Tensor, predictions: Tensor, options: AtThresholdsOptions) => Metric;

function countsAt(name: string, key: CountName): MetricAtThresholds {
  return (labels, predictions, options) => {
    checkOptions(`${name}_at_thresholds`, options, atThresholdsTable);
    return nameScope(options.name ?? name, () => {
      const { read, updated } = confusionAtThresholds(labels, predictions, options.thresholds, options.weights, [key]);
      return { value: read[key], update: updated[key] };
    });
  };
}

/** `truePositives` of scores above each threshold. */
export const truePositivesAtThresholds: MetricAtThresholds = countsAt("true_positives", "truePositives");
/** `trueNegatives` of scores above each threshold. */
export const trueNegativesAtThresholds: MetricAtThresholds = countsAt("true_negatives", "trueNegatives");
/** `falsePositives` of scores above each threshold. */
export const falsePositivesAtThresholds: MetricAtThresholds = countsAt("false_positives", "falsePositives");
/** `falseNegatives` of scores above each threshold. */
export const falseNegativesAtThresholds: MetricAtThresholds = countsAt("false_negatives", "falseNegatives");

/** TensorFlow's, which keeps the ratio of nothing to nothing 0. */
const epsilon = 1e-7;

function ratioAt(name: string, miss: "falsePositives" | "falseNegatives"): MetricAtThresholds {
  return (labels, predictions, options) => {
    checkOptions(name, options, atThresholdsTable);
    return nameScope(options.name ?? name, () => {
      const keys = ["truePositives", miss] as const;
      const { read, updated } = confusionAtThresholds(labels, predictions, options.thresholds, options.weights, keys);
      const share = (counts: typeof read): Tensor =>
        div(counts.truePositives, add(add(counts.truePositives, epsilon), counts[miss]));
      return { value: share(read), update: share(updated) };
    });
  };
}

/** `precision` of scores above each threshold. */
export const precisionAtThresholds: MetricAtThresholds = ratioAt("precision_at_thresholds", "falsePositives");
/** `recall` of scores above each threshold. */
export const recallAtThresholds: MetricAtThresholds = ratioAt("recall_at_thresholds", "falseNegatives");
