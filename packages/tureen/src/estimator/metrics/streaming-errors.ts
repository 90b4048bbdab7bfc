import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import type { Metric } from "../metric.js";
import { add, cast, div, divNoNan, mul, sub, unary } from "../nn/arithmetic.js";
import { onesLike, reduceMean, reduceSum, reshape } from "../nn/tensor-shape.js";
import { alignRanks, type MetricOptions, metricOptionsTable, spreadWeights } from "./align.js";
import { added, metricVariable } from "./metric-variable.js";
import { mean } from "./streaming.js";
import type { StreamingMetric } from "./streaming-counts.js";

function meanOf(name: string, error: (labels: Tensor, predictions: Tensor) => Tensor): StreamingMetric {
  return (labels, predictions, options = {}) => {
    checkOptions(name, options, metricOptionsTable);
    const [truth, guess] = alignRanks(labels, predictions);
    return mean(error(cast(truth, guess.dtype), guess), { ...options, name: options.name ?? name });
  };
}

/** The mean of |predictions - labels|. */
export const meanAbsoluteError: StreamingMetric = meanOf("mean_absolute_error", (a, b) => unary("Abs", sub(b, a)));
/** The mean of (predictions - labels)². */
export const meanSquaredError: StreamingMetric = meanOf("mean_squared_error", (a, b) =>
  build("SquaredDifference", [b, a], {}, "SquaredDifference"),
);

/** The root of the mean of (predictions - labels)² (`tf.compat.v1.metrics.root_mean_squared_error`). */
export function rootMeanSquaredError(labels: Tensor, predictions: Tensor, options: MetricOptions = {}): Metric {
  checkOptions("rootMeanSquaredError", options, metricOptionsTable);
  const { value, update } = meanSquaredError(labels, predictions, {
    ...options,
    name: options.name ?? "root_mean_squared_error",
  });
  return { value: unary("Sqrt", value), update: unary("Sqrt", update as Tensor) };
}

/** The mean of |labels - predictions| / normalizer, 0 where the normalizer is 0 (`tf.compat.v1.metrics.mean_relative_error`). */
export function meanRelativeError(
  labels: Tensor,
  predictions: Tensor,
  options: MetricOptions & { readonly normalizer: Tensor },
): Metric {
  checkOptions("meanRelativeError", options, { ...metricOptionsTable, normalizer: "required" });
  const [truth, guess] = alignRanks(labels, predictions);
  const { normalizer: given, ...others } = options;
  const [normalizer] = alignRanks(given, guess);
  const error = unary("Abs", sub(truth, guess));
  const isZero = build("Equal", [normalizer, constant(0, normalizer.dtype)], {}, "Equal");
  const zeros = build("ZerosLike", [truth], {}, "zeros_like");
  const relative = build("SelectV2", [isZero, zeros, div(error, normalizer)], {}, "SelectV2");
  return mean(relative, { ...others, name: options.name ?? "mean_relative_error" });
}

/** 1 minus the mean dot product of unit vectors along a dimension (`tf.compat.v1.metrics.mean_cosine_distance`). */
export function meanCosineDistance(
  labels: Tensor,
  predictions: Tensor,
  options: MetricOptions & { readonly dim: number },
): Metric {
  checkOptions("meanCosineDistance", options, { ...metricOptionsTable, dim: "required" });
  const { dim, ...others } = options;
  const product = mul(predictions, labels);
  const dots = build("Sum", [product, constant([dim], "int32")], { keep_dims: true }, "Sum");
  const { value, update } = mean(dots, { ...others, name: options.name ?? "mean_cosine_distance" });
  return { value: sub(1, value), update: sub(1, update as Tensor) };
}

/** The share of values below a threshold (`tf.compat.v1.metrics.percentage_below`). */
export function percentageBelow(values: Tensor, options: MetricOptions & { readonly threshold: TensorLike }): Metric {
  checkOptions("percentageBelow", options, { ...metricOptionsTable, threshold: "required" });
  const { threshold, ...others } = options;
  const limit = threshold instanceof Tensor ? threshold : constant(threshold, values.dtype, "threshold");
  const below = cast(build("Less", [values, limit], {}, "Less"), "float32");
  return mean(below, { ...others, name: options.name ?? "percentage_below_threshold" });
}

/** The mean over batches of each element (`tf.compat.v1.metrics.mean_tensor`); the shape must be known. */
export function meanTensor(values: Tensor, options: MetricOptions = {}): Metric {
  checkOptions("meanTensor", options, metricOptionsTable);
  const { shape } = values;
  if (shape === undefined || shape.some((n) => n < 0)) {
    throw invalidArgument(`The shape of a mean of tensors must be fully defined, but instead was ${String(shape)}.`);
  }
  return nameScope(options.name ?? "mean", () => {
    const floats = cast(values, "float32");
    const total = metricVariable("total_tensor", shape);
    const count = metricVariable("count_tensor", shape);
    const spread = spreadWeights(options.weights, floats);
    const newTotal = added(total, spread === undefined ? floats : mul(floats, spread));
    const newCount = added(count, spread ?? onesLike(floats));
    return { value: divNoNan(total.read(), count.read(), "value"), update: divNoNan(newTotal, newCount, "update_op") };
  });
}

/** Options of the metrics over classes. */
export interface PerClassOptions extends MetricOptions {
  readonly numClasses: number;
}

/** The same for `checkOptions`. */
const perClassOptionsTable: OptionTable<PerClassOptions> = {
  numClasses: "required",
  weights: "optional",
  name: "optional",
};

function flat(x: Tensor): Tensor {
  return x.shape?.length === 1 ? x : reshape(x, [-1]);
}

/** The mean of the classes' accuracies (`tf.compat.v1.metrics.mean_per_class_accuracy`); `update` is each class's. */
export function meanPerClassAccuracy(labels: Tensor, predictions: Tensor, options: PerClassOptions): Metric {
  checkOptions("meanPerClassAccuracy", options, perClassOptionsTable);
  return nameScope(options.name ?? "mean_accuracy", () => {
    const truth = flat(cast(labels, "int64"));
    const total = metricVariable("total", [options.numClasses]);
    const count = metricVariable("count", [options.numClasses]);
    const correct = cast(build("Equal", [flat(cast(predictions, "int64")), truth], {}, "Equal"), "float32");
    const weights = options.weights === undefined ? undefined : flat(cast(options.weights, "float32"));
    const ones = weights ?? onesLike(correct);
    const scattered = (variable: typeof total, value: Tensor): Tensor => {
      const done = buildOp("ResourceScatterAdd", [variable.handle, truth, value], {}, "ResourceScatterAdd");
      return controlDependencies([done], () => variable.read());
    };
    const newTotal = scattered(total, ones);
    const newCount = scattered(count, weights === undefined ? correct : mul(correct, weights));
    return {
      value: reduceMean(divNoNan(count.read(), total.read()), undefined, false, "mean_accuracy"),
      update: divNoNan(newCount, newTotal, "update_op"),
    };
  });
}

/** The mean over classes of intersection over union (`tf.compat.v1.metrics.mean_iou`); `update` is the confusion matrix, float64. */
export function meanIou(labels: Tensor, predictions: Tensor, options: PerClassOptions): Metric {
  checkOptions("meanIou", options, perClassOptionsTable);
  const { numClasses } = options;
  return nameScope(options.name ?? "mean_iou", () => {
    const matrix = metricVariable("total_confusion_matrix", [numClasses, numClasses], "float64");
    const truth = flat(cast(labels, "int64"));
    const weights = options.weights === undefined ? onesLike(truth) : flat(options.weights);
    const places = build("Pack", [[truth, flat(cast(predictions, "int64"))]], { axis: 1 }, "stack");
    const size = constant([BigInt(numClasses), BigInt(numClasses)], "int64", "shape");
    const counts = build("ScatterNd", [places, cast(weights, "float64"), size], {}, "confusion_matrix");
    const update = added(matrix, counts);
    const sums = (axis: number): Tensor =>
      cast(build("Sum", [matrix.read(), constant(axis, "int32")], {}, "Sum"), "float32");
    const hits = cast(build("DiagPart", [matrix.read()], {}, "DiagPart"), "float32");
    const union = sub(add(sums(0), sums(1)), hits);
    const present = cast(build("NotEqual", [union, constant(0, "float32")], {}, "NotEqual"), "float32");
    return { value: divNoNan(reduceSum(divNoNan(hits, union)), reduceSum(present), "mean_iou"), update };
  });
}
