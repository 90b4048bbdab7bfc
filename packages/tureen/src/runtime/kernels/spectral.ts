import type { KernelTable } from "../kernel.js";

/** Host kernels of the spectral family. */
export const spectralKernels: KernelTable = {};
