import type { GradientRule, GradientTable } from "../gradient.js";
import { raggedFillEmptyRowsGrad } from "../ops/ragged-rows.js";
import { denseOf } from "./array/build-math.js";

const fillEmptyRows: GradientRule = (op, grads) => {
  const { dValues, dDefaultValue } = raggedFillEmptyRowsGrad(op.outputs[3]!, denseOf(grads, 1));
  return [null, dValues, null, dDefaultValue];
};

/** Gradients of the ragged family. */
export const raggedGradients: GradientTable = {
  RaggedFillEmptyRows: fillEmptyRows,
  RaggedFillEmptyRowsGrad: null,
  RaggedRange: null,
};
