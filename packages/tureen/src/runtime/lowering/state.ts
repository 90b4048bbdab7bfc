import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the state family. */
export const stateLowerings: LoweringTable = {};
