import type { KernelTable } from "../kernel.js";

/** Host kernels of the ragged family. */
export const raggedKernels: KernelTable = {};
