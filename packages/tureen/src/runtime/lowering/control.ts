import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the control family. */
export const controlLowerings: LoweringTable = {};
