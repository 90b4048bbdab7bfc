import type { GradientTable } from "../gradient.js";

/** Gradients of the sparse family. */
export const sparseGradients: GradientTable = {};
