import type { KernelTable } from "../kernel.js";

/** Host kernels of the linalg family. */
export const linalgKernels: KernelTable = {};
