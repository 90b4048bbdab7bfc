import { invalidArgument } from "../../core/status-error.js";
import { Tensor } from "../../graph/graph.js";
import type { EstimatorOptions } from "../estimator.js";
import { pythonText } from "../feature-column/python-text.js";
import { binaryOrMultiClassHead } from "../head/class-head.js";
import type { WeightColumn } from "../head/example-weights.js";
import type { Head } from "../head/head.js";
import { RegressionHead } from "../head/regression-head.js";
import type { LossReduction } from "../losses/reduction.js";
import type { Features, ModelFn } from "../model-fn.js";

/** What every canned estimator hands on to Estimator: all of its options but the model function. */
export type CannedOptions = Omit<EstimatorOptions, "modelFn" | "params" | "createsGlobalStep">;

/** Options of canned classifiers. */
export interface ClassifierOptions extends CannedOptions {
  /** Default 2. */
  readonly nClasses?: number | undefined;
  readonly weightColumn?: WeightColumn | undefined;
  /** The labels, where they are strings; default the ids from 0. */
  readonly labelVocabulary?: readonly string[] | undefined;
  readonly lossReduction?: LossReduction | undefined;
}

/** Options of canned regressors. */
export interface RegressorOptions extends CannedOptions {
  /** Numbers to predict for each example; default 1. */
  readonly labelDimension?: number | undefined;
  readonly weightColumn?: WeightColumn | undefined;
  readonly lossReduction?: LossReduction | undefined;
}

/** The features, if they are a record; INVALID_ARGUMENT otherwise. */
export function checkFeatures(features: Features): Features {
  if (features instanceof Tensor || typeof features !== "object" || features === null || Array.isArray(features)) {
    const type = features instanceof Tensor ? "Tensor" : Array.isArray(features) ? "list" : typeof features;
    throw invalidArgument(`features should be a dictionary of \`Tensor\`s. Given type: ${type}`);
  }
  return features;
}

/** The head of a canned classifier. */
export function classifierHead(options: ClassifierOptions): Head {
  const { nClasses = 2, weightColumn, labelVocabulary, lossReduction } = options;
  if (!Number.isInteger(nClasses)) throw invalidArgument(`n_classes must be an int. Given: ${pythonText(nClasses)}`);
  return binaryOrMultiClassHead(nClasses, { weightColumn, labelVocabulary, lossReduction });
}

/** The head of a canned regressor. */
export function regressorHead(options: RegressorOptions): Head {
  const { labelDimension, weightColumn, lossReduction } = options;
  return new RegressionHead({ labelDimension, weightColumn, lossReduction });
}

/** What Estimator itself takes of a canned estimator's options. */
export function estimatorOptions<T extends CannedOptions>(options: T, modelFn: ModelFn): EstimatorOptions {
  const { modelDir, config, clock, warmStartFrom } = options;
  return { modelFn, modelDir, config, clock, warmStartFrom };
}
