import {
  type ExamplesRequestMessage,
  encodeExamplesRequest,
  encodePredictRequest,
} from "@tureen/protos/serving-messages";
import type { TensorMessage } from "@tureen/protos/tensor-proto";
import type { ClassifyResponse } from "../api/classify.js";
import type { PredictRequest, PredictResponse } from "../api/predict.js";
import type { RegressResponse } from "../api/regress.js";
import type { ApiContext } from "../api/request-context.js";
import {
  encodeClassifyResponse,
  encodePredictResponse,
  encodeRegressResponse,
  tensorMessage,
} from "../grpc/encode-response.js";

/** Logs a Predict that came without messages: over REST, or by the Open Inference Protocol. */
export function notePredict({ requestLog }: ApiContext, request: PredictRequest, response: PredictResponse): void {
  if (requestLog === undefined) return;
  requestLog.note(
    response.modelSpec,
    "predict",
    () => {
      const inputs = new Map<string, TensorMessage>();
      for (const [alias, value] of request.inputs) if (value !== undefined) inputs.set(alias, tensorMessage(value));
      return encodePredictRequest({ modelSpec: request.modelSpec!, inputs, outputFilter: request.outputFilter });
    },
    () => encodePredictResponse(response, false),
  );
}

/** Logs a Classify that came over REST. */
export function noteClassify(
  { requestLog }: ApiContext,
  request: ExamplesRequestMessage,
  response: ClassifyResponse,
): void {
  requestLog?.note(
    response.modelSpec,
    "classify",
    () => encodeExamplesRequest({ modelSpec: request.modelSpec!, input: request.input }),
    () => encodeClassifyResponse(response),
  );
}

/** Logs a Regress that came over REST. */
export function noteRegress(
  { requestLog }: ApiContext,
  request: ExamplesRequestMessage,
  response: RegressResponse,
): void {
  requestLog?.note(
    response.modelSpec,
    "regress",
    () => encodeExamplesRequest({ modelSpec: request.modelSpec!, input: request.input }),
    () => encodeRegressResponse(response),
  );
}
