import { checkOptions } from "../../core/check-options.js";
import { Estimator } from "../estimator.js";
import type { Head } from "../head/head.js";
import type { OptimizerLike } from "../optimizer/get-optimizer.js";
import { baselineModelFn } from "./baseline-model-fn.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  classifierHead,
  estimatorOptions,
  type RegressorOptions,
  regressorHead,
} from "./estimator-options.js";
import { baselineOptions, classifierOptions, headedOptions, regressorOptions } from "./option-tables.js";

/** How a baseline estimator is trained. */
export interface BaselineOptions {
  /** Default Ftrl at 0.3. */
  readonly optimizer?: OptimizerLike | undefined;
}

/** Predicts the mean of the labels, whatever the features: what other classifiers must beat (`tf.estimator.BaselineClassifier`). */
export class BaselineClassifier extends Estimator {
  constructor(options: BaselineOptions & ClassifierOptions = {}) {
    checkOptions("BaselineClassifier", options, { ...classifierOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** Predicts the mean of the labels, whatever the features: what other regressors must beat (`tf.estimator.BaselineRegressor`). */
export class BaselineRegressor extends Estimator {
  constructor(options: BaselineOptions & RegressorOptions = {}) {
    checkOptions("BaselineRegressor", options, { ...regressorOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** The mean of the labels under a head of one's own (`tf.estimator.BaselineEstimator`). */
export class BaselineEstimator extends Estimator {
  constructor(options: BaselineOptions & CannedOptions & { readonly head: Head }) {
    checkOptions("BaselineEstimator", options, { ...headedOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn(options)));
  }
}
