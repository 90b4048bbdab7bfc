import type { KernelTable } from "../kernel.js";
import { treeEnsembleKernels } from "./quantile-and-trees-ensemble.js";
import { quantileKernels } from "./quantile-and-trees-quantiles.js";
import { treeStatsKernels } from "./quantile-and-trees-stats.js";

/** Host kernels of the quantile-and-trees family. */
export const quantileAndTreesKernels: KernelTable = {
  ...quantileKernels,
  ...treeStatsKernels,
  ...treeEnsembleKernels,
};
