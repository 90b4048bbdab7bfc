import type { GradientTable } from "../gradient.js";

/** Gradients of the linalg family. */
export const linalgGradients: GradientTable = {};
