export {
  batchNormWithGlobalNormalization,
  biasAdd,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilterV2,
  depthToSpace,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  elu,
  fractionalAvgPool,
  fractionalMaxPool,
  fusedBatchNormV3 as fusedBatchNorm,
  l2Loss,
  leakyRelu,
  lrn,
  lrn as localResponseNormalization,
  maxPoolWithArgmax,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  softsign,
  spaceToBatch,
  spaceToBatchND,
  spaceToDepth,
  tanh,
} from "../../graph/ops/index.js";
export { logPoissonLoss } from "../losses/log-poisson-loss.js";
export * from "./activations.js";
export * from "./candidate-sampling.js";
export * from "./convolutions.js";
export { depthwiseConv2d as depthwiseConv2dNative } from "./convolutions.js";
export * from "./cross-entropies.js";
export { softmaxCrossEntropyWithLogits as softmaxCrossEntropyWithLogitsV2 } from "./cross-entropies.js";
export { type CtcLossOptions, ctcLossV2 } from "./ctc-loss.js";
export { type DropoutOptions, dropout } from "./dropout.js";
export * from "./embeddings.js";
export * from "./moments.js";
export { type BidirectionalOptions, bidirectionalDynamicRnn } from "./recurrent/bidirectional.js";
export { type DynamicRnnOptions, dynamicRnn, type RnnResult } from "./recurrent/dynamic-rnn.js";
export * as rnnCell from "./recurrent/index.js";
export { type RawRnnArgs, type RawRnnResult, type RawRnnStep, rawRnn } from "./recurrent/raw-rnn.js";
export { type StaticRnnOptions, staticRnn } from "./recurrent/static-rnn.js";
export * from "./sampled-losses.js";
export * from "./sequence-decoding.js";
export * from "./sufficient-statistics.js";
export * from "./window-functions.js";
export { zeroFraction } from "./zero-fraction.js";
