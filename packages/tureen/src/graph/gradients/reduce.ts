import type { GradientTable } from "../gradient.js";

/** Gradients of the reduce family. */
export const reduceGradients: GradientTable = {};
