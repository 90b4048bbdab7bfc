import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the image family. */
export const imageLowerings: LoweringTable = {};
