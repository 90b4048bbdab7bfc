import { checkOptions } from "../../core/check-options.js";
import { Estimator } from "../estimator.js";
import type { Head } from "../head/head.js";
import {
  type CombinedColumns,
  checkCombinedColumns,
  dnnLinearCombinedModelFn,
} from "./dnn-linear-combined-model-fn.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  classifierHead,
  estimatorOptions,
  type RegressorOptions,
  regressorHead,
} from "./estimator-options.js";
import { classifierOptions, combinedOptions, headedOptions, regressorOptions } from "./option-tables.js";

/** A wide and deep model that classifies (`tf.estimator.DNNLinearCombinedClassifier`). */
export class DNNLinearCombinedClassifier extends Estimator {
  constructor(options: CombinedColumns & ClassifierOptions) {
    checkOptions("DNNLinearCombinedClassifier", options, { ...classifierOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, dnnLinearCombinedModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** A wide and deep model that predicts numbers (`tf.estimator.DNNLinearCombinedRegressor`). */
export class DNNLinearCombinedRegressor extends Estimator {
  constructor(options: CombinedColumns & RegressorOptions) {
    checkOptions("DNNLinearCombinedRegressor", options, { ...regressorOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, dnnLinearCombinedModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** A wide and deep model under a head of one's own (`tf.estimator.DNNLinearCombinedEstimator`). */
export class DNNLinearCombinedEstimator extends Estimator {
  constructor(options: CombinedColumns & CannedOptions & { readonly head: Head }) {
    checkOptions("DNNLinearCombinedEstimator", options, { ...headedOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, dnnLinearCombinedModelFn(options)));
  }
}
