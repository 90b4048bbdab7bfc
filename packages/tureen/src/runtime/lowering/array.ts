import type { LoweringTable } from "../lowering.js";
import { arrayGatherLowerings } from "./array-gather.js";
import { arrayJoinLowerings } from "./array-join.js";
import { arrayShapeLowerings } from "./array-shape.js";
import { arraySliceLowerings } from "./array-slice.js";

/** ONNX lowerings of the array family. */
export const arrayLowerings: LoweringTable = {
  ...arrayShapeLowerings,
  ...arrayJoinLowerings,
  ...arraySliceLowerings,
  ...arrayGatherLowerings,
};
