import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Metric } from "../metric.js";
import { add, cast, div, divNoNan, greater, maximum, minimum, mul, sub, unary } from "../nn/arithmetic.js";
import { onesLike, reduceSum, sliceFirst } from "../nn/tensor-shape.js";
import type { MetricOptions } from "./align.js";
import { type Counts, confusionAtThresholds, spreadThresholds } from "./confusion-at-thresholds.js";

/** How the area below a curve is summed. */
export type SummationMethod = "trapezoidal" | "careful_interpolation" | "minoring" | "majoring";

/** Options of `auc`. */
export interface AucOptions extends MetricOptions {
  /** Default 200. */
  readonly numThresholds?: number;
  /** Default "ROC". */
  readonly curve?: "ROC" | "PR";
  /** Default "trapezoidal", which TensorFlow warns of for PR. */
  readonly summationMethod?: SummationMethod;
  /** Thresholds in (0, 1) instead of evenly spread ones. */
  readonly thresholds?: readonly number[];
}

/** Names of the four counts. */
const everyCount = ["truePositives", "falseNegatives", "trueNegatives", "falsePositives"] as const;
const epsilon = 1e-6;

/** The area under the ROC or precision-recall curve, approximated at thresholds (`tf.compat.v1.metrics.auc`). */
export function auc(labels: Tensor, predictions: Tensor, options: AucOptions = {}): Metric {
  checkOptions("auc", options, {
    numThresholds: "optional",
    curve: "optional",
    summationMethod: "optional",
    thresholds: "optional",
    weights: "optional",
    name: "optional",
  });
  const { curve = "ROC", summationMethod = "trapezoidal", numThresholds = 200 } = options;
  if (curve !== "ROC" && curve !== "PR") {
    throw invalidArgument(`Curve must be either ROC or PR. Curve ${String(curve)} is unknown.`);
  }
  const own = options.thresholds === undefined ? undefined : [...options.thresholds].sort((a, b) => a - b);
  const thresholds = own === undefined ? spreadThresholds(numThresholds, 1 + 1e-7) : [-1e-7, ...own, 1 + 1e-7];
  return nameScope(options.name ?? "auc", () => {
    const { read, updated } = confusionAtThresholds(labels, predictions, thresholds, options.weights, everyCount);
    const area = (counts: Counts, name: string): Tensor =>
      curve === "PR" && summationMethod === "careful_interpolation"
        ? interpolated(counts, thresholds.length)
        : summed(counts, curve, summationMethod, thresholds.length, name);
    return { value: area(read, "value"), update: area(updated, "update_op") };
  });
}

function ends(x: Tensor, count: number): readonly [first: Tensor, second: Tensor] {
  return [sliceFirst(x, { end: count - 1 }), sliceFirst(x, { begin: 1 })];
}

function summed(
  counts: Counts,
  curve: "ROC" | "PR",
  method: SummationMethod,
  thresholds: number,
  name: string,
): Tensor {
  const { truePositives: tp, falseNegatives: fn, trueNegatives: tn, falsePositives: fp } = counts;
  const recall = div(add(tp, epsilon), add(add(tp, fn), epsilon));
  const x = curve === "ROC" ? div(fp, add(add(fp, tn), epsilon)) : recall;
  const y = curve === "ROC" ? recall : div(add(tp, epsilon), add(add(tp, fp), epsilon));
  const [x0, x1] = ends(x, thresholds);
  const [y0, y1] = ends(y, thresholds);
  return reduceSum(mul(sub(x0, x1), height(method, y0, y1), "Mul"), undefined, name);
}

function height(method: SummationMethod, y0: Tensor, y1: Tensor): Tensor {
  switch (method) {
    case "trapezoidal":
    case "careful_interpolation":
      return div(add(y0, y1), 2);
    case "minoring":
      return minimum(y0, y1);
    case "majoring":
      return maximum(y0, y1);
    default:
      throw invalidArgument(
        `Invalid summation_method: ${String(method)} summation_method should be 'trapezoidal', 'careful_interpolation', 'minoring', or 'majoring'.`,
      );
  }
}

/** Davis and Goadrich's interpolation (2006): true positives grow in line with all that is predicted positive. */
function interpolated(counts: Counts, thresholds: number): Tensor {
  const { truePositives: tp, falseNegatives: fn, falsePositives: fp } = counts;
  const [tp0, tp1] = ends(tp, thresholds);
  const [p0, p1] = ends(add(tp, fp), thresholds);
  const gained = sub(tp0, tp1);
  const slope = divNoNan(gained, maximum(sub(p0, p1), 0), "prec_slope");
  const intercept = sub(tp1, mul(slope, p1, "Mul"));
  const both = build("LogicalAnd", [greater(p0, 0), greater(p1, 0)], {}, "LogicalAnd");
  const ratio = divNoNan(p0, maximum(p1, 0), "recall_relative_ratio");
  const safe = build("SelectV2", [both, ratio, onesLike(p1)], {}, "SelectV2");
  const area = mul(slope, add(gained, mul(intercept, unary("Log", safe))));
  const positives = maximum(add(tp1, sliceFirst(fn, { begin: 1 })), 0);
  return reduceSum(divNoNan(area, positives, "pr_auc_increment"), undefined, "interpolate_pr_auc");
}

/** Options of the metrics that fix one rate and ask for the other. */
export interface AtRateOptions extends MetricOptions {
  readonly numThresholds?: number;
}

/** The same for `checkOptions`. */
const atRateOptionsTable: OptionTable<AtRateOptions> = {
  numThresholds: "optional",
  weights: "optional",
  name: "optional",
};

/** The sensitivity at the threshold whose specificity is nearest the given one (`tf.compat.v1.metrics.sensitivity_at_specificity`). */
export function sensitivityAtSpecificity(
  labels: Tensor,
  predictions: Tensor,
  options: AtRateOptions & { readonly specificity: number },
): Metric {
  checkOptions("sensitivityAtSpecificity", options, { ...atRateOptionsTable, specificity: "required" });
  const { specificity } = options;
  checkRate("specificity", specificity);
  return nameScope(options.name ?? "sensitivity_at_specificity", () => {
    const thresholds = spreadThresholds(options.numThresholds ?? 200, 1 + 1e-7);
    const { read, updated } = confusionAtThresholds(labels, predictions, thresholds, options.weights, everyCount);
    const at = ({ truePositives, falseNegatives, trueNegatives, falsePositives }: Counts): Tensor => {
      const rates = rate(trueNegatives, falsePositives);
      const distance = unary("Abs", sub(rates, specificity));
      const index = build("ArgMin", [distance, 0], { output_type: "int32" }, "ArgMin");
      return rate(pick(truePositives, index), pick(falseNegatives, index));
    };
    return { value: at(read), update: at(updated) };
  });
}

/** The specificity at the last threshold whose sensitivity is nearest the given one (`tf.compat.v1.metrics.specificity_at_sensitivity`). */
export function specificityAtSensitivity(
  labels: Tensor,
  predictions: Tensor,
  options: AtRateOptions & { readonly sensitivity: number },
): Metric {
  checkOptions("specificityAtSensitivity", options, { ...atRateOptionsTable, sensitivity: "required" });
  const { sensitivity } = options;
  checkRate("sensitivity", sensitivity);
  return nameScope(options.name ?? "specificity_at_sensitivity", () => {
    const thresholds = spreadThresholds(options.numThresholds ?? 200, 1 - 1e-7);
    const { read, updated } = confusionAtThresholds(labels, predictions, thresholds, options.weights, everyCount);
    const at = ({ truePositives, falseNegatives, trueNegatives, falsePositives }: Counts): Tensor => {
      const distance = unary("Abs", sub(rate(truePositives, falseNegatives), sensitivity));
      const least = build("Min", [distance, 0], {}, "Min");
      const nearest = cast(build("Equal", [distance, least], {}, "Equal"), "int64");
      const index = build(
        "ArgMax",
        [build("Cumsum", [nearest, 0], {}, "Cumsum"), 0],
        { output_type: "int32" },
        "ArgMax",
      );
      return rate(pick(trueNegatives, index), pick(falsePositives, index));
    };
    return { value: at(read), update: at(updated) };
  });
}

function rate(hits: Tensor, misses: Tensor): Tensor {
  return div(hits, add(add(hits, misses), 1e-7));
}

function pick(values: Tensor, index: Tensor): Tensor {
  return build("GatherV2", [values, index, 0], {}, "GatherV2");
}

function checkRate(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw invalidArgument(`\`${name}\` must be in the range [0, 1]. Currently, \`${name}\` is ${value}.`);
  }
}
