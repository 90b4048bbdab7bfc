import type { GradientTable } from "../gradient.js";
import { nnBasicGradients } from "./nn-basic.js";
import { nnBatchNormGradients } from "./nn-batch-norm.js";
import { nnRecurrentGradients } from "./nn-recurrent.js";
import { nnWindowGradients } from "./nn-window.js";

/** Gradients of the nn family. */
export const nnGradients: GradientTable = {
  ...nnBasicGradients,
  ...nnBatchNormGradients,
  ...nnRecurrentGradients,
  ...nnWindowGradients,
};
