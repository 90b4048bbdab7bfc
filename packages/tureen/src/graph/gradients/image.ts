import type { GradientTable } from "../gradient.js";

/** Gradients of the image family. */
export const imageGradients: GradientTable = {};
