import type { GradientTable } from "../gradient.js";

/** Gradients of the state family. */
export const stateGradients: GradientTable = {};
