import type { KernelTable } from "../kernel.js";

/** Host kernels of the sparse family. */
export const sparseKernels: KernelTable = {};
