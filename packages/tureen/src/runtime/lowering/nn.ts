import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the nn family. */
export const nnLowerings: LoweringTable = {};
