import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the spectral family. */
export const spectralLowerings: LoweringTable = {};
