import type { LoweringTable } from "../lowering.js";
import { arrayLowerings } from "./array.js";
import { checkLowerings } from "./check.js";
import { controlLowerings } from "./control.js";
import { decisionForestsLowerings } from "./decision-forests.js";
import { imageLowerings } from "./image.js";
import { ioLowerings } from "./io.js";
import { linalgLowerings } from "./linalg.js";
import { listLowerings } from "./list.js";
import { lookupLowerings } from "./lookup.js";
import { mathLowerings } from "./math.js";
import { nnLowerings } from "./nn.js";
import { parsingLowerings } from "./parsing.js";
import { quantileAndTreesLowerings } from "./quantile-and-trees.js";
import { raggedLowerings } from "./ragged.js";
import { randomLowerings } from "./random.js";
import { reduceLowerings } from "./reduce.js";
import { sparseLowerings } from "./sparse.js";
import { spectralLowerings } from "./spectral.js";
import { stateLowerings } from "./state.js";
import { stringLowerings } from "./string.js";
import { textLowerings } from "./text.js";

/** The ONNX lowerings of every family, by op name. */
export const loweringTable: LoweringTable = Object.freeze({
  ...arrayLowerings,
  ...checkLowerings,
  ...controlLowerings,
  ...decisionForestsLowerings,
  ...imageLowerings,
  ...ioLowerings,
  ...linalgLowerings,
  ...listLowerings,
  ...lookupLowerings,
  ...mathLowerings,
  ...nnLowerings,
  ...parsingLowerings,
  ...quantileAndTreesLowerings,
  ...raggedLowerings,
  ...randomLowerings,
  ...reduceLowerings,
  ...sparseLowerings,
  ...spectralLowerings,
  ...stateLowerings,
  ...stringLowerings,
  ...textLowerings,
});
