import type { KernelTable } from "../kernel.js";

/** Host kernels of the reduce family. */
export const reduceKernels: KernelTable = {};
