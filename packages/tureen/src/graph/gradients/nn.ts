import type { GradientTable } from "../gradient.js";
import { nnBasicGradients } from "./nn-basic.js";
import { nnWindowGradients } from "./nn-window.js";

/** Gradients of the nn family. */
export const nnGradients: GradientTable = { ...nnBasicGradients, ...nnWindowGradients };
