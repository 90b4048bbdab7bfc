import type { KernelTable } from "../kernel.js";

/** Host kernels of the random family. */
export const randomKernels: KernelTable = {};
