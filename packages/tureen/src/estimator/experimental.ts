/** What TensorFlow has in `tf.estimator.experimental`; all but LinearSDCA is in `tf.estimator` or `tf.estimator.export` as well. */

export { KMeans } from "./canned/k-means.js";
export { LinearSDCA, type LinearSDCAOptions } from "./canned/linear-sdca.js";
export { callLogitFn, dnnLogitFnBuilder, linearLogitFnBuilder } from "./canned/logit-fns.js";
export { RNNClassifier, RNNEstimator } from "./canned/rnn.js";
export { makeEarlyStoppingHook } from "./early-stopping/make-early-stopping-hook.js";
export {
  stopIfHigherHook,
  stopIfLowerHook,
  stopIfNoDecreaseHook,
  stopIfNoIncreaseHook,
} from "./early-stopping/stop-if-hooks.js";
export { buildRawSupervisedInputReceiverFn } from "./export/raw-serving-input-receiver.js";
export { supervisedInputReceiver } from "./export/serving-input-receiver.js";
export { InMemoryEvaluatorHook } from "./hooks/in-memory-evaluator-hook.js";
export { makeStopAtCheckpointStepHook } from "./hooks/stop-at-checkpoint-step-hook.js";
