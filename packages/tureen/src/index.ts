/**
 * Tureen's public face: `import * as tf from "tureen"`. Names are TensorFlow's in camelCase.
 *
 * Functions and ops stand at the top, as in `tf.concat`, and again where TensorFlow has them: `tf.math`, `tf.linalg`, `tf.random`, `tf.signal`,
 * `tf.strings`, `tf.sparse`, `tf.ragged` and others. Where an op of the same name takes other arguments it is in `tf.rawOps`. Everything else is in
 * namespaces: `tf.estimator`, `tf.featureColumn`, `tf.data`, `tf.layers`, `tf.losses`, `tf.metrics`, `tf.nn`, `tf.image`, `tf.lookup`, `tf.optimizers`,
 * `tf.io`.
 */

export {
  type DType,
  elementCount,
  type PartialShape,
  type Shape,
  type StatusCodeName,
  StatusError,
  type TensorValue,
  tensorValue,
  toFlatArray,
  toNested,
  toTensor,
} from "./core/index.js";
export * as data from "./data/index.js";
export * as featureColumn from "./estimator/feature-column/index.js";
export * as image from "./estimator/image/index.js";
export * as estimator from "./estimator/index.js";
export * as constraints from "./estimator/layers/constraints.js";
export { type GetVariableOptions, getVariable } from "./estimator/layers/get-variable.js";
export * as layers from "./estimator/layers/index.js";
export * as initializers from "./estimator/layers/public-initializers.js";
export * as regularizers from "./estimator/layers/public-regularizers.js";
export * as lookup from "./estimator/lookup/index.js";
export * as losses from "./estimator/losses/index.js";
export * from "./estimator/math/functions.js";
// These take other arguments than the ops of their names, and go before them.
export {
  bincount,
  concat,
  cumprod,
  cumsum,
  einsum,
  gather,
  histogramFixedWidth,
  mod,
  oneHot,
  onesLike,
  pad,
  range,
  reverse,
  split,
  squeeze,
  transpose,
  where,
  zerosLike,
} from "./estimator/math/functions.js";
export * from "./estimator/math/reductions.js";
export * as sparse from "./estimator/math/sparse.js";
export * as strings from "./estimator/math/strings.js";
export * as metrics from "./estimator/metrics/index.js";
export * as bitwise from "./estimator/namespaces/bitwise.js";
export * as debugging from "./estimator/namespaces/debugging.js";
export * as linalg from "./estimator/namespaces/linalg.js";
export * as math from "./estimator/namespaces/math.js";
export * as ragged from "./estimator/namespaces/ragged.js";
export * as random from "./estimator/namespaces/random.js";
export * as sets from "./estimator/namespaces/sets.js";
export * as signal from "./estimator/namespaces/signal.js";
export * from "./estimator/nn/clip.js";
export * as nn from "./estimator/nn/index.js";
export { ExponentialMovingAverage } from "./estimator/optimizer/exponential-moving-average.js";
export * as optimizers from "./estimator/optimizer/index.js";
export * as summary from "./estimator/public-summary.js";
export * as train from "./estimator/train.js";
export { constant, type TensorLike } from "./graph/build-op.js";
export { collectionKeys } from "./graph/collections.js";
export { type CustomGradient, type CustomResult, customGradient } from "./graph/custom-gradient.js";
export { gradients } from "./graph/gradients.js";
export { Graph, Operation, Tensor } from "./graph/graph.js";
export { graphFromBytes, graphToBytes } from "./graph/graph-def.js";
export * from "./graph/ops/index.js";
export * as rawOps from "./graph/ops/index.js";
export { raggedPlaceholder } from "./graph/ragged-placeholder.js";
export { type AnyRagged, RaggedTensor } from "./graph/ragged-tensor.js";
export { controlDependencies, currentGraph, nameScope, withGraph } from "./graph/scope.js";
export { sparsePlaceholder } from "./graph/sparse-placeholder.js";
export { SparseTensor } from "./graph/sparse-tensor.js";
export { TensorArray, type TensorArrayOptions } from "./graph/tensor-array.js";
export { globalVariables, trainableVariables, Variable } from "./graph/variable.js";
export {
  AUTO_REUSE,
  getVariableScope,
  type Reuse,
  type VariableScope,
  type VariableScopeOptions,
  variableScope,
} from "./graph/variable-scope.js";
export * as io from "./io.js";
export { Session } from "./runtime/session.js";
export {
  isSavedModel,
  type LoadedSavedModel,
  loadSavedModel,
  type ServableModel,
  type SignatureFunction,
  type SignatureInfo,
  type TensorInfo,
} from "./saved-model/index.js";
