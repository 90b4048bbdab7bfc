import type { KernelTable } from "../kernel.js";

/** Host kernels of the quantile-and-trees family. */
export const quantileAndTreesKernels: KernelTable = {};
