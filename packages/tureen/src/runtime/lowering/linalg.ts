import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the linalg family. */
export const linalgLowerings: LoweringTable = {};
