import type { GradientTable } from "../gradient.js";

/** Gradients of the parsing family. */
export const parsingGradients: GradientTable = {};
