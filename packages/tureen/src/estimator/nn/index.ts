export {
  biasAdd,
  elu,
  fusedBatchNormV3 as fusedBatchNorm,
  l2Loss,
  leakyRelu,
  lrn as localResponseNormalization,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  softsign,
  tanh,
} from "../../graph/ops/index.js";
export { logPoissonLoss } from "../losses/log-poisson-loss.js";
export * from "./activations.js";
export * from "./candidate-sampling.js";
export * from "./convolutions.js";
export * from "./cross-entropies.js";
export { type DropoutOptions, dropout } from "./dropout.js";
export * from "./embeddings.js";
export * from "./moments.js";
export * from "./sampled-losses.js";
export { zeroFraction } from "./zero-fraction.js";
