import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { add, cast, div, divNoNan, maximum, minimum, mul, sub, unary } from "../nn/arithmetic.js";
import { softmaxCrossEntropyWithLogits, sparseSoftmaxCrossEntropyWithLogits } from "../nn/cross-entropies.js";
import { onesLike, rankOf, reduceSum, shapeOf, sliceFirst, zerosLike } from "../nn/tensor-shape.js";
import { type LossReduction, Reduction } from "./reduction.js";
import { sigmoidCrossEntropyWithLogits } from "./sigmoid-cross-entropy.js";

/** What every loss of `tf.compat.v1.losses` takes besides labels and predictions. */
export interface LossOptions {
  /** A scalar, or a tensor of the losses' rank whose dimensions are theirs or 1; default 1. */
  readonly weights?: TensorLike;
  /** Default SUM_BY_NONZERO_WEIGHTS. */
  readonly reduction?: LossReduction;
  readonly scope?: string;
}

const lossOptions: OptionTable<LossOptions> = { weights: "optional", reduction: "optional", scope: "optional" };

/**
 * Weighs losses, reduces them to a scalar (or keeps them, with NONE) and adds the result to the collection of losses
 * (`tf.compat.v1.losses.compute_weighted_loss`).
 */
export function computeWeightedLoss(losses: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("computeWeightedLoss", options, lossOptions);
  return weightedLoss(losses, options);
}

function weightedLoss(losses: Tensor, options: LossOptions): Tensor {
  const { reduction = Reduction.SUM_BY_NONZERO_WEIGHTS } = options;
  return nameScope(options.scope ?? "weighted_loss", () => {
    const weights = weightsFor(losses, options.weights);
    const values = cast(losses, "float32");
    const weighted = mul(values, weights, "Mul");
    return addLoss(cast(reduced(values, weighted, weights, reduction), losses.dtype));
  });
}

function reduced(values: Tensor, weighted: Tensor, weights: Tensor, reduction: LossReduction): Tensor {
  if (reduction === Reduction.NONE) return weighted;
  const total = reduceSum(weighted);
  if (reduction === Reduction.SUM) return total;
  if (reduction === Reduction.MEAN) return divNoNan(total, reduceSum(mul(onesLike(values), weights)), "value");
  if (reduction === Reduction.SUM_BY_NONZERO_WEIGHTS) {
    return divNoNan(total, reduceSum(presence(values, weights), undefined, "num_present"), "value");
  }
  return divNoNan(total, cast(build("Size", [values], {}, "num_elements"), "float32"), "value");
}

/** 1 for each value whose weight is not 0. */
function presence(values: Tensor, weights: Tensor): Tensor {
  const present = cast(build("NotEqual", [weights, constant(0, "float32")], {}, "NotEqual"), "float32");
  return mul(present, onesLike(values));
}

/** Weights as float32; INVALID_ARGUMENT with TensorFlow's text where their shape is known not to fit. */
function weightsFor(values: Tensor, given: TensorLike | undefined): Tensor {
  const weights = cast(given instanceof Tensor ? given : constant(given ?? 1, undefined, "weights"), "float32");
  const [w, v] = [weights.shape, values.shape];
  const fits =
    w === undefined ||
    v === undefined ||
    w.length === 0 ||
    (w.length === v.length && w.every((n, i) => n < 0 || n === 1 || v[i]! < 0 || n === v[i]));
  if (!fits) {
    throw invalidArgument(
      `weights can not be broadcast to values. values.rank=${v.length}. weights.rank=${w.length}. values.shape=(${v.join(", ")}). weights.shape=(${w.join(", ")}).`,
    );
  }
  return weights;
}

/** Adds a loss to those that `getTotalLoss` sums; returns it. */
export function addLoss(loss: Tensor): Tensor {
  currentGraph().addToCollection(collectionKeys.losses, loss);
  return loss;
}

/** The losses that were added to the current graph. */
export function getLosses(): readonly Tensor[] {
  return currentGraph().getCollection<Tensor>(collectionKeys.losses);
}

/** The penalties that layers' regularizers added to the current graph. */
export function getRegularizationLosses(): readonly Tensor[] {
  return currentGraph().getCollection<Tensor>(collectionKeys.regularizationLosses);
}

/** The sum of all regularization losses, 0 where there are none. */
export function getRegularizationLoss(options: { readonly name?: string } = {}): Tensor {
  checkOptions("getRegularizationLoss", options, nameOnly);
  const losses = getRegularizationLosses();
  return losses.length === 0
    ? constant(0, "float32")
    : build("AddN", [losses], {}, options.name ?? "total_regularization_loss");
}

/** The sum of all losses and, unless told not to, of the regularization losses; INVALID_ARGUMENT where there are none. */
export function getTotalLoss(
  options: { readonly addRegularizationLosses?: boolean; readonly name?: string } = {},
): Tensor {
  checkOptions("getTotalLoss", options, { addRegularizationLosses: "optional", name: "optional" });
  const losses = [...getLosses(), ...(options.addRegularizationLosses === false ? [] : getRegularizationLosses())];
  if (losses.length === 0)
    throw invalidArgument("inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and shape");
  return build("AddN", [losses], {}, options.name ?? "total_loss");
}

function inScope(name: string, options: LossOptions, losses: () => Tensor): Tensor {
  return nameScope(options.scope ?? name, (scope) => weightedLoss(losses(), { ...options, scope }));
}

function floats(labels: Tensor, predictions: Tensor): readonly [labels: Tensor, predictions: Tensor] {
  const [a, b] = [labels.shape, predictions.shape];
  if (
    a !== undefined &&
    b !== undefined &&
    (a.length !== b.length || a.some((n, i) => n >= 0 && b[i]! >= 0 && n !== b[i]))
  ) {
    throw invalidArgument(`Shapes (${b.join(", ")}) and (${a.join(", ")}) are incompatible`);
  }
  return [cast(labels, "float32"), cast(predictions, "float32")];
}

/** |predictions - labels| (`tf.losses.absolute_difference`). */
export function absoluteDifference(labels: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("absoluteDifference", options, lossOptions);
  return inScope("absolute_difference", options, () => {
    const [truth, guess] = floats(labels, predictions);
    return unary("Abs", sub(guess, truth, "Sub"));
  });
}

/** (predictions - labels)² (`tf.losses.mean_squared_error`). */
export function meanSquaredError(labels: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("meanSquaredError", options, lossOptions);
  return inScope("mean_squared_error", options, () => {
    const [truth, guess] = floats(labels, predictions);
    return build("SquaredDifference", [guess, truth], {}, "SquaredDifference");
  });
}

/** 1 minus the dot product of unit vectors along an axis (`tf.losses.cosine_distance`). */
export function cosineDistance(
  labels: Tensor,
  predictions: Tensor,
  options: LossOptions & { readonly axis: number },
): Tensor {
  checkOptions("cosineDistance", options, { ...lossOptions, axis: "required" });
  return inScope("cosine_distance_loss", options, () => {
    const [truth, guess] = floats(labels, predictions);
    const axis = constant([options.axis], "int32", "axis");
    return sub(1, build("Sum", [mul(guess, truth, "Mul"), axis], { keep_dims: true }, "Sum"));
  });
}

/** max(0, 1 - (2 labels - 1) logits) for labels 0 and 1 (`tf.losses.hinge_loss`). */
export function hingeLoss(labels: Tensor, logits: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("hingeLoss", options, lossOptions);
  return inScope("hinge_loss", options, () => {
    const [truth, guess] = floats(labels, logits);
    const ones = onesLike(truth);
    return unary("Relu", sub(ones, mul(sub(mul(truth, 2), ones), guess, "Mul"), "Sub"));
  });
}

/** Half the square of small errors, linear beyond `delta` (`tf.losses.huber_loss`). */
export function huberLoss(
  labels: Tensor,
  predictions: Tensor,
  options: LossOptions & { readonly delta?: number } = {},
): Tensor {
  checkOptions("huberLoss", options, { ...lossOptions, delta: "optional" });
  const { delta = 1 } = options;
  return inScope("huber_loss", options, () => {
    const [truth, guess] = floats(labels, predictions);
    const error = unary("Abs", sub(guess, truth, "Sub"));
    const quadratic = minimum(error, delta);
    return add(mul(mul(quadratic, quadratic, "Mul"), 0.5), mul(sub(error, quadratic), delta));
  });
}

/** Cross entropy of labels and probabilities, both in [0, 1] (`tf.losses.log_loss`). */
export function logLoss(
  labels: Tensor,
  predictions: Tensor,
  options: LossOptions & { readonly epsilon?: number } = {},
): Tensor {
  checkOptions("logLoss", options, { ...lossOptions, epsilon: "optional" });
  const { epsilon = 1e-7 } = options;
  return inScope("log_loss", options, () => {
    const [truth, guess] = floats(labels, predictions);
    const positive = mul(truth, unary("Log", add(guess, epsilon)));
    return sub(unary("Neg", positive), mul(sub(1, truth), unary("Log", add(sub(1, guess), epsilon))));
  });
}

/**
 * The mean over examples of the mean squared difference between pairs of their errors (`tf.losses.mean_pairwise_squared_error`).
 *
 * labels and predictions [batch, d0, ...]; `weights` a scalar, [batch] or of their rank. There is no reduction to choose.
 */
export function meanPairwiseSquaredError(
  labels: Tensor,
  predictions: Tensor,
  options: Pick<LossOptions, "weights" | "scope"> = {},
): Tensor {
  checkOptions("meanPairwiseSquaredError", options, { weights: "optional", scope: "optional" });
  return nameScope(options.scope ?? "mean_pairwise_squared_error", () => {
    const [truth, guess] = floats(labels, predictions);
    const weights = weightsFor(truth, options.weights);
    const error = sub(guess, truth, "Sub");
    const axes = build("Range", [constant(1, "int32"), rankOf(error), constant(1, "int32")], {}, "range");
    const each = (x: Tensor): Tensor => build("Sum", [x, axes], { keep_dims: true }, "Sum");
    const present = each(presence(error, weights));
    const pairs = maximum(sub(present, 1), 0);
    const squares = mul(divNoNan(each(unary("Square", error)), pairs), 2);
    const sums = mul(divNoNan(unary("Square", each(error)), maximum(mul(present, sub(present, 1)), 0)), 2);
    const loss = reduceSum(mul(sub(squares, sums), weights));
    const any = build("Greater", [reduceSum(present), constant(0, "float32")], {}, "Greater");
    return addLoss(build("SelectV2", [any, loss, zerosLike(loss)], {}, "value"));
  });
}

/** Cross entropy of indicator labels and the sigmoid of logits (`tf.losses.sigmoid_cross_entropy`); labels are smoothed towards 1/2. */
export function sigmoidCrossEntropy(
  multiClassLabels: Tensor,
  logits: Tensor,
  options: LossOptions & { readonly labelSmoothing?: number } = {},
): Tensor {
  checkOptions("sigmoidCrossEntropy", options, { ...lossOptions, labelSmoothing: "optional" });
  const { labelSmoothing = 0 } = options;
  return inScope("sigmoid_cross_entropy_loss", options, () => {
    let labels = cast(multiClassLabels, logits.dtype);
    if (labelSmoothing > 0) labels = add(mul(labels, 1 - labelSmoothing), 0.5 * labelSmoothing);
    return sigmoidCrossEntropyWithLogits(labels, logits, "xentropy");
  });
}

/** Cross entropy of one-hot labels and the softmax of logits (`tf.losses.softmax_cross_entropy`); labels are smoothed towards 1/classes. */
export function softmaxCrossEntropy(
  onehotLabels: Tensor,
  logits: Tensor,
  options: LossOptions & { readonly labelSmoothing?: number } = {},
): Tensor {
  checkOptions("softmaxCrossEntropy", options, { ...lossOptions, labelSmoothing: "optional" });
  const { labelSmoothing = 0 } = options;
  return inScope("softmax_cross_entropy_loss", options, () => {
    let labels = cast(onehotLabels, logits.dtype);
    if (labelSmoothing > 0) {
      const classes = cast(
        sliceFirst(shapeOf(labels), { begin: labels.shape!.length - 1, shrink: true }),
        logits.dtype,
      );
      labels = add(mul(labels, 1 - labelSmoothing), div(labelSmoothing, classes));
    }
    const fixed = build("StopGradient", [labels], {}, "labels_stop_gradient");
    return softmaxCrossEntropyWithLogits(fixed, logits, { name: "xentropy" });
  });
}

/** Cross entropy of class indices and the softmax of logits (`tf.losses.sparse_softmax_cross_entropy`); labels may have a last dimension of 1. */
export function sparseSoftmaxCrossEntropy(labels: Tensor, logits: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("sparseSoftmaxCrossEntropy", options, lossOptions);
  return inScope("sparse_softmax_cross_entropy_loss", options, () => {
    const squeezed =
      labels.shape !== undefined && labels.shape.length === logits.shape?.length
        ? build("Squeeze", [labels], { squeeze_dims: [-1] }, "Squeeze")
        : labels;
    return sparseSoftmaxCrossEntropyWithLogits(squeezed, logits, { name: "xentropy" });
  });
}
