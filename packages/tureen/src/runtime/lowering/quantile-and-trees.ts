import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the quantile-and-trees family. */
export const quantileAndTreesLowerings: LoweringTable = {};
