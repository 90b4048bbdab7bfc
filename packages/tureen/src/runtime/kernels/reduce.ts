import type { KernelTable } from "../kernel.js";
import { reduceArgKernels } from "./reduce-arg.js";
import { reduceAxesKernels } from "./reduce-axes.js";
import { reduceCountKernels } from "./reduce-count.js";
import { reduceSegmentKernels } from "./reduce-segment.js";

/** Host kernels of the reduce family. */
export const reduceKernels: KernelTable = {
  ...reduceArgKernels,
  ...reduceAxesKernels,
  ...reduceCountKernels,
  ...reduceSegmentKernels,
};
