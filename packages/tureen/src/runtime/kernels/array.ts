import type { KernelTable } from "../kernel.js";

/** Host kernels of the array family. */
export const arrayKernels: KernelTable = {};
