import type { KernelTable } from "../kernel.js";

/** Host kernels of the string family. */
export const stringKernels: KernelTable = {};
