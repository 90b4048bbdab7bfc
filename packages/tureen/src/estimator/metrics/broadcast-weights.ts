import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { cast, mul } from "../nn/arithmetic.js";
import { expandDims, onesLike } from "../nn/tensor-shape.js";

/**
 * Weights in the shape of the values they weigh: [B, 1] spreads over [B, N], a trailing dimension of one that the values lack is dropped,
 * and one that the weights lack is added (Keras's `squeeze_or_expand_dimensions` and `broadcast_weights`).
 */
export function broadcastWeights(weights: Tensor, values: Tensor): Tensor {
  const floats = cast(weights, "float32");
  const ranks = [floats.shape?.length, values.shape?.length] as const;
  let aligned = floats;
  if (ranks[0] !== undefined && ranks[1] !== undefined) {
    if (ranks[0] === ranks[1] + 1) aligned = build("Squeeze", [floats], { squeeze_dims: [-1] }, "Squeeze");
    else if (ranks[1] === ranks[0] + 1 && ranks[0] > 0) aligned = expandDims(floats, -1);
  }
  return nameScope("broadcast_weights", (scope) => mul(aligned, onesLike(values), scope));
}
