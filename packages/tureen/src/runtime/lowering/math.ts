import type { LoweringTable } from "../lowering.js";
import { mathBinaryLowerings } from "./math-binary.js";
import { mathMiscLowerings } from "./math-misc.js";
import { mathUnaryLowerings } from "./math-unary.js";

/** ONNX lowerings of the math family. */
export const mathLowerings: LoweringTable = { ...mathUnaryLowerings, ...mathBinaryLowerings, ...mathMiscLowerings };
