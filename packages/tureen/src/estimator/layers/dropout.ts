import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { greaterEqual, mul } from "../nn/arithmetic.js";
import { getSeed } from "../nn/random-seed.js";
import { shapeOf } from "../nn/tensor-shape.js";

/** Sets a share `rate` of the elements to zero and scales the others up by as much (`tf.nn.dropout`). */
export function dropout(
  x: Tensor,
  rate: number,
  options: { readonly seed?: number; readonly name?: string } = {},
): Tensor {
  if (!(rate >= 0 && rate <= 1)) {
    throw invalidArgument(
      `Invalid value received for \`rate\`, expected a float value between 0 and 1. Received: rate=${rate}`,
    );
  }
  if (rate === 0) return build("Identity", [x], {}, options.name ?? "dropout");
  return nameScope(options.name ?? "dropout", () =>
    nameScope("dropout", () => {
      const scaled = mul(x, constant(rate === 1 ? 0 : 1 / (1 - rate), x.dtype), "Mul");
      const shape = shapeOf(x);
      const random = nameScope("random_uniform", () =>
        build("RandomUniform", [shape], { dtype: x.dtype, ...getSeed(options.seed) }, "RandomUniform"),
      );
      const keep = greaterEqual(random, rate);
      return build("SelectV2", [keep, scaled, constant(0, x.dtype)], {}, "SelectV2");
    }),
  );
}
