import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { add, cast, divNoNan, greater, mul, unary } from "../nn/arithmetic.js";
import { reduceSum, reshape, sliceFirst } from "../nn/tensor-shape.js";
import type { AccuracyMetric } from "./accuracy-metric.js";
import { broadcastWeights } from "./broadcast-weights.js";
import { accumulate, metricVariable } from "./metric-variable.js";

/** True positives over all that was predicted positive; 0 where nothing was (`tf.keras.metrics.Precision`). */
export function precisionMetric(threshold = 0.5): AccuracyMetric {
  return thresholdMetric("false_positives", threshold, (labels, positive) =>
    and(unary("LogicalNot", labels), positive),
  );
}

/** True positives over all positive labels; 0 where there are none (`tf.keras.metrics.Recall`). */
export function recallMetric(threshold = 0.5): AccuracyMetric {
  return thresholdMetric("false_negatives", threshold, (labels, positive) =>
    and(labels, unary("LogicalNot", positive)),
  );
}

function thresholdMetric(
  missName: string,
  threshold: number,
  miss: (labels: Tensor, positive: Tensor) => Tensor,
): AccuracyMetric {
  const hits = metricVariable("true_positives", [1]);
  const misses = metricVariable(missName, [1]);
  return {
    update: (labels, predictions, weights) => {
      const positive = greater(cast(predictions, "float32"), threshold);
      const truth = cast(labels, "bool");
      const count = (where: Tensor): Tensor => {
        const ones = cast(where, "float32");
        const weighted = weights === undefined ? ones : mul(ones, broadcastWeights(weights, ones));
        return reshape(reduceSum(weighted), [1]);
      };
      return accumulate([
        [hits, count(and(truth, positive))],
        [misses, count(miss(truth, positive))],
      ]);
    },
    value: () => {
      const hit = hits.read();
      const ratio = divNoNan(hit, add(hit, misses.read(), "Add"));
      return build("Identity", [sliceFirst(ratio, { begin: 0, shrink: true })], {}, "Identity");
    },
  };
}

function and(a: Tensor, b: Tensor): Tensor {
  return build("LogicalAnd", [a, b], {}, "LogicalAnd");
}
