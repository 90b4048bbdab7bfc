import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the check family. */
export const checkLowerings: LoweringTable = {};
