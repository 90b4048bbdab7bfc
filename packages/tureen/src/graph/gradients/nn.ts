import type { GradientTable } from "../gradient.js";

/** Gradients of the nn family. */
export const nnGradients: GradientTable = {};
