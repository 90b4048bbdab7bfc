import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the decision-forests family: none, the forest is read from files. */
export const decisionForestsLowerings: LoweringTable = {};
