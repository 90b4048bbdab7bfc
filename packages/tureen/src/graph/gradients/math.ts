import type { GradientTable } from "../gradient.js";

/** Gradients of the math family. */
export const mathGradients: GradientTable = {};
