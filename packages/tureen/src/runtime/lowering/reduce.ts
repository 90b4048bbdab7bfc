import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the reduce family. */
export const reduceLowerings: LoweringTable = {};
