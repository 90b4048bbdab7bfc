import { build } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { mul } from "../nn/arithmetic.js";

/** Squared differences, elementwise (`tf.losses.mean_squared_error` without reduction); in the collection of losses, as there. */
export function meanSquaredError(labels: Tensor, predictions: Tensor): Tensor {
  return nameScope("mean_squared_error", () => {
    const squares = build("SquaredDifference", [predictions, labels], {}, "SquaredDifference");
    const losses = mul(squares, 1, "Mul");
    currentGraph().addToCollection(collectionKeys.losses, losses);
    return losses;
  });
}
