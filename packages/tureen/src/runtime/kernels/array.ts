import type { KernelTable } from "../kernel.js";
import { arrayBasicKernels } from "./array-basic.js";
import { arrayDiagKernels } from "./array-diag.js";
import { arrayGatherKernels } from "./array-gather.js";
import { arrayInplaceKernels } from "./array-inplace.js";
import { arrayJoinKernels } from "./array-join.js";
import { arrayPadKernels } from "./array-pad.js";
import { arrayRearrangeKernels } from "./array-rearrange.js";
import { arraySearchKernels } from "./array-search.js";
import { arraySelectKernels } from "./array-select.js";
import { arraySliceKernels } from "./array-slice.js";

/** Host kernels of the array family. */
export const arrayKernels: KernelTable = {
  ...arrayBasicKernels,
  ...arrayDiagKernels,
  ...arrayGatherKernels,
  ...arrayInplaceKernels,
  ...arrayJoinKernels,
  ...arrayPadKernels,
  ...arrayRearrangeKernels,
  ...arraySearchKernels,
  ...arraySelectKernels,
  ...arraySliceKernels,
};
