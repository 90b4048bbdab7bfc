import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { pack, stridedSlice } from "../../graph/ops/array.js";
import { nameScope } from "../../graph/scope.js";
import { greaterEqual, mul } from "./arithmetic.js";
import { getSeed } from "./random-seed.js";
import { shapeOf } from "./tensor-shape.js";

/** Options of `dropout`. */
export interface DropoutOptions {
  /** The shape of what is drawn, null for a size of x: one draw serves all along a dimension of size 1. Default the shape of x. */
  readonly noiseShape?: readonly (number | null)[] | undefined;
  readonly seed?: number | undefined;
  readonly name?: string | undefined;
}

/** Sets a share `rate` of the elements to zero and scales the others up by as much (`tf.nn.dropout`), whatever the mode. */
export function dropout(x: Tensor, rate: number, options: DropoutOptions = {}): Tensor {
  checkOptions("dropout", options, { noiseShape: "optional", seed: "optional", name: "optional" });
  if (!(rate >= 0 && rate <= 1)) {
    throw invalidArgument(
      `Invalid value received for \`rate\`, expected a float value between 0 and 1. Received: rate=${rate}`,
    );
  }
  if (rate === 0) return build("Identity", [x], {}, options.name ?? "dropout");
  return nameScope(options.name ?? "dropout", () =>
    nameScope("dropout", () => {
      const scaled = mul(x, constant(rate === 1 ? 0 : 1 / (1 - rate), x.dtype), "Mul");
      const shape = noiseShape(x, options.noiseShape);
      const random = nameScope("random_uniform", () =>
        build("RandomUniform", [shape], { dtype: x.dtype, ...getSeed(options.seed) }, "RandomUniform"),
      );
      const keep = greaterEqual(random, rate);
      return build("SelectV2", [keep, scaled, constant(0, x.dtype)], {}, "SelectV2");
    }),
  );
}

function noiseShape(x: Tensor, wanted: DropoutOptions["noiseShape"]): Tensor {
  const own = shapeOf(x);
  if (wanted === undefined) return own;
  return pack(
    wanted.map((size, i) =>
      size === null
        ? stridedSlice(own, toTensor([i], "int32"), toTensor([i + 1], "int32"), toTensor([1], "int32"), {
            shrinkAxisMask: 1,
          })
        : constant(size, "int32"),
    ),
  );
}
