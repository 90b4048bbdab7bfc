import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the lookup family. */
export const lookupLowerings: LoweringTable = {};
