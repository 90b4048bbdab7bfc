import { buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { mul } from "../nn/arithmetic.js";
import { reshape, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/**
 * Cross entropy of integer class labels and the softmax of logits (`tf.losses.sparse_softmax_cross_entropy` without reduction); in the collection of losses, as there.
 *
 * `labels` [D0, ..., DN, 1], `logits` [D0, ..., DN, classes]; losses [D0, ..., DN].
 */
export function sparseSoftmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  return nameScope("sparse_softmax_cross_entropy_loss", () => {
    const squeezed = nameScope("remove_squeezable_dimensions", () =>
      buildOp("Squeeze", [labels], { squeeze_dims: [-1] }, "Squeeze"),
    ).output;
    const one = constant(1, "float32");
    const losses = mul(
      nameScope("xentropy", () => crossEntropy(squeezed, logits)),
      one,
      "Mul",
    );
    currentGraph().addToCollection(collectionKeys.losses, losses);
    return losses;
  });
}

function crossEntropy(labels: Tensor, logits: Tensor): Tensor {
  const type = "SparseSoftmaxCrossEntropyWithLogits";
  if (logits.shape?.length === 2) return buildOp(type, [logits, labels], {}, "xentropy").outputs[0]!;
  // The op takes matrices only: higher ranks are folded into the rows and back.
  const shape = shapeOf(labels);
  const classes = logits.shape?.at(-1);
  const columns =
    classes === undefined || classes < 0 ? sliceFirst(shapeOf(logits), { begin: -1 }) : constant([classes], "int32");
  const rows = constant([-1], "int32");
  const flatLogits = reshape(logits, buildOp("ConcatV2", [[rows, columns], constant(0, "int32")], {}, "concat").output);
  const losses = buildOp(type, [flatLogits, reshape(labels, [-1])], {}, "xentropy").outputs[0]!;
  return reshape(losses, shape);
}
