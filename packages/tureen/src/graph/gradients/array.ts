import type { GradientTable } from "../gradient.js";
import { arrayBasicGradients } from "./array-basic.js";
import { arrayDiagGradients } from "./array-diag.js";
import { arrayGatherGradients } from "./array-gather.js";
import { arrayJoinGradients } from "./array-join.js";
import { arrayRearrangeGradients } from "./array-rearrange.js";
import { arraySelectGradients } from "./array-select.js";
import { arraySliceGradients } from "./array-slice.js";

/** Gradients of the array family. */
export const arrayGradients: GradientTable = {
  ...arrayBasicGradients,
  ...arrayDiagGradients,
  ...arrayGatherGradients,
  ...arrayJoinGradients,
  ...arrayRearrangeGradients,
  ...arraySelectGradients,
  ...arraySliceGradients,
};
