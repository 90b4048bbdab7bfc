import type { KernelTable } from "../kernel.js";
import { mathBinaryKernels } from "./math-binary.js";
import { mathCastKernels } from "./math-cast.js";
import { mathCompareKernels } from "./math-compare.js";
import { mathCountKernels } from "./math-count.js";
import { mathIsotonicKernels } from "./math-isotonic.js";
import { mathMiscKernels } from "./math-misc.js";
import { mathScanKernels } from "./math-scan.js";
import { mathUnaryKernels } from "./math-unary.js";

/** Host kernels of the math family. */
export const mathKernels: KernelTable = {
  ...mathBinaryKernels,
  ...mathCastKernels,
  ...mathCompareKernels,
  ...mathCountKernels,
  ...mathIsotonicKernels,
  ...mathMiscKernels,
  ...mathScanKernels,
  ...mathUnaryKernels,
};
