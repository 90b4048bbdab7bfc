import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the ragged family. */
export const raggedLowerings: LoweringTable = {};
