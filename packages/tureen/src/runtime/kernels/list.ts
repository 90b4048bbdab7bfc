import type { KernelTable } from "../kernel.js";
import { listArrayKernels } from "./list-array.js";
import { listCompositeKernels } from "./list-composite.js";
import { listMapKernels } from "./list-map.js";
import { listTensorKernels } from "./list-tensor.js";

/** Host kernels of the list family. */
export const listKernels: KernelTable = {
  ...listTensorKernels,
  ...listArrayKernels,
  ...listMapKernels,
  ...listCompositeKernels,
};
