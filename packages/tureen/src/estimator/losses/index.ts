export { computeWeightedLoss } from "./compute-weighted-loss.js";
export { logPoissonLoss } from "./log-poisson-loss.js";
export { meanSquaredError } from "./mean-squared-error.js";
export { type LossReduction, Reduction } from "./reduction.js";
export { sigmoidCrossEntropy, sigmoidCrossEntropyWithLogits } from "./sigmoid-cross-entropy.js";
export { sparseSoftmaxCrossEntropy } from "./sparse-softmax-cross-entropy.js";
