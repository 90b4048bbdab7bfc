import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import { cast, divNoNan, mul } from "../nn/arithmetic.js";
import { reduceSum, sizeOf } from "../nn/tensor-shape.js";
import { broadcastWeights } from "./broadcast-weights.js";
import { accumulate, metricVariable } from "./metric-variable.js";

/** A weighted mean over batches (`tf.keras.metrics.Mean`): sum of weighted values over sum of weights, 0 where there are none. */
export interface MeanMetric {
  readonly total: Variable;
  readonly count: Variable;
  /** Folds a batch in; `weights` broadcast to `values`, undefined counts as 1. */
  update(values: Tensor, weights?: Tensor): Tensor;
  value(): Tensor;
}

/** Makes the variables `total` and `count` under the current scope. */
export function meanMetric(): MeanMetric {
  const total = metricVariable("total");
  const count = metricVariable("count");
  return {
    total,
    count,
    update: (values, weights) => {
      const floats = cast(values, "float32");
      if (weights === undefined) {
        return accumulate([
          [total, reduceSum(floats)],
          [count, cast(sizeOf(floats), "float32")],
        ]);
      }
      const spread = broadcastWeights(weights, floats);
      return accumulate([
        [total, reduceSum(mul(floats, spread, "Mul"))],
        [count, reduceSum(spread)],
      ]);
    },
    value: () => build("Identity", [divNoNan(total.read(), count.read())], {}, "Identity"),
  };
}
