import { checkOptions, nameOnly } from "../../core/check-options.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { sigmoidCrossEntropyWithLogits as sigmoidLoss } from "../losses/sigmoid-cross-entropy.js";
import { add, cast, mul, sub, unary } from "./arithmetic.js";
import { concat, reshape, shapeOf, sliceFirst } from "./tensor-shape.js";

interface Named {
  readonly name?: string;
}

/** Folds all dimensions but the last into rows, as the cross entropy ops want them. */
function asRows(x: Tensor): Tensor {
  if (x.shape?.length === 2) return x;
  const last = sliceFirst(shapeOf(x), { begin: -1 });
  return reshape(x, concat([constant([-1], "int32"), last], 0));
}

/** Cross entropy of distributions and the softmax of logits along the last dimension (`tf.nn.softmax_cross_entropy_with_logits`). */
export function softmaxCrossEntropyWithLogits(labels: Tensor, logits: Tensor, options: Named = {}): Tensor {
  checkOptions("softmaxCrossEntropyWithLogits", options, nameOnly);
  return nameScope(options.name ?? "softmax_cross_entropy_with_logits", () => {
    const rows = [asRows(logits), asRows(cast(labels, logits.dtype))];
    const losses = buildOp("SoftmaxCrossEntropyWithLogits", rows, {}, "Loss").outputs[0]!;
    if (logits.shape?.length === 2) return losses;
    return reshape(losses, sliceFirst(shapeOf(logits), { end: -1 }));
  });
}

/** Cross entropy of class indices and the softmax of logits [..., classes] (`tf.nn.sparse_softmax_cross_entropy_with_logits`). */
export function sparseSoftmaxCrossEntropyWithLogits(labels: Tensor, logits: Tensor, options: Named = {}): Tensor {
  checkOptions("sparseSoftmaxCrossEntropyWithLogits", options, nameOnly);
  return nameScope(options.name ?? "SparseSoftmaxCrossEntropyWithLogits", () => {
    const flat = logits.shape?.length === 2;
    const inputs = flat ? [logits, labels] : [asRows(logits), reshape(labels, [-1])];
    const losses = buildOp("SparseSoftmaxCrossEntropyWithLogits", inputs, {}, "Loss").outputs[0]!;
    return flat ? losses : reshape(losses, shapeOf(labels));
  });
}

/** Cross entropy of labels in [0, 1] and the sigmoid of logits, elementwise (`tf.nn.sigmoid_cross_entropy_with_logits`). */
export function sigmoidCrossEntropyWithLogits(labels: Tensor, logits: Tensor, options: Named = {}): Tensor {
  checkOptions("sigmoidCrossEntropyWithLogits", options, nameOnly);
  return sigmoidLoss(labels, logits, options.name);
}

/** Sigmoid cross entropy that weighs positive labels by `posWeight` (`tf.nn.weighted_cross_entropy_with_logits`). */
export function weightedCrossEntropyWithLogits(
  labels: Tensor,
  logits: Tensor,
  options: Named & { readonly posWeight: TensorLike },
): Tensor {
  checkOptions("weightedCrossEntropyWithLogits", options, { name: "optional", posWeight: "required" });
  return nameScope(options.name ?? "logistic_loss", (scope) => {
    const { posWeight } = options;
    const positive = posWeight instanceof Tensor ? posWeight : constant(posWeight, logits.dtype, "pos_weight");
    const weight = add(1, mul(sub(positive, 1), labels));
    const softplus = add(
      unary("Log1p", unary("Exp", unary("Neg", unary("Abs", logits)))),
      unary("Relu", unary("Neg", logits)),
    );
    return add(mul(sub(1, labels), logits), mul(weight, softplus), scope);
  });
}

/**
 * The negative log likelihood of label sequences under connectionist temporal classification, by the op CTCLoss.
 *
 * `logits` [time, batch, classes + 1] with the blank last; labels as indices [N, 2] and values [N]; losses [batch].
 */
export function ctcLoss(
  labels: { readonly indices: Tensor; readonly values: Tensor },
  logits: Tensor,
  sequenceLength: TensorLike,
  options: Named & {
    readonly preprocessCollapseRepeated?: boolean;
    readonly ctcMergeRepeated?: boolean;
    readonly ignoreLongerOutputsThanInputs?: boolean;
  } = {},
): Tensor {
  checkOptions("ctcLoss", options, {
    name: "optional",
    preprocessCollapseRepeated: "optional",
    ctcMergeRepeated: "optional",
    ignoreLongerOutputsThanInputs: "optional",
  });
  const attrs = {
    preprocess_collapse_repeated: options.preprocessCollapseRepeated,
    ctc_merge_repeated: options.ctcMergeRepeated,
    ignore_longer_outputs_than_inputs: options.ignoreLongerOutputsThanInputs,
  };
  return build("CTCLoss", [logits, labels.indices, labels.values, sequenceLength], attrs, options.name);
}
