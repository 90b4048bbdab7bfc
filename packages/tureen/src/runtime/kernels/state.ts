import type { KernelTable } from "../kernel.js";
import { stateRefKernels } from "./state-ref.js";
import { stateTrainKernels } from "./state-train.js";
import { stateVariableKernels } from "./state-variable.js";

/** Host kernels of the state family. */
export const stateKernels: KernelTable = {
  ...stateVariableKernels,
  ...stateRefKernels,
  ...stateTrainKernels,
};
