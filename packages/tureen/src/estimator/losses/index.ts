export { logPoissonLoss } from "./log-poisson-loss.js";
export { type LossReduction, Reduction } from "./reduction.js";
export { sigmoidCrossEntropyWithLogits } from "./sigmoid-cross-entropy.js";
export {
  absoluteDifference,
  addLoss,
  computeWeightedLoss,
  cosineDistance,
  getLosses,
  getRegularizationLoss,
  getRegularizationLosses,
  getTotalLoss,
  hingeLoss,
  huberLoss,
  type LossOptions,
  logLoss,
  meanPairwiseSquaredError,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
} from "./weighted-losses.js";
