import type { GradientTable } from "../gradient.js";

/** Gradients of the string family. */
export const stringGradients: GradientTable = {};
