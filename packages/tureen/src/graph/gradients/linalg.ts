import type { GradientTable } from "../gradient.js";
import { linalgDecomposeGradients } from "./linalg-decompose.js";
import { linalgEinsumGradients } from "./linalg-einsum.js";
import { linalgProductGradients } from "./linalg-products.js";
import { linalgSolveGradients } from "./linalg-solve.js";

/** Gradients of the linalg family. */
export const linalgGradients: GradientTable = {
  ...linalgProductGradients,
  ...linalgEinsumGradients,
  ...linalgSolveGradients,
  ...linalgDecomposeGradients,
};
