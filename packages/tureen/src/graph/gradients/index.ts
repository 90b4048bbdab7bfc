import type { GradientTable } from "../gradient.js";
import { arrayGradients } from "./array.js";
import { checkGradients } from "./check.js";
import { controlGradients } from "./control.js";
import { decisionForestsGradients } from "./decision-forests.js";
import { imageGradients } from "./image.js";
import { ioGradients } from "./io.js";
import { linalgGradients } from "./linalg.js";
import { listGradients } from "./list.js";
import { lookupGradients } from "./lookup.js";
import { mathGradients } from "./math.js";
import { nnGradients } from "./nn.js";
import { parsingGradients } from "./parsing.js";
import { quantileAndTreesGradients } from "./quantile-and-trees.js";
import { raggedGradients } from "./ragged.js";
import { randomGradients } from "./random.js";
import { reduceGradients } from "./reduce.js";
import { sdcaGradients } from "./sdca.js";
import { sparseGradients } from "./sparse.js";
import { spectralGradients } from "./spectral.js";
import { stateGradients } from "./state.js";
import { stringGradients } from "./string.js";
import { textGradients } from "./text.js";

/** The gradients of every family, by op name. */
export const gradientTable: GradientTable = Object.freeze({
  ...arrayGradients,
  ...checkGradients,
  ...controlGradients,
  ...decisionForestsGradients,
  ...imageGradients,
  ...ioGradients,
  ...linalgGradients,
  ...listGradients,
  ...lookupGradients,
  ...mathGradients,
  ...nnGradients,
  ...parsingGradients,
  ...quantileAndTreesGradients,
  ...raggedGradients,
  ...randomGradients,
  ...reduceGradients,
  ...sdcaGradients,
  ...sparseGradients,
  ...spectralGradients,
  ...stateGradients,
  ...stringGradients,
  ...textGradients,
});
