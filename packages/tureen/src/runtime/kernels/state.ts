import type { KernelTable } from "../kernel.js";

/** Host kernels of the state family. */
export const stateKernels: KernelTable = {};
