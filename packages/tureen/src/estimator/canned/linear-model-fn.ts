import { getOrCreateGlobalStep } from "../global-step.js";
import type { Head } from "../head/head.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";
import { Ftrl } from "../optimizer/keras/ftrl.js";
import type { Optimizer } from "../optimizer/optimizer.js";
import { checkFeatures } from "./estimator-options.js";
import { type LinearColumns, linearLogits } from "./linear-logits.js";

/** What `linearModelFn` builds. */
export interface LinearModelOptions extends LinearColumns {
  readonly head: Head;
  /** Default Ftrl at 0.2; null is Ftrl at the smaller of 0.2 and 1/sqrt(columns). */
  readonly optimizer?: OptimizerLike | null | undefined;
}

/** TensorFlow's `linear._LEARNING_RATE`. */
const learningRate = 0.2;

/** The model function of linear estimators (TensorFlow's `_linear_model_fn_v2`). */
export function linearModelFn(options: LinearModelOptions): ModelFn {
  const { head } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    const { result: logits, trainableVariables } = linearLogits(head.logitsDimension, options, features);
    const spec = { features, labels, mode, logits, trainableVariables };
    if (mode !== ModeKeys.TRAIN) return head.createEstimatorSpec(spec);
    getOrCreateGlobalStep();
    return head.createEstimatorSpec({ ...spec, optimizer: optimizerOf(options) });
  };
}

function optimizerOf(options: LinearModelOptions): Optimizer {
  if (options.optimizer !== null) return getOptimizer(options.optimizer ?? "Ftrl", learningRate);
  return new Ftrl({ learningRate: Math.min(learningRate, 1 / Math.sqrt(options.featureColumns.length)) });
}
