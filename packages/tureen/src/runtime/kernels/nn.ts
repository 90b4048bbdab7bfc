import type { KernelTable } from "../kernel.js";
import { nnActivationKernels } from "./nn-activation.js";
import { nnConvKernels } from "./nn-conv.js";
import { nnConvGeneralKernels } from "./nn-conv-general.js";
import { nnCtcKernels } from "./nn-ctc.js";
import { nnCudnnKernels } from "./nn-cudnn.js";
import { nnDequantizeKernels } from "./nn-dequantize.js";
import { nnDilationKernels } from "./nn-dilation.js";
import { nnFractionPoolKernels } from "./nn-fraction-pool.js";
import { nnFusedKernels } from "./nn-fused.js";
import { nnLossKernels } from "./nn-loss.js";
import { nnNormalizeKernels } from "./nn-normalize.js";
import { nnPoolKernels } from "./nn-pool.js";
import { nnQuantizeKernels } from "./nn-quantize.js";
import { nnRecurrentKernels } from "./nn-recurrent.js";
import { nnRecurrentGradKernels } from "./nn-recurrent-grad.js";

/** Host kernels of the nn family. */
export const nnKernels: KernelTable = {
  ...nnActivationKernels,
  ...nnConvKernels,
  ...nnConvGeneralKernels,
  ...nnFractionPoolKernels,
  ...nnCtcKernels,
  ...nnFusedKernels,
  ...nnPoolKernels,
  ...nnCudnnKernels,
  ...nnDequantizeKernels,
  ...nnDilationKernels,
  ...nnLossKernels,
  ...nnNormalizeKernels,
  ...nnQuantizeKernels,
  ...nnRecurrentKernels,
  ...nnRecurrentGradKernels,
};
