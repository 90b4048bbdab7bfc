import type { KernelTable } from "../kernel.js";

/** Host kernels of the control family. */
export const controlKernels: KernelTable = {};
