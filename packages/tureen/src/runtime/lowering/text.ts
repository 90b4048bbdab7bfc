import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the text family: none, ONNX Runtime has no byte strings. */
export const textLowerings: LoweringTable = {};
