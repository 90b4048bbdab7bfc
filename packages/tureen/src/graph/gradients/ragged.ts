import type { GradientTable } from "../gradient.js";

/** Gradients of the ragged family. */
export const raggedGradients: GradientTable = {};
