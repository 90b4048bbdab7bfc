import type { LoweringTable } from "../lowering.js";

/** ONNX lowerings of the parsing family. */
export const parsingLowerings: LoweringTable = {};
