import type { ExamplesRequestMessage, ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument } from "../../core/status-error.js";
import { noteRuntime } from "../monitoring/request-record.js";
import type { Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { examplesTensor } from "./examples.js";
import { answeredSpec, signatureName } from "./model-spec.js";
import { regressionTensors, regressionValues } from "./regression.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { noteSignature, runServable } from "./run-servable.js";
import { always, type Soon, whenDone } from "./when-done.js";

/** The answer to Regress. */
export interface RegressResponse {
  readonly modelSpec: ModelSpecMessage;
  /** One value an Example. */
  readonly values: Float32Array;
}

/** PredictionService.Regress (servables/tensorflow/regressor.cc). */
export function regress(
  context: ApiContext,
  request: ExamplesRequestMessage,
  call: CallContext,
): Soon<RegressResponse> {
  return whenDone(acquireServable(context, request.modelSpec, call), (handle) =>
    always(
      () => regressWith(context, handle.servable, request, call),
      () => handle.release(),
    ),
  );
}

/** Regress on a servable that is at hand. */
export function regressWith(
  context: ApiContext,
  servable: Servable,
  request: ExamplesRequestMessage,
  call: CallContext,
): Soon<RegressResponse> {
  const name = signatureName(request.modelSpec);
  const signature = servable.signatures.get(name);
  if (signature === undefined) throw invalidArgument(`No signature was found with the name: ${name}`);
  noteSignature(call, servable, signature);
  const { input, output } = regressionTensors(signature, context.checkMethodName);
  const value = examplesTensor(request.input);
  const start = performance.now();
  return whenDone(runServable(context, call, servable, [{ input, value }], [output.name]), ([result]) => {
    noteRuntime(context.metrics, servable, "Regress", start);
    return { modelSpec: answeredSpec(servable, name), values: regressionValues(result!, value.shape[0]!) };
  });
}
