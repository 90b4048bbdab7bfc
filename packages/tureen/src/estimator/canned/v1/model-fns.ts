import type { Operation, Tensor } from "../../../graph/graph.js";
import { nameScope } from "../../../graph/scope.js";
import { trainableVariables, type Variable } from "../../../graph/variable.js";
import { getOrCreateGlobalStep } from "../../global-step.js";
import { weightColumnKey } from "../../head/example-weights.js";
import { group } from "../../head/train-op.js";
import type { ModelFn } from "../../model-fn.js";
import { add } from "../../nn/arithmetic.js";
import { countStep } from "../../optimizer/apply-gradients.js";
import type { Optimizer } from "../../optimizer/optimizer.js";
import { ftrlOptimizer } from "../../optimizer/train/ftrl.js";
import { type BaselineModelOptions, baselineLogits } from "../baseline-model-fn.js";
import { type CombinedModelOptions, checkCombinedColumns, dnnLayersOf } from "../dnn-linear-combined-model-fn.js";
import { dnnLogits, layerSummary } from "../dnn-logits.js";
import type { DnnModelOptions } from "../dnn-model-fn.js";
import { checkFeatures } from "../estimator-options.js";
import { linearLogits } from "../linear-logits.js";
import type { LinearModelOptions } from "../linear-model-fn.js";
import { LinearSDCA } from "../linear-sdca.js";
import { sdcaSpec } from "../linear-sdca-model-fn.js";
import { optimizerByName } from "./optimizer-by-name.js";

/** Learning rates of optimizers by name, as TensorFlow 1.x's canned estimators have them. */
const rates = { dnn: 0.05, linear: 0.2, combinedDnn: 0.001, combinedLinear: 0.005, baseline: 0.3 } as const;

/** How a model's variables are minimized: under which head's scope, and what partitioned variables put before their slots' names. */
interface Minimization {
  readonly headScope: string;
  readonly slotScope?: string;
}

/** The model function of DNN estimators of 1.x (TensorFlow's `_dnn_model_fn`). */
export function dnnModelFn(options: DnnModelOptions): ModelFn {
  const { head } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    const { result: logits, updateOps } = dnnLogits(head.logitsDimension, options, features, mode);
    const optimizer = optimizerByName(options.optimizer ?? "Adagrad", rates.dnn);
    const trainOpFn = minimizeAll(optimizer, { headScope: "dnn/head/", slotScope: "t_0" });
    return head.createEstimatorSpec({ features, labels, mode, logits, updateOps, trainOpFn });
  };
}

/** The model function of linear estimators of 1.x (TensorFlow's `_linear_model_fn`). */
export function linearModelFn(options: LinearModelOptions): ModelFn {
  const { head, optimizer: given } = options;
  return (args) => {
    const { features, labels, mode } = args;
    checkFeatures(features);
    if (given instanceof LinearSDCA) return sdcaSpec({ ...options, optimizer: given, slotName: slotOfPart }, args);
    const { result: logits } = linearLogits(head.logitsDimension, options, features);
    const columns = options.featureColumns.length;
    const optimizer =
      given === null
        ? ftrlOptimizer(Math.min(rates.linear, 1 / Math.sqrt(columns)))
        : optimizerByName(given ?? "Ftrl", rates.linear);
    const trainOpFn = minimizeAll(optimizer, { headScope: "linear/head/", slotScope: "part_0" });
    return head.createEstimatorSpec({ features, labels, mode, logits, trainOpFn });
  };
}

/** The slot of a partitioned variable's only part, once more under the scope that the variable is under. */
const slotOfPart = (variable: string): string => `linear/${variable}/part_0_unshrunk`;

/** The model function of baseline estimators of 1.x (TensorFlow's `_baseline_model_fn`). */
export function baselineModelFn(options: BaselineModelOptions): ModelFn {
  const { head } = options;
  return ({ features, labels, mode }) => {
    const { logits } = baselineLogits(head.logitsDimension, features, weightColumnKey(options.weightColumn));
    const optimizer = optimizerByName(options.optimizer ?? "Ftrl", rates.baseline);
    return head.createEstimatorSpec({
      features,
      labels,
      mode,
      logits,
      trainOpFn: minimizeAll(optimizer, { headScope: "head/" }),
    });
  };
}

/** The model function of wide and deep estimators of 1.x (TensorFlow's `_dnn_linear_combined_model_fn`). */
export function combinedModelFn(options: CombinedModelOptions): ModelFn {
  const { head, linearFeatureColumns = [], dnnFeatureColumns = [] } = options;
  return ({ features, labels, mode }) => {
    checkFeatures(features);
    checkCombinedColumns(options);
    const units = head.logitsDimension;
    const parts: { readonly variables: readonly Variable[]; readonly optimizer: Optimizer }[] = [];
    const logits: Tensor[] = [];
    const updateOps: Operation[] = [];
    if (dnnFeatureColumns.length > 0) {
      const dnn = dnnLogits(units, dnnLayersOf(options, dnnFeatureColumns), features, mode);
      logits.push(dnn.result);
      updateOps.push(...dnn.updateOps);
      const optimizer = optimizerByName(options.dnnOptimizer ?? "Adagrad", rates.combinedDnn);
      parts.push({ variables: dnn.trainableVariables, optimizer });
    }
    if (linearFeatureColumns.length > 0) {
      const columns = { featureColumns: linearFeatureColumns, sparseCombiner: options.linearSparseCombiner };
      const linear = linearLogits(units, columns, features);
      layerSummary(linear.result, "linear");
      logits.push(linear.result);
      const rate = Math.min(rates.combinedLinear, 1 / Math.sqrt(linearFeatureColumns.length));
      const optimizer = optimizerByName(options.linearOptimizer ?? "Ftrl", rate);
      parts.push({ variables: linear.trainableVariables, optimizer });
    }
    const trainOpFn = (loss: Tensor): Operation =>
      nameScope("head/", () => {
        const ops = parts.map(({ variables, optimizer }) =>
          optimizer.minimize(loss, { variables, iterations: undefined }),
        );
        return countStep(getOrCreateGlobalStep(), [group(ops)]);
      });
    const sum = logits.length === 2 ? add(logits[0]!, logits[1]!) : logits[0]!;
    return head.createEstimatorSpec({ features, labels, mode, logits: sum, updateOps, trainOpFn });
  };
}

function minimizeAll(optimizer: Optimizer, { headScope, slotScope }: Minimization): (loss: Tensor) => Operation {
  return (loss) =>
    nameScope(headScope, () =>
      optimizer.minimize(loss, {
        variables: trainableVariables(),
        iterations: getOrCreateGlobalStep(),
        ...(slotScope === undefined ? {} : { slotScope }),
      }),
    );
}
