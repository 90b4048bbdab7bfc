import type { KernelTable } from "../kernel.js";

/** Host kernels of the image family. */
export const imageKernels: KernelTable = {};
