import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the string family. */
export const stringLowerings: LoweringTable = {};
