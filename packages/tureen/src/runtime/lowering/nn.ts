import type { LoweringTable } from "../lowering.js";
import { nnActivationLowerings } from "./nn-activation.js";
import { nnConvLowerings } from "./nn-conv.js";
import { nnNormalizeLowerings } from "./nn-normalize.js";
import { nnPoolLowerings } from "./nn-pool.js";

/** ONNX lowerings of the nn family. */
export const nnLowerings: LoweringTable = {
  ...nnActivationLowerings,
  ...nnConvLowerings,
  ...nnPoolLowerings,
  ...nnNormalizeLowerings,
};
