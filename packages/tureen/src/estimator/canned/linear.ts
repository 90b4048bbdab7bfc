import { checkOptions } from "../../core/check-options.js";
import { Estimator } from "../estimator.js";
import type { Head } from "../head/head.js";
import type { OptimizerLike } from "../optimizer/get-optimizer.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  classifierHead,
  estimatorOptions,
  type RegressorOptions,
  regressorHead,
} from "./estimator-options.js";
import type { LinearColumns } from "./linear-logits.js";
import { linearModelFn } from "./linear-model-fn.js";
import { checkSdcaClassifier, checkSdcaRegressor, type LinearSDCA } from "./linear-sdca.js";
import { classifierOptions, headedOptions, linearOptions, regressorOptions } from "./option-tables.js";

/** The columns of a linear estimator and how it is trained. */
export interface LinearOptions extends LinearColumns {
  /** Default Ftrl at 0.2; null is Ftrl at the smaller of 0.2 and 1/sqrt(columns). LinearSDCA trains without gradients. */
  readonly optimizer?: OptimizerLike | LinearSDCA | null | undefined;
}

/** A linear model that classifies (`tf.estimator.LinearClassifier`). */
export class LinearClassifier extends Estimator {
  constructor(options: LinearOptions & ClassifierOptions) {
    checkOptions("LinearClassifier", options, { ...classifierOptions, ...linearOptions });
    checkSdcaClassifier(options);
    super(estimatorOptions(options, linearModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** A linear model that predicts numbers (`tf.estimator.LinearRegressor`). */
export class LinearRegressor extends Estimator {
  constructor(options: LinearOptions & RegressorOptions) {
    checkOptions("LinearRegressor", options, { ...regressorOptions, ...linearOptions });
    checkSdcaRegressor(options);
    super(estimatorOptions(options, linearModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** A linear model under a head of one's own (`tf.estimator.LinearEstimator`). */
export class LinearEstimator extends Estimator {
  constructor(options: LinearOptions & CannedOptions & { readonly head: Head }) {
    checkOptions("LinearEstimator", options, { ...headedOptions, ...linearOptions });
    super(estimatorOptions(options, linearModelFn(options)));
  }
}
