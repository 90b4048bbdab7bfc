import type { OptionTable } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { cast } from "../nn/arithmetic.js";
import { broadcastWeights } from "./broadcast-weights.js";

/** What the metrics of `tf.compat.v1.metrics` take besides labels and predictions. */
export interface MetricOptions {
  /** A scalar, or of the values' rank with dimensions that are theirs or 1; default 1. */
  readonly weights?: Tensor;
  readonly name?: string;
}

/** The same for `checkOptions`. */
export const metricOptionsTable: OptionTable<MetricOptions> = { weights: "optional", name: "optional" };

/** Labels and predictions of one rank: a last dimension of 1 that the other lacks is dropped, as TensorFlow's metrics do. */
export function alignRanks(labels: Tensor, predictions: Tensor): readonly [labels: Tensor, predictions: Tensor] {
  const squeeze = (x: Tensor): Tensor => build("Squeeze", [x], { squeeze_dims: [-1] }, "Squeeze");
  const [l, p] = [labels.shape?.length, predictions.shape?.length];
  if (l === undefined || p === undefined || l === p) return [labels, predictions];
  return l === p + 1
    ? [squeeze(labels), predictions]
    : l === p - 1
      ? [labels, squeeze(predictions)]
      : [labels, predictions];
}

/** Weights in the shape of values, float32; undefined where none are given. */
export function spreadWeights(weights: Tensor | undefined, values: Tensor): Tensor | undefined {
  return weights === undefined ? undefined : broadcastWeights(weights, cast(values, "float32"));
}
