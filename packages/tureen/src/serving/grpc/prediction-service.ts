import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { toStatusError } from "../../core/status-error.js";
import { classify } from "../api/classify.js";
import { getModelMetadata } from "../api/get-model-metadata.js";
import { multiInference } from "../api/multi-inference.js";
import { predict } from "../api/predict.js";
import { regress } from "../api/regress.js";
import type { ApiContext } from "../api/request-context.js";
import {
  decodeExamplesRequest,
  decodeModelMetadataRequest,
  decodeMultiInferenceRequest,
  decodePredictRequest,
} from "./decode-request.js";
import {
  encodeClassifyResponse,
  encodeModelMetadataResponse,
  encodeMultiInferenceResponse,
  encodePredictResponse,
  encodeRegressResponse,
} from "./encode-response.js";
import { type ByteHandler, byteMethod, unary } from "./unary.js";

/** The full name of the service that predicts. */
export const predictionServiceName = "tensorflow.serving.PredictionService";

/** How the service is set up. */
export interface PredictionServiceOptions {
  readonly context: ApiContext;
  /** Answer tensors in `tensor_content` rather than in `*_val` lists. */
  readonly asContent: boolean;
  /** Told of every call, so that a server that stops can wait for it. */
  readonly track: (work: Promise<void>) => void;
}

/** PredictionService on hot codecs. */
export function predictionService({ context, asContent, track }: PredictionServiceOptions): {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
} {
  const methods: Readonly<Record<string, ByteHandler>> = {
    Predict: counted(context, "Predict", decodePredictRequest, async (request, call) =>
      encodePredictResponse(await predict(context, request, call), asContent),
    ),
    Classify: counted(context, "Classify", decodeExamplesRequest, async (request, call) =>
      encodeClassifyResponse(await classify(context, request, call)),
    ),
    Regress: counted(context, "Regress", decodeExamplesRequest, async (request, call) =>
      encodeRegressResponse(await regress(context, request, call)),
    ),
    MultiInference: async (bytes, call) =>
      encodeMultiInferenceResponse(await multiInference(context, decodeMultiInferenceRequest(bytes), call)),
    GetModelMetadata: async (bytes, call) =>
      encodeModelMetadataResponse(await getModelMetadata(context, decodeModelMetadataRequest(bytes), call)),
  };
  return byteService(predictionServiceName, methods, track);
}

/** A service of unary methods on bytes. */
export function byteService(
  name: string,
  methods: Readonly<Record<string, ByteHandler>>,
  track: (work: Promise<void>) => void,
): { definition: ServiceDefinition; implementation: UntypedServiceImplementation } {
  const entries = Object.entries(methods);
  return {
    definition: Object.fromEntries(entries.map(([method]) => [method, byteMethod(`/${name}/${method}`)])),
    implementation: Object.fromEntries(entries.map(([method, handler]) => [method, unary(handler, track)])),
  };
}

/** Counts requests by model and status, and measures those that went well. */
function counted<Request extends { readonly modelSpec: { readonly name: string } | undefined }>(
  { metrics }: ApiContext,
  api: string,
  decode: (bytes: Uint8Array) => Request,
  handle: (request: Request, call: Parameters<ByteHandler>[1]) => Promise<Uint8Array>,
): ByteHandler {
  return async (bytes, call) => {
    const start = performance.now();
    const request = decode(bytes);
    const model = request.modelSpec?.name ?? "";
    try {
      const response = await handle(request, call);
      metrics.requestLatency.observe([model, api, "GRPC"], Math.round((performance.now() - start) * 1000));
      metrics.requestCount.increment([model, "OK"]);
      return response;
    } catch (error) {
      metrics.requestCount.increment([model, toStatusError(error, "INTERNAL").code]);
      throw error;
    }
  };
}
