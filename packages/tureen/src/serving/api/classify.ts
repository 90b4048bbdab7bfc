import type { ClassificationTable } from "@tureen/protos/classification-response";
import type { ExamplesRequestMessage, ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import type { Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { classificationTable, classificationTensors } from "./classification.js";
import { examplesTensor } from "./examples.js";
import { answeredSpec, signatureName } from "./model-spec.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { noteSignature, runServable } from "./run-servable.js";

/** The answer to Classify. */
export interface ClassifyResponse {
  readonly modelSpec: ModelSpecMessage;
  readonly result: ClassificationTable;
}

/** PredictionService.Classify (servables/tensorflow/classifier.cc). */
export async function classify(
  context: ApiContext,
  request: ExamplesRequestMessage,
  call: CallContext,
): Promise<ClassifyResponse> {
  const handle = await acquireServable(context, request.modelSpec, call);
  try {
    return await classifyWith(context, handle.servable, request, call);
  } finally {
    handle.release();
  }
}

/** Classify on a servable that is at hand. */
export async function classifyWith(
  context: ApiContext,
  servable: Servable,
  request: ExamplesRequestMessage,
  call: CallContext,
): Promise<ClassifyResponse> {
  const name = signatureName(request.modelSpec);
  const signature = servable.signatures.get(name);
  if (signature === undefined) throw invalidArgument(`No signature was found with the name: ${name}`);
  noteSignature(call, servable, signature);
  const tensors = classificationTensors(signature, context.checkMethodName);
  const value = examplesTensor(request.input);
  const start = performance.now();
  const outputs = await runServable(context, call, servable, [{ input: tensors.input, value }], tensors.fetches);
  const micros = Math.round((performance.now() - start) * 1000);
  context.metrics.runtimeLatency.observe([servable.name, "Classify", "TF1"], micros);
  const classes = tensors.classes === undefined ? undefined : outputs[0];
  const scores = tensors.scores === undefined ? undefined : outputs[outputs.length - 1];
  const result = classificationTable(classes, scores, value.shape[0]!);
  return { modelSpec: answeredSpec(servable, name), result };
}
