import { checkOptions } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Metric } from "../metric.js";
import { cast, divNoNan, mul } from "../nn/arithmetic.js";
import { reduceSum } from "../nn/tensor-shape.js";
import { alignRanks, type MetricOptions, metricOptionsTable, spreadWeights } from "./align.js";
import { added, metricVariable } from "./metric-variable.js";

/** The weighted mean of values over all batches (`tf.compat.v1.metrics.mean`). */
export function mean(values: Tensor, options: MetricOptions = {}): Metric {
  checkOptions("mean", options, metricOptionsTable);
  return nameScope(options.name ?? "mean", () => {
    const floats = cast(values, "float32");
    const total = metricVariable("total");
    const count = metricVariable("count");
    const spread = spreadWeights(options.weights, floats);
    const size = spread === undefined ? cast(build("Size", [floats], {}, "Size"), "float32") : reduceSum(spread);
    const newTotal = added(total, reduceSum(spread === undefined ? floats : mul(floats, spread)));
    const newCount = added(count, size);
    return {
      value: divNoNan(total.read(), count.read(), "value"),
      update: divNoNan(newTotal, newCount, "update_op"),
    };
  });
}

/** How often predictions equal labels (`tf.compat.v1.metrics.accuracy`). */
export function accuracy(labels: Tensor, predictions: Tensor, options: MetricOptions = {}): Metric {
  checkOptions("accuracy", options, metricOptionsTable);
  const [truth, guess] = alignRanks(labels, predictions);
  const correct = cast(build("Equal", [cast(guess, truth.dtype), truth], {}, "Equal"), "float32");
  return mean(correct, { ...options, name: options.name ?? "accuracy" });
}
