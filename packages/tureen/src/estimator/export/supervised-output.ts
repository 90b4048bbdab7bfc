import { invalidArgument } from "../../core/status-error.js";
import { build } from "../../graph/build-op.js";
import { Operation, Tensor } from "../../graph/graph.js";
import { controlDependencies } from "../../graph/scope.js";
import { methodNames } from "../../saved-model/signature-def.js";
import type { Metric } from "../metric.js";
import type { Features } from "../model-fn.js";
import { type ExportOutput, signatureOf } from "./export-output.js";

/** What a signature that trains or evaluates gives. */
export interface SupervisedOutputs {
  readonly loss?: Tensor | Readonly<Record<string, Tensor>> | undefined;
  readonly predictions?: Tensor | Readonly<Record<string, Tensor>> | undefined;
  readonly metrics?: Readonly<Record<string, Metric>> | undefined;
}

/** The outputs of a `train` signature: `loss`, `predictions/<key>`, `metrics/<key>/value` and `metrics/<key>/update_op` (`TrainOutput`). */
export function trainOutput(outputs: SupervisedOutputs): ExportOutput {
  return supervisedOutput("train", methodNames.train, outputs);
}

/** The outputs of an `eval` signature, with the same keys (`EvalOutput`). */
export function evalOutput(outputs: SupervisedOutputs): ExportOutput {
  return supervisedOutput("eval", methodNames.eval, outputs);
}

function supervisedOutput(kind: "train" | "eval", methodName: string, outputs: SupervisedOutputs): ExportOutput {
  const named = {
    ...prefixed(outputs.loss, "loss"),
    ...prefixed(outputs.predictions, "predictions"),
    ...metricOutputs(outputs.metrics ?? {}),
  };
  return Object.freeze({
    kind,
    outputs: named,
    asSignature: (receiverTensors: Features) => signatureOf(receiverTensors, named, methodName),
  });
}

/** A key has its kind in front, unless it begins so by itself. */
function withPrefix(key: string, prefix: string): string {
  return key.startsWith(prefix) ? key : `${prefix}/${key}`;
}

function prefixed(
  tensors: Tensor | Readonly<Record<string, Tensor>> | undefined,
  prefix: string,
): Record<string, Tensor> {
  if (tensors === undefined) return {};
  const named = tensors instanceof Tensor ? { [prefix]: tensors } : tensors;
  for (const [key, tensor] of Object.entries(named)) {
    if (!(tensor instanceof Tensor))
      throw invalidArgument(`${prefix} output value must be a Tensor; got ${String(tensor)} for '${key}'.`);
  }
  return Object.fromEntries(Object.entries(named).map(([key, tensor]) => [withPrefix(key, prefix), tensor]));
}

function metricOutputs(metrics: Readonly<Record<string, Metric>>): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  for (const [name, { value, update }] of Object.entries(metrics)) {
    const key = withPrefix(name, "metrics");
    if (!(value instanceof Tensor))
      throw invalidArgument(`${key} output value must be a Tensor; got ${String(value)}.`);
    if (!(update instanceof Tensor || update instanceof Operation)) {
      throw invalidArgument(`${key} update_op must be a Tensor or Operation; got ${String(update)}.`);
    }
    outputs[`${key}/value`] = value;
    outputs[`${key}/update_op`] = update instanceof Tensor ? update : wrapped(update);
  }
  return outputs;
}

/** Signatures hold tensors alone: an empty one that waits for the operation stands for it. */
function wrapped(update: Operation): Tensor {
  return controlDependencies([update], () =>
    build(
      "Const",
      [],
      { value: { dtype: "float32", shape: [0], data: new Float32Array(0) }, dtype: "float32" },
      "metric_op_wrapper",
    ),
  );
}
