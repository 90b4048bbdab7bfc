import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import { add, cast, div, divNoNan, greater, maximum, minimum, mul, sub, unary } from "../nn/arithmetic.js";
import { onesLike, reduceSum, reshape, sliceFirst } from "../nn/tensor-shape.js";
import type { AccuracyMetric } from "./accuracy-metric.js";
import { broadcastWeights } from "./broadcast-weights.js";
import { accumulate, metricVariable } from "./metric-variable.js";

/** Keras's default: 198 thresholds between 0 and 1, and one beyond either end. */
const thresholdCount = 200;

interface Counts {
  readonly truePositives: Variable;
  readonly trueNegatives: Variable;
  readonly falsePositives: Variable;
  readonly falseNegatives: Variable;
}

/** A curve, and how the area below it is summed. */
export type AucCurve = "ROC" | "PR" | "PR by trapezoids";

/**
 * The area under the ROC or precision-recall curve at 200 evenly spread thresholds (`tf.keras.metrics.AUC`).
 *
 * ROC is summed by trapezoids; PR is interpolated as Davis and Goadrich (2006) do. Labels in [0, 1], scores in [0, 1], both flattened.
 * "PR by trapezoids" is what `tf.compat.v1.metrics.auc` makes of it by default.
 */
export function aucMetric(curve: AucCurve = "ROC"): AccuracyMetric {
  const shape = [thresholdCount];
  const counts: Counts = {
    truePositives: metricVariable("true_positives", shape),
    trueNegatives: metricVariable("true_negatives", shape),
    falsePositives: metricVariable("false_positives", shape),
    falseNegatives: metricVariable("false_negatives", shape),
  };
  return {
    update: (labels, scores, weights) => update(counts, labels, scores, weights),
    value: () => build("Identity", [areas[curve](counts)], {}, "Identity"),
  };
}

/** Sorts each score into the bucket below the first threshold that it does not exceed, then sums the buckets from above. */
function update(counts: Counts, labels: Tensor, scores: Tensor, weights: Tensor | undefined): Tensor {
  const values = maximum(minimum(cast(scores, "float32"), 1, "clip_by_value/Minimum"), 0, "clip_by_value");
  // Keras casts labels to bool and back: whatever is not 0 is positive.
  const truth = reshape(cast(cast(labels, "bool"), "float32"), [-1]);
  const flat = reshape(values, [-1]);
  const weight = weights === undefined ? undefined : reshape(broadcastWeights(weights, values), [-1]);
  const positives = weight === undefined ? truth : mul(truth, weight, "Mul");
  const negatives = weight === undefined ? sub(1, truth) : mul(sub(1, truth), weight, "Mul");
  const bucket = cast(unary("Relu", sub(unary("Ceil", mul(flat, thresholdCount - 1)), 1)), "int32");
  const above = (what: Tensor): Tensor => {
    const buckets = build(
      "UnsortedSegmentSum",
      [what, bucket, toTensor(thresholdCount, "int32")],
      {},
      "UnsortedSegmentSum",
    );
    return build("Cumsum", [buckets, toTensor(0, "int32")], { reverse: true }, "Cumsum");
  };
  const truePositives = above(positives);
  const falsePositives = above(negatives);
  return accumulate([
    [counts.truePositives, truePositives],
    [counts.falsePositives, falsePositives],
    [counts.trueNegatives, sub(reduceSum(negatives), falsePositives)],
    [counts.falseNegatives, sub(reduceSum(positives), truePositives)],
  ]);
}

function rocArea(counts: Counts): Tensor {
  const hits = counts.truePositives.read();
  const recall = divNoNan(hits, add(hits, counts.falseNegatives.read(), "Add"));
  const alarms = counts.falsePositives.read();
  const fallout = divNoNan(alarms, add(alarms, counts.trueNegatives.read(), "Add"));
  const heights = div(add(head(recall), tail(recall)), 2);
  return reduceSum(mul(sub(head(fallout), tail(fallout)), heights, "Mul"), undefined, "auc");
}

function prArea(counts: Counts): Tensor {
  const hits = counts.truePositives.read();
  const gained = sub(head(hits), tail(hits));
  const predicted = add(hits, counts.falsePositives.read(), "Add");
  const predictedGain = sub(head(predicted), tail(predicted));
  const slope = divNoNan(gained, maximum(predictedGain, 0), "prec_slope");
  const intercept = sub(tail(hits), mul(slope, tail(predicted), "Mul"));
  const both = build("LogicalAnd", [greater(head(predicted), 0), greater(tail(predicted), 0)], {}, "LogicalAnd");
  const ratio = divNoNan(head(predicted), maximum(tail(predicted), 0), "recall_relative_ratio");
  const safeRatio = build("SelectV2", [both, ratio, onesLike(tail(predicted))], {}, "SelectV2");
  const increment = mul(slope, add(gained, mul(intercept, unary("Log", safeRatio))));
  const positives = add(tail(hits), tail(counts.falseNegatives.read()));
  const area = divNoNan(increment, maximum(positives, 0), "pr_auc_increment");
  return reduceSum(area, undefined, "interpolate_pr_auc");
}

/** TensorFlow's, which keeps precision and recall defined where nothing is predicted or there. */
const trapezoidEpsilon = 1e-6;

function prTrapezoids(counts: Counts): Tensor {
  const hits = counts.truePositives.read();
  const some = add(hits, trapezoidEpsilon);
  const recall = div(some, add(add(hits, counts.falseNegatives.read()), trapezoidEpsilon));
  const precision = div(some, add(add(hits, counts.falsePositives.read()), trapezoidEpsilon));
  const heights = div(add(head(precision), tail(precision)), 2);
  return reduceSum(mul(sub(head(recall), tail(recall)), heights), undefined, "auc");
}

const areas: Readonly<Record<AucCurve, (counts: Counts) => Tensor>> = {
  ROC: rocArea,
  PR: prArea,
  "PR by trapezoids": prTrapezoids,
};

/** All but the last threshold. */
function head(x: Tensor): Tensor {
  return sliceFirst(x, { end: thresholdCount - 1 });
}

/** All but the first threshold. */
function tail(x: Tensor): Tensor {
  return sliceFirst(x, { begin: 1 });
}
