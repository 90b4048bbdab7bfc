import type { KernelTable } from "../kernel.js";

/** Host kernels of the lookup family. */
export const lookupKernels: KernelTable = {};
