import { invalidArgument } from "../../core/status-error.js";
import type { Operation, Tensor } from "../../graph/graph.js";
import type { FeatureColumn } from "../feature-column/index.js";
import { refuseColumnsOfV1 } from "../feature-column/shared-embedding-columns.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import type { Head } from "../head/head.js";
import { group } from "../head/train-op.js";
import type { Activation } from "../layers/dense.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFn } from "../model-fn.js";
import { add } from "../nn/arithmetic.js";
import { getOptimizer, type OptimizerLike } from "../optimizer/get-optimizer.js";
import { asKerasLayers } from "./created-variables.js";
import { dnnLogits, layerSummary } from "./dnn-logits.js";
import { checkFeatures } from "./estimator-options.js";
import { linearLogits } from "./linear-logits.js";

/** The two parts of a combined model; at least one has columns. */
export interface CombinedColumns {
  readonly linearFeatureColumns?: readonly FeatureColumn[] | undefined;
  /** Default Ftrl at the smaller of 0.005 and 1/sqrt(linear columns). */
  readonly linearOptimizer?: OptimizerLike | undefined;
  readonly linearSparseCombiner?: "sum" | "mean" | "sqrtn" | undefined;
  readonly dnnFeatureColumns?: readonly FeatureColumn[] | undefined;
  /** Default Adagrad at 0.001. */
  readonly dnnOptimizer?: OptimizerLike | undefined;
  readonly dnnHiddenUnits?: readonly number[] | undefined;
  readonly dnnActivationFn?: Activation | string | undefined;
  readonly dnnDropout?: number | undefined;
  readonly batchNorm?: boolean | undefined;
}

/** What `dnnLinearCombinedModelFn` builds. */
export interface CombinedModelOptions extends CombinedColumns {
  readonly head: Head;
}

/** TensorFlow's `dnn_linear_combined._DNN_LEARNING_RATE` and `_LINEAR_LEARNING_RATE`. */
const dnnLearningRate = 0.001;
const linearLearningRate = 0.005;

/** Checks that a combined model has columns, as its constructors do. */
export function checkCombinedColumns(options: CombinedColumns): void {
  const { linearFeatureColumns = [], dnnFeatureColumns = [] } = options;
  if (linearFeatureColumns.length + dnnFeatureColumns.length === 0) {
    throw invalidArgument("Either linear_feature_columns or dnn_feature_columns must be defined.");
  }
}

/** The model function of wide and deep estimators (TensorFlow's `_dnn_linear_combined_model_fn_v2`): the sum of both parts' logits. */
export function dnnLinearCombinedModelFn(options: CombinedModelOptions): ModelFn {
  const { head, linearFeatureColumns = [], dnnFeatureColumns = [] } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    checkCombinedColumns(options);
    refuseColumnsOfV1([...dnnFeatureColumns, ...linearFeatureColumns]);
    const units = head.logitsDimension;
    const dnn =
      dnnFeatureColumns.length === 0
        ? undefined
        : asKerasLayers(dnnLogits(units, dnnLayersOf(options, dnnFeatureColumns), features, mode));
    const linear =
      linearFeatureColumns.length === 0
        ? undefined
        : linearLogits(
            units,
            { featureColumns: linearFeatureColumns, sparseCombiner: options.linearSparseCombiner },
            features,
          );
    if (linear !== undefined) layerSummary(linear.result, "linear");
    const logits = dnn !== undefined && linear !== undefined ? add(dnn.result, linear.result) : (dnn ?? linear)!.result;
    const trainOpFn = (loss: Tensor): Operation => {
      const step = getOrCreateGlobalStep();
      const ops: Operation[] = [];
      if (dnn !== undefined) {
        const optimizer = getOptimizer(options.dnnOptimizer ?? "Adagrad", dnnLearningRate);
        ops.push(optimizer.minimize(loss, { variables: dnn.trainableVariables, iterations: step }), ...dnn.updateOps);
      }
      if (linear !== undefined) {
        const rate = Math.min(linearLearningRate, 1 / Math.sqrt(linearFeatureColumns.length));
        const optimizer = getOptimizer(options.linearOptimizer ?? "Ftrl", rate);
        // Only one of the two may count the step; the other counts for itself.
        ops.push(
          optimizer.minimize(loss, {
            variables: linear.trainableVariables,
            iterations: dnn === undefined ? step : undefined,
          }),
        );
      }
      return group(ops);
    };
    if (mode === ModeKeys.TRAIN) getOrCreateGlobalStep();
    return head.createEstimatorSpec({ features, labels, mode, logits, trainOpFn });
  };
}

/** The hidden part of a combined model; INVALID_ARGUMENT where it has columns but no units. */
export function dnnLayersOf(
  options: CombinedModelOptions,
  featureColumns: readonly FeatureColumn[],
): Parameters<typeof dnnLogits>[1] {
  const { dnnHiddenUnits, dnnActivationFn, dnnDropout, batchNorm } = options;
  if (dnnHiddenUnits === undefined || dnnHiddenUnits.length === 0) {
    throw invalidArgument("dnn_hidden_units must be defined when dnn_feature_columns is specified.");
  }
  return { featureColumns, hiddenUnits: dnnHiddenUnits, activationFn: dnnActivationFn, dropout: dnnDropout, batchNorm };
}
