import type { GradientTable } from "../gradient.js";

/** Gradients of the array family. */
export const arrayGradients: GradientTable = {};
