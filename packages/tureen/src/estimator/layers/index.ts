export { type BatchNormalizationOptions, batchNormalization } from "./batch-normalization.js";
export { type Activation, type DenseOptions, dense } from "./dense.js";
export { dropout } from "./dropout.js";
export { flatten } from "./flatten.js";
