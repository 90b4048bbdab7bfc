import type { GradientTable } from "../gradient.js";
import { mathBinaryGradients } from "./math-binary.js";
import { mathMiscGradients } from "./math-misc.js";
import { mathSpecialGradients } from "./math-special.js";
import { mathUnaryGradients } from "./math-unary.js";

/** Gradients of the math family. */
export const mathGradients: GradientTable = {
  ...mathBinaryGradients,
  ...mathMiscGradients,
  ...mathUnaryGradients,
  ...mathSpecialGradients,
};
