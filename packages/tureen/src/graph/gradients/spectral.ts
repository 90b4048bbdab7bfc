import type { GradientTable } from "../gradient.js";

/** Gradients of the spectral family. */
export const spectralGradients: GradientTable = {};
