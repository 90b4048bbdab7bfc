import type { ClassificationTable } from "@tureen/protos/classification-response";
import type { ExamplesRequestMessage, ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import { noteRuntime } from "../monitoring/request-record.js";
import type { Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { classificationTable, classificationTensors } from "./classification.js";
import { examplesTensor } from "./examples.js";
import { answeredSpec, signatureName } from "./model-spec.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { noteSignature, runServable } from "./run-servable.js";
import { always, type Soon, whenDone } from "./when-done.js";

/** The answer to Classify. */
export interface ClassifyResponse {
  readonly modelSpec: ModelSpecMessage;
  readonly result: ClassificationTable;
}

/** PredictionService.Classify (servables/tensorflow/classifier.cc). */
export function classify(
  context: ApiContext,
  request: ExamplesRequestMessage,
  call: CallContext,
): Soon<ClassifyResponse> {
  return whenDone(acquireServable(context, request.modelSpec, call), (handle) =>
    always(
      () => classifyWith(context, handle.servable, request, call),
      () => handle.release(),
    ),
  );
}

/** Classify on a servable that is at hand. */
export function classifyWith(
  context: ApiContext,
  servable: Servable,
  request: ExamplesRequestMessage,
  call: CallContext,
): Soon<ClassifyResponse> {
  const name = signatureName(request.modelSpec);
  const signature = servable.signatures.get(name);
  if (signature === undefined) throw invalidArgument(`No signature was found with the name: ${name}`);
  noteSignature(call, servable, signature);
  const tensors = classificationTensors(signature, context.checkMethodName);
  const value = examplesTensor(request.input);
  const start = performance.now();
  const run = runServable(context, call, servable, [{ input: tensors.input, value }], tensors.fetches);
  return whenDone(run, (outputs) => {
    noteRuntime(context.metrics, servable, "Classify", start);
    const classes = tensors.classes === undefined ? undefined : outputs[0];
    const scores = tensors.scores === undefined ? undefined : outputs[outputs.length - 1];
    const result = classificationTable(classes, scores, value.shape[0]!);
    return { modelSpec: answeredSpec(servable, name), result };
  });
}
