import type { GradientTable } from "../gradient.js";

/** Gradients of the decision-forests family: TF-DF registers none. */
export const decisionForestsGradients: GradientTable = {
  SimpleMLInferenceOp: null,
  SimpleMLInferenceOpWithHandle: null,
  SimpleMLInferenceLeafIndexOpWithHandle: null,
};
