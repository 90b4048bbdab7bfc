import type { GradientRule, GradientTable } from "../gradient.js";
import { checkNumerics } from "../ops/check.js";
import { denseOf } from "./array/build-math.js";

const numerics: GradientRule = (op, grads) => [
  checkNumerics(denseOf(grads), {
    message: `Not a number (NaN) or infinity (Inf) values detected in gradient. ${op.attrs.text("message")}`,
  }),
];

/** Gradients of the check family. */
export const checkGradients: GradientTable = {
  Assert: null,
  CheckNumerics: numerics,
  CheckNumericsV2: numerics,
};
