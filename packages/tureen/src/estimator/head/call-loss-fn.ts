import { toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import type { Features } from "../model-fn.js";
import { equal } from "../nn/arithmetic.js";
import { concat, reduceAll, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** A loss of one's own: from labels and logits to losses [D0, ..., DN, loss dimension], before weights. */
export type LossFn = (args: {
  readonly labels: Tensor;
  readonly logits: Tensor;
  readonly features: Features;
}) => Tensor;

/** Calls a loss function and checks the shape of what it gives, when run. */
export function callLossFn(
  lossFn: LossFn,
  labels: Tensor,
  logits: Tensor,
  features: Features,
  dimension: number,
): Tensor {
  return nameScope("call_loss_fn", () => {
    const losses = lossFn({ labels, logits, features });
    const logitsShape = shapeOf(logits, "logits_shape");
    const lastDimension = constant([dimension], "int32", "expected_loss_shape/values_1");
    const expected = concat([sliceFirst(logitsShape, { end: -1 }), lastDimension], 0, "expected_loss_shape");
    const actual = shapeOf(losses, "loss_shape");
    const ok = reduceAll(equal(actual, expected));
    const text = (value: string): ReturnType<typeof toTensor> => toTensor(value, "string");
    const check = nameScope("check_loss_shape", () =>
      buildOp(
        "Assert",
        [
          ok,
          [
            text(`loss_fn must return Tensor of shape [D0, D1, ... DN, ${dimension}]. `),
            text("logits_shape: "),
            logitsShape,
            text("loss_shape: "),
            actual,
          ],
        ],
        {},
        "Assert",
      ),
    );
    return controlDependencies([check], () => build("Identity", [losses], {}, "Identity"));
  });
}
