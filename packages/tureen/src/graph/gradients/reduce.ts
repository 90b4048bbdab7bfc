import type { GradientTable } from "../gradient.js";
import { reduceAxesGradients } from "./reduce-axes.js";
import { reduceSegmentGradients } from "./reduce-segment.js";

/** Gradients of the reduce family. */
export const reduceGradients: GradientTable = {
  ...reduceAxesGradients,
  ...reduceSegmentGradients,
};
