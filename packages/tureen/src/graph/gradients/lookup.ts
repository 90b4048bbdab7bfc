import type { GradientTable } from "../gradient.js";

/** Gradients of the lookup family. */
export const lookupGradients: GradientTable = {};
