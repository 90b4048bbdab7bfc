import type { KernelTable } from "../kernel.js";
import { arrayKernels } from "./array.js";
import { checkKernels } from "./check.js";
import { clusteringKernels } from "./clustering.js";
import { controlKernels } from "./control.js";
import { controlFlowKernels } from "./control-flow.js";
import { decisionForestsKernels } from "./decision-forests.js";
import { imageKernels } from "./image.js";
import { ioKernels } from "./io.js";
import { linalgKernels } from "./linalg.js";
import { listKernels } from "./list.js";
import { lookupKernels } from "./lookup.js";
import { mathKernels } from "./math.js";
import { nnKernels } from "./nn.js";
import { parsingKernels } from "./parsing.js";
import { quantileAndTreesKernels } from "./quantile-and-trees.js";
import { raggedKernels } from "./ragged.js";
import { randomKernels } from "./random.js";
import { reduceKernels } from "./reduce.js";
import { sdcaKernels } from "./sdca.js";
import { sparseKernels } from "./sparse.js";
import { spectralKernels } from "./spectral.js";
import { stateKernels } from "./state.js";
import { stringKernels } from "./string.js";
import { textKernels } from "./text.js";

/** The host kernels of every family, by op name. */
export const kernelTable: KernelTable = Object.freeze({
  ...arrayKernels,
  ...checkKernels,
  ...clusteringKernels,
  ...controlKernels,
  ...controlFlowKernels,
  ...decisionForestsKernels,
  ...imageKernels,
  ...ioKernels,
  ...linalgKernels,
  ...listKernels,
  ...lookupKernels,
  ...mathKernels,
  ...nnKernels,
  ...parsingKernels,
  ...quantileAndTreesKernels,
  ...raggedKernels,
  ...randomKernels,
  ...reduceKernels,
  ...sdcaKernels,
  ...sparseKernels,
  ...spectralKernels,
  ...stateKernels,
  ...stringKernels,
  ...textKernels,
});
