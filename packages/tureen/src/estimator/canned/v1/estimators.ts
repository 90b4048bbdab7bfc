import { checkOptions } from "../../../core/check-options.js";
import { Estimator } from "../../estimator.js";
import { binaryOrMultiClassHead } from "../../head/class-head.js";
import type { Head } from "../../head/head.js";
import { RegressionHead } from "../../head/regression-head.js";
import { Reduction } from "../../losses/reduction.js";
import type { BaselineOptions } from "../baseline.js";
import type { DnnOptions } from "../dnn.js";
import { type CombinedColumns, checkCombinedColumns } from "../dnn-linear-combined-model-fn.js";
import {
  type CannedOptions,
  type ClassifierOptions,
  estimatorOptions,
  type RegressorOptions,
} from "../estimator-options.js";
import type { LinearOptions } from "../linear.js";
import { checkSdcaClassifier, checkSdcaRegressor } from "../linear-sdca.js";
import {
  baselineOptions,
  classifierOptions,
  combinedOptions,
  dnnOptions,
  headedOptions,
  linearOptions,
  regressorOptions,
} from "../option-tables.js";
import { baselineModelFn, combinedModelFn, dnnModelFn, linearModelFn } from "./model-fns.js";

type WithHead = CannedOptions & { readonly head: Head };

/** The head of a classifier of 1.x: losses are summed, and the area under the precision-recall curve is one of trapezoids. */
export function classifierHead(options: ClassifierOptions): Head {
  const { nClasses = 2, weightColumn, labelVocabulary, lossReduction = Reduction.SUM } = options;
  return binaryOrMultiClassHead(nClasses, { weightColumn, labelVocabulary, lossReduction, prByTrapezoids: true });
}

/** The head of a regressor of 1.x: losses are summed. */
export function regressorHead(options: RegressorOptions): Head {
  const { labelDimension, weightColumn, lossReduction = Reduction.SUM } = options;
  return new RegressionHead({ labelDimension, weightColumn, lossReduction });
}

/** `tf.compat.v1.estimator.DNNClassifier`: sums losses, trains by Adagrad at 0.05. */
export class DNNClassifier extends Estimator {
  constructor(options: DnnOptions & ClassifierOptions) {
    checkOptions("DNNClassifier", options, { ...classifierOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** `tf.compat.v1.estimator.DNNRegressor`. */
export class DNNRegressor extends Estimator {
  constructor(options: DnnOptions & RegressorOptions) {
    checkOptions("DNNRegressor", options, { ...regressorOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** `tf.compat.v1.estimator.DNNEstimator`. */
export class DNNEstimator extends Estimator {
  constructor(options: DnnOptions & WithHead) {
    checkOptions("DNNEstimator", options, { ...headedOptions, ...dnnOptions });
    super(estimatorOptions(options, dnnModelFn(options)));
  }
}

/** `tf.compat.v1.estimator.LinearClassifier`: sums losses, trains by Ftrl at 0.2. */
export class LinearClassifier extends Estimator {
  constructor(options: LinearOptions & ClassifierOptions) {
    checkOptions("LinearClassifier", options, { ...classifierOptions, ...linearOptions });
    checkSdcaClassifier(options);
    super(estimatorOptions(options, linearModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** `tf.compat.v1.estimator.LinearRegressor`. */
export class LinearRegressor extends Estimator {
  constructor(options: LinearOptions & RegressorOptions) {
    checkOptions("LinearRegressor", options, { ...regressorOptions, ...linearOptions });
    checkSdcaRegressor(options);
    super(estimatorOptions(options, linearModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** `tf.compat.v1.estimator.LinearEstimator`. */
export class LinearEstimator extends Estimator {
  constructor(options: LinearOptions & WithHead) {
    checkOptions("LinearEstimator", options, { ...headedOptions, ...linearOptions });
    super(estimatorOptions(options, linearModelFn(options)));
  }
}

/** `tf.compat.v1.estimator.DNNLinearCombinedClassifier`. */
export class DNNLinearCombinedClassifier extends Estimator {
  constructor(options: CombinedColumns & ClassifierOptions) {
    checkOptions("DNNLinearCombinedClassifier", options, { ...classifierOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, combinedModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** `tf.compat.v1.estimator.DNNLinearCombinedRegressor`. */
export class DNNLinearCombinedRegressor extends Estimator {
  constructor(options: CombinedColumns & RegressorOptions) {
    checkOptions("DNNLinearCombinedRegressor", options, { ...regressorOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, combinedModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** `tf.compat.v1.estimator.DNNLinearCombinedEstimator`. */
export class DNNLinearCombinedEstimator extends Estimator {
  constructor(options: CombinedColumns & WithHead) {
    checkOptions("DNNLinearCombinedEstimator", options, { ...headedOptions, ...combinedOptions });
    checkCombinedColumns(options);
    super(estimatorOptions(options, combinedModelFn(options)));
  }
}

/** `tf.compat.v1.estimator.BaselineClassifier`. */
export class BaselineClassifier extends Estimator {
  constructor(options: BaselineOptions & ClassifierOptions = {}) {
    checkOptions("BaselineClassifier", options, { ...classifierOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn({ ...options, head: classifierHead(options) })));
  }
}

/** `tf.compat.v1.estimator.BaselineRegressor`. */
export class BaselineRegressor extends Estimator {
  constructor(options: BaselineOptions & RegressorOptions = {}) {
    checkOptions("BaselineRegressor", options, { ...regressorOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn({ ...options, head: regressorHead(options) })));
  }
}

/** `tf.compat.v1.estimator.BaselineEstimator`. */
export class BaselineEstimator extends Estimator {
  constructor(options: BaselineOptions & WithHead) {
    checkOptions("BaselineEstimator", options, { ...headedOptions, ...baselineOptions });
    super(estimatorOptions(options, baselineModelFn(options)));
  }
}
