import { checkOptions } from "../core/check-options.js";
import { invalidArgument } from "../core/status-error.js";
import { build } from "../graph/build-op.js";
import { type Operation, Tensor } from "../graph/graph.js";
import { isCompositeTensor } from "../graph/structure.js";
import { defaultSignatureKey } from "../saved-model/signature-def.js";
import type { EstimatorSpec, EstimatorSpecInit } from "./estimator-spec.js";
import { type ExportOutput, predictOutput } from "./export/export-output.js";
import { ModeKeys } from "./mode-keys.js";
import { anyTensorText, tensorRepr, tensorText } from "./nn/tensor-text.js";

/**
 * Checks and completes what a model function returns (`tf.estimator.EstimatorSpec`).
 *
 * TRAIN needs a loss and a trainOp, EVAL a loss, PREDICT predictions; the loss must be one number and becomes a scalar. In PREDICT mode
 * `exportOutputs` is completed: none becomes a Predict signature of the predictions, a single one is the default too.
 */
export function makeEstimatorSpec(init: EstimatorSpecInit): EstimatorSpec {
  checkOptions("makeEstimatorSpec", init, {
    mode: "required",
    predictions: "optional",
    loss: "optional",
    trainOp: "optional",
    evalMetricOps: "optional",
    exportOutputs: "optional",
    trainingHooks: "optional",
    trainingChiefHooks: "optional",
    evaluationHooks: "optional",
    predictionHooks: "optional",
    scaffold: "optional",
  });
  const { mode } = init;
  if (mode === ModeKeys.TRAIN && init.trainOp === undefined) throw invalidArgument("Missing train_op.");
  if (mode !== ModeKeys.PREDICT && init.loss === undefined) throw invalidArgument("Missing loss.");
  if (mode === ModeKeys.PREDICT && init.predictions === undefined) throw invalidArgument("Missing predictions.");
  checkPredictions(init.predictions);
  const loss = init.loss === undefined ? undefined : scalarLoss(init.loss);
  return Object.freeze({
    ...init,
    ...(loss === undefined ? {} : { loss }),
    evalMetricOps: init.evalMetricOps ?? {},
    exportOutputs: mode === ModeKeys.PREDICT ? completeExportOutputs(init) : {},
  });
}

function checkPredictions(predictions: EstimatorSpecInit["predictions"]): void {
  if (predictions === undefined || predictions instanceof Tensor) return;
  if (typeof predictions !== "object" || predictions === null || isCompositeTensor(predictions)) {
    throw invalidArgument(`predictions must be Tensor, given: ${anyTensorText(predictions)}`);
  }
  for (const [key, value] of Object.entries(predictions as Readonly<Record<string, unknown>>)) {
    if (!(value instanceof Tensor)) {
      throw invalidArgument(`predictions[${key}] must be Tensor, given: ${anyTensorText(value)}`);
    }
  }
}

function scalarLoss(loss: Tensor): Tensor {
  if (!(loss instanceof Tensor)) throw invalidArgument(`loss must be Tensor, given: ${anyTensorText(loss)}`);
  if (loss.shape === undefined || loss.shape.length === 0) return loss;
  if (!loss.shape.every((size) => size === 1)) throw invalidArgument(`Loss must be scalar, given: ${tensorText(loss)}`);
  return build("Reshape", [loss, { dtype: "int32", shape: [0], data: new Int32Array(0) }]);
}

function completeExportOutputs({
  exportOutputs,
  predictions,
}: EstimatorSpecInit): Readonly<Record<string, ExportOutput>> {
  if (exportOutputs === undefined) return { [defaultSignatureKey]: predictOutput(predictions!) };
  if (typeof exportOutputs !== "object")
    throw invalidArgument(`\`export_outputs\` must be dict, received: ${String(exportOutputs)}.`);
  for (const output of Object.values(exportOutputs)) {
    if (typeof output?.asSignature !== "function") {
      const given = Object.entries(exportOutputs).map(([key, value]: [string, unknown]) => {
        return `'${key}': ${value instanceof Tensor ? tensorRepr(value) : String(value)}`;
      });
      throw invalidArgument(
        `Values in \`export_outputs\` must be ExportOutput objects, received: {${given.join(", ")}}.`,
      );
    }
  }
  const keys = Object.keys(exportOutputs);
  if (keys.includes(defaultSignatureKey)) return exportOutputs;
  if (keys.length === 1) return { ...exportOutputs, [defaultSignatureKey]: exportOutputs[keys[0]!]! };
  if (keys.length === 0) return { [defaultSignatureKey]: predictOutput(predictions!) };
  throw invalidArgument(
    "Multiple `export_outputs` were provided, but none of them are specified as the default. Use`tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY` to specify a default.",
  );
}

/** The operation of what may be given as a tensor. */
export function asOperation(op: Operation | Tensor): Operation {
  return op instanceof Tensor ? op.op : op;
}
