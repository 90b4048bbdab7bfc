import { checkOptions } from "../../core/check-options.js";
import { Estimator } from "../estimator.js";
import type { Head } from "../head/head.js";
import type { OptimizerLike } from "../optimizer/get-optimizer.js";
import type { DnnLayers } from "./dnn-logits.js";
import { dnnModelFn } from "./dnn-model-fn.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  classifierHead,
  estimatorOptions,
  type RegressorOptions,
  regressorHead,
} from "./estimator-options.js";
import { classifierOptions, dnnOptions, headedOptions, regressorOptions } from "./option-tables.js";

/** The network of a DNN estimator and how it is trained. */
export interface DnnOptions extends DnnLayers {
  /** Default Adagrad with its own learning rate, 0.001. */
  readonly optimizer?: OptimizerLike | undefined;
}

/** A feed-forward network that classifies (`tf.estimator.DNNClassifier`). */
export class DNNClassifier extends Estimator {
  constructor(options: DnnOptions & ClassifierOptions) {
    checkOptions("DNNClassifier", options, { ...classifierOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** A feed-forward network that predicts numbers (`tf.estimator.DNNRegressor`). */
export class DNNRegressor extends Estimator {
  constructor(options: DnnOptions & RegressorOptions) {
    checkOptions("DNNRegressor", options, { ...regressorOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** A feed-forward network under a head of one's own (`tf.estimator.DNNEstimator`). */
export class DNNEstimator extends Estimator {
  constructor(options: DnnOptions & CannedOptions & { readonly head: Head }) {
    checkOptions("DNNEstimator", options, { ...headedOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn(options)));
  }
}
