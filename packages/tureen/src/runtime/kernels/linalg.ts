import type { KernelTable } from "../kernel.js";
import { linalgEinsumKernels } from "./linalg-einsum.js";
import { linalgFunctionKernels } from "./linalg-functions.js";
import { linalgProductKernels } from "./linalg-product.js";
import { linalgSolveKernels } from "./linalg-solve.js";

/** Host kernels of the linalg family. */
export const linalgKernels: KernelTable = {
  ...linalgProductKernels,
  ...linalgEinsumKernels,
  ...linalgSolveKernels,
  ...linalgFunctionKernels,
};
