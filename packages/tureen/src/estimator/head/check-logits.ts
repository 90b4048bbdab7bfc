import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import { cast } from "../nn/arithmetic.js";
import { assertEqual, assertRankAtLeast } from "../nn/assertions.js";
import { shapeOf, sliceFirst } from "../nn/tensor-shape.js";

const message = "logits shape must be [D0, D1, ... DN, logits_dimension]";

/** The logits as floats of rank 2 or more whose last dimension is `dimension`; INVALID_ARGUMENT otherwise, at the latest when run. */
export function checkLogitsFinalDim(logits: Tensor, dimension: number): Tensor {
  return nameScope("logits", (scope) => {
    const floats = cast(logits, "float32");
    const shape = shapeOf(floats);
    const rankCheck = assertRankAtLeast(floats, 2, message);
    const last = floats.shape?.at(-1);
    if (last !== undefined && last >= 0) {
      if (last !== dimension) {
        throw invalidArgument(
          `${message}, got (${floats.shape!.map((size) => (size < 0 ? "None" : size)).join(", ")}).`,
        );
      }
      return floats;
    }
    return controlDependencies([rankCheck], () => {
      const check = assertEqual(constant(dimension, "int32"), sliceFirst(shape, { begin: -1 }), [message, shape]);
      return controlDependencies([check], () => build("Identity", [floats], {}, scope));
    });
  });
}
