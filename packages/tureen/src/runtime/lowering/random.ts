import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the random family. */
export const randomLowerings: LoweringTable = {};
