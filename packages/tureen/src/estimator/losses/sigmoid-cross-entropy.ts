import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { pythonText, tupleText } from "../feature-column/python-text.js";
import { add, cast, greaterEqual, mul, sub, unary } from "../nn/arithmetic.js";
import { zerosLike } from "../nn/tensor-shape.js";

/**
 * Cross entropy of labels in [0, 1] and the sigmoid of logits, elementwise and without overflow
 * (`tf.nn.sigmoid_cross_entropy_with_logits`): max(x, 0) - x z + log(1 + exp(-|x|)).
 */
export function sigmoidCrossEntropyWithLogits(labels: Tensor, logits: Tensor, name = "logistic_loss"): Tensor {
  checkSameShape(labels, logits);
  return nameScope(name, (scope) => {
    const zeros = zerosLike(logits);
    const positive = greaterEqual(logits, zeros);
    const reluLogits = build("Select", [positive, logits, zeros], {}, "Select");
    const negative = unary("Neg", logits);
    const negAbsLogits = build("Select", [positive, negative, logits], {}, "Select");
    const difference = sub(reluLogits, mul(logits, labels));
    return add(difference, unary("Log1p", unary("Exp", negAbsLogits)), scope);
  });
}

/** The sigmoid cross entropy of integer or float indicator labels, elementwise (`tf.losses.sigmoid_cross_entropy` without reduction); in the collection of losses, as there. */
export function sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  return nameScope("sigmoid_cross_entropy_loss", () => {
    const losses = mul(sigmoidCrossEntropyWithLogits(cast(labels, logits.dtype), logits, "xentropy"), 1, "Mul");
    currentGraph().addToCollection(collectionKeys.losses, losses);
    return losses;
  });
}

function checkSameShape(labels: Tensor, logits: Tensor): void {
  const [a, b] = [logits.shape, labels.shape];
  if (a === undefined || b === undefined) return;
  if (a.length === b.length && a.every((size, i) => size < 0 || b[i]! < 0 || size === b[i])) return;
  const text = (shape: readonly number[]): string =>
    pythonText(tupleText(shape.map((size) => (size < 0 ? null : size))));
  throw invalidArgument(`\`logits\` and \`labels\` must have the same shape, received (${text(a)} vs ${text(b)}).`);
}
