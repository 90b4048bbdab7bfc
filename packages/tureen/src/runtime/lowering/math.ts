import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the math family. */
export const mathLowerings: LoweringTable = {};
