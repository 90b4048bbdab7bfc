import { refuseColumnsOfV1 } from "../feature-column/shared-embedding-columns.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import type { Head } from "../head/head.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";
import { asKerasLayers } from "./created-variables.js";
import { type DnnLayers, dnnLogits } from "./dnn-logits.js";
import { checkFeatures } from "./estimator-options.js";

/** What `dnnModelFn` builds. */
export interface DnnModelOptions extends DnnLayers {
  readonly head: Head;
  /** Default Adagrad with its own learning rate, 0.001. */
  readonly optimizer?: OptimizerLike | undefined;
}

/** The model function of DNN estimators (TensorFlow's `dnn_model_fn_v2`). */
export function dnnModelFn(options: DnnModelOptions): ModelFn {
  const { head } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    refuseColumnsOfV1(options.featureColumns);
    const layers = asKerasLayers(dnnLogits(head.logitsDimension, options, features, mode));
    const { result: logits, trainableVariables, updateOps } = layers;
    const spec = { features, labels, mode, logits, trainableVariables, updateOps };
    if (mode !== ModeKeys.TRAIN) return head.createEstimatorSpec(spec);
    getOrCreateGlobalStep();
    return head.createEstimatorSpec({ ...spec, optimizer: getOptimizer(options.optimizer ?? "Adagrad") });
  };
}
