import { invalidArgument } from "../../core/status-error.js";
import type { Operation } from "../../graph/graph.js";
import { Tensor } from "../../graph/graph.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { getOrCreateGlobalStep } from "../global-step.js";
import { BinaryClassHead } from "../head/binary-class-head.js";
import { labelNoneMessage } from "../head/check-labels.js";
import type { WeightColumn } from "../head/example-weights.js";
import type { Head } from "../head/head.js";
import { RegressionHead } from "../head/regression-head.js";
import type { SessionRunArgs, SessionRunHook } from "../hooks/session-run-hook.js";
import { ModeKeys } from "../mode-keys.js";
import type { ModelFnArgs } from "../model-fn.js";
import { type LinearColumns, linearLogits } from "./linear-logits.js";
import type { LinearSDCA } from "./linear-sdca.js";
import { sdcaBatch } from "./linear-sdca-examples.js";
import { SdcaModel, type SdcaModelOptions } from "./sdca-model.js";

/** What `sdcaSpec` builds. */
export interface SdcaSpecOptions extends LinearColumns {
  readonly head: Head;
  readonly optimizer: LinearSDCA;
  /** See `SdcaModelOptions`. */
  readonly slotName?: (variable: string) => string;
}

/**
 * A linear model that LinearSDCA trains (TensorFlow's `_sdca_model_fn`): the train op moves the slots, and a hook of the training brings them to the
 * weights in the same run. Evaluation, prediction and exports are those of the linear model, and know nothing of slots and table.
 *
 * INVALID_ARGUMENT for other heads than those of two classes and of one number.
 */
export function sdcaSpec(
  { head, optimizer, featureColumns, sparseCombiner = "sum", slotName }: SdcaSpecOptions,
  { features, labels, mode, config }: ModelFnArgs,
): EstimatorSpec {
  // To TensorFlow this is an assertion, without words.
  if (sparseCombiner !== "sum")
    throw invalidArgument('sparse_combiner must be "sum" when optimizer is a LinearSDCA object.');
  const { lossType, weightColumn } = lossOf(head);
  const { result: logits, model } = linearLogits(1, { featureColumns }, features);
  const spec = { features, labels, mode, logits };
  if (mode !== ModeKeys.TRAIN) return head.createEstimatorSpec(spec);
  if (!(labels instanceof Tensor)) throw invalidArgument(labelNoneMessage);
  const { exampleIdColumn } = optimizer;
  const { examples, variables } = sdcaBatch({ model, features, labels, exampleIdColumn, weightColumn });
  const named = slotName === undefined ? {} : { slotName };
  const sdca = new SdcaModel(examples, variables, { ...optimizer, ...named, lossType }, config.logger);
  const trainOp = sdca.minimize(getOrCreateGlobalStep());
  const built = head.createEstimatorSpec({ ...spec, trainOpFn: () => trainOp });
  // TensorFlow leaves open whether the logits are those of before the step; here they are.
  const hook = updateWeightsHook(sdca, [trainOp, logits.op]);
  return { ...built, trainingChiefHooks: [...(built.trainingChiefHooks ?? []), hook] };
}

/** The loss of a head; its predictions' link does not count. */
function lossOf(head: Head): Pick<SdcaModelOptions, "lossType"> & { readonly weightColumn: WeightColumn | undefined } {
  const { logitsDimension } = head;
  if (head instanceof BinaryClassHead) return { lossType: "logistic_loss", weightColumn: head.weightColumn };
  if (head instanceof RegressionHead) {
    // As above.
    if (logitsDimension !== 1) throw invalidArgument("LinearSDCA can only be used with one-dimensional label.");
    return { lossType: "squared_loss", weightColumn: head.weightColumn };
  }
  throw invalidArgument(`Unsupported head type: ${head.constructor.name}`);
}

/** Brings the slots to the weights in each step. */
function updateWeightsHook(model: SdcaModel, after: readonly Operation[]): SessionRunHook {
  let args: SessionRunArgs | undefined;
  return {
    begin: () => {
      args = { targets: [model.updateWeights(after)] };
    },
    beforeRun: () => args,
  };
}
