import type { GradientTable } from "../gradient.js";

/** Gradients of the quantile-and-trees family. */
export const quantileAndTreesGradients: GradientTable = {};
