import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the sparse family. */
export const sparseLowerings: LoweringTable = {};
