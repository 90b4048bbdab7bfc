import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** `exp(logits)` over its sum, along the last dimension. */
export function softmax(logits: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Softmax", [logits], {}, options);
}

/** The logarithm of Softmax, along the last dimension. */
export function logSoftmax(logits: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LogSoftmax", [logits], {}, options);
}

/** Cross entropy of each row with a distribution, and its gradient with respect to `features`. */
export function softmaxCrossEntropyWithLogits(
  features: TensorLike,
  labels: TensorLike,
  options: { readonly name?: string } = {},
): { readonly loss: Tensor; readonly backprop: Tensor } {
  const { outputs } = buildOp("SoftmaxCrossEntropyWithLogits", [features, labels], {}, options);
  return { loss: outputs[0]!, backprop: outputs[1]! };
}

/** Cross entropy of each row with a class index, and its gradient with respect to `features`. */
export function sparseSoftmaxCrossEntropyWithLogits(
  features: TensorLike,
  labels: TensorLike,
  options: { readonly name?: string } = {},
): { readonly loss: Tensor; readonly backprop: Tensor } {
  const { outputs } = buildOp("SparseSoftmaxCrossEntropyWithLogits", [features, labels], {}, options);
  return { loss: outputs[0]!, backprop: outputs[1]! };
}

/** Half the sum of squares. */
export function l2Loss(t: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("L2Loss", [t], {}, options);
}

/** Whether each target is among the `k` best predictions of its row. */
export function inTopK(
  predictions: TensorLike,
  targets: TensorLike,
  options: { readonly k: number; readonly name?: string },
): Tensor {
  return build("InTopK", [predictions, targets], { k: options.k }, options);
}

/** Whether each target is among the `k` best predictions of its row, with `k` a tensor. */
export function inTopKV2(
  predictions: TensorLike,
  targets: TensorLike,
  k: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("InTopKV2", [predictions, targets, k], {}, options);
}
