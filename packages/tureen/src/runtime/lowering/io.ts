import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the io family. */
export const ioLowerings: LoweringTable = {};
