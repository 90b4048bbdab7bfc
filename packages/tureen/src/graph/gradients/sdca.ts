import type { GradientTable } from "../gradient.js";

/** Gradients of the SDCA family: there are none, and as in TensorFlow asking for that of the second version is an error. */
export const sdcaGradients: GradientTable = {
  SdcaFprint: null,
  SdcaOptimizer: null,
  SdcaShrinkL1: null,
};
