import type { ShapeTable } from "../infer-shapes.js";
import { arrayShapes } from "./array.js";
import { checkShapes } from "./check.js";
import { clusteringShapes } from "./clustering.js";
import { controlShapes } from "./control.js";
import { decisionForestsShapes } from "./decision-forests.js";
import { imageShapes } from "./image.js";
import { ioShapes } from "./io.js";
import { linalgShapes } from "./linalg.js";
import { listShapes } from "./list.js";
import { lookupShapes } from "./lookup.js";
import { mathShapes } from "./math.js";
import { nnShapes } from "./nn.js";
import { parsingShapes } from "./parsing.js";
import { quantileAndTreesShapes } from "./quantile-and-trees.js";
import { raggedShapes } from "./ragged.js";
import { randomShapes } from "./random.js";
import { reduceShapes } from "./reduce.js";
import { sdcaShapes } from "./sdca.js";
import { sparseShapes } from "./sparse.js";
import { spectralShapes } from "./spectral.js";
import { stateShapes } from "./state.js";
import { stringShapes } from "./string.js";
import { textShapes } from "./text.js";

/** The shape rules of every family, by op name. */
export const shapeTable: ShapeTable = Object.freeze({
  ...arrayShapes,
  ...checkShapes,
  ...clusteringShapes,
  ...controlShapes,
  ...decisionForestsShapes,
  ...imageShapes,
  ...ioShapes,
  ...linalgShapes,
  ...listShapes,
  ...lookupShapes,
  ...mathShapes,
  ...nnShapes,
  ...parsingShapes,
  ...quantileAndTreesShapes,
  ...raggedShapes,
  ...randomShapes,
  ...reduceShapes,
  ...sdcaShapes,
  ...sparseShapes,
  ...spectralShapes,
  ...stateShapes,
  ...stringShapes,
  ...textShapes,
});
