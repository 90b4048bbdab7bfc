import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the array family. */
export const arrayLowerings: LoweringTable = {};
