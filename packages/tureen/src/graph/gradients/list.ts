import type { GradientTable } from "../gradient.js";

/** Gradients of the list family. */
export const listGradients: GradientTable = {};
