import { getOrCreateGlobalStep } from "../global-step.js";
import type { Head } from "../head/head.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";
import { Ftrl } from "../optimizer/keras/ftrl.js";
import type { Optimizer } from "../optimizer/optimizer.js";
import { checkFeatures } from "./estimator-options.js";
import { type LinearColumns, linearLogits } from "./linear-logits.js";
import { LinearSDCA } from "./linear-sdca.js";
import { sdcaSpec } from "./linear-sdca-model-fn.js";

/** What `linearModelFn` builds. */
export interface LinearModelOptions extends LinearColumns {
  readonly head: Head;
  /** Default Ftrl at 0.2; null is Ftrl at the smaller of 0.2 and 1/sqrt(columns). */
  readonly optimizer?: OptimizerLike | LinearSDCA | null | undefined;
}

/** TensorFlow's `linear._LEARNING_RATE`. */
const learningRate = 0.2;

/** The model function of linear estimators (TensorFlow's `_linear_model_fn_v2`). */
export function linearModelFn(options: LinearModelOptions): ModelFn {
  const { head, optimizer } = options;
  return (args) => {
    const { features, labels, mode } = args;
    checkFeatures(features);
    if (optimizer instanceof LinearSDCA) return sdcaSpec({ ...options, optimizer }, args);
    const { result: logits, trainableVariables } = linearLogits(head.logitsDimension, options, features);
    const spec = { features, labels, mode, logits, trainableVariables };
    if (mode !== ModeKeys.TRAIN) return head.createEstimatorSpec(spec);
    getOrCreateGlobalStep();
    return head.createEstimatorSpec({ ...spec, optimizer: optimizerOf(optimizer, options.featureColumns.length) });
  };
}

function optimizerOf(optimizer: OptimizerLike | null | undefined, columns: number): Optimizer {
  if (optimizer !== null) return getOptimizer(optimizer ?? "Ftrl", learningRate);
  return new Ftrl({ learningRate: Math.min(learningRate, 1 / Math.sqrt(columns)) });
}
