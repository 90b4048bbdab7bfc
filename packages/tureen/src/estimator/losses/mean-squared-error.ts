import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { mul } from "../nn/arithmetic.js";

/** Squared differences, elementwise (`tf.losses.mean_squared_error` without reduction). */
export function meanSquaredError(labels: Tensor, predictions: Tensor): Tensor {
  return nameScope("mean_squared_error", () => {
    const squares = build("SquaredDifference", [predictions, labels], {}, "SquaredDifference");
    return mul(squares, 1, "Mul");
  });
}
