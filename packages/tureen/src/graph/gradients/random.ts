import type { GradientTable } from "../gradient.js";

/** Gradients of the random family. */
export const randomGradients: GradientTable = {};
