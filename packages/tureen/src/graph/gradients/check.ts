import type { GradientTable } from "../gradient.js";

/** Gradients of the check family. */
export const checkGradients: GradientTable = {};
