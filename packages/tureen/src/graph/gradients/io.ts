import type { GradientTable } from "../gradient.js";

/** Gradients of the io family. */
export const ioGradients: GradientTable = {
  HistogramSummary: null,
  MergeSummary: null,
  ScalarSummary: null,
  TensorSummaryV2: null,
};
