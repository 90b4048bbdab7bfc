import type { GradientTable } from "../gradient.js";

/** Gradients of the control family. */
export const controlGradients: GradientTable = {};
