import type { KernelTable } from "../kernel.js";

/** Host kernels of the nn family. */
export const nnKernels: KernelTable = {};
