import type { KernelTable } from "../kernel.js";

/** Host kernels of the list family. */
export const listKernels: KernelTable = {};
