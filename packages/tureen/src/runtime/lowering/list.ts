import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the list family. */
export const listLowerings: LoweringTable = {};
