import type { KernelTable } from "../kernel.js";

/** Host kernels of the check family. */
export const checkKernels: KernelTable = {};
