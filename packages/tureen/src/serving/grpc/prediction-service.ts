import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { toStatusError } from "../../core/status-error.js";
import { classify } from "../api/classify.js";
import { getModelMetadata } from "../api/get-model-metadata.js";
import { multiInference } from "../api/multi-inference.js";
import { predict } from "../api/predict.js";
import { regress } from "../api/regress.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import type { Soon } from "../api/when-done.js";
import { countAnswered, countRequest, RequestRecord } from "../monitoring/request-record.js";
import type { LoggedKind } from "../request-log/prediction-log.js";
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
import type { ByteHandler } from "./unary.js";

/** The full name of the service that predicts. */
export const predictionServiceName = "tensorflow.serving.PredictionService";

/** PredictionService on hot codecs; tensors go out in `tensor_content` under `asContent`, else in `*_val` lists. */
export function predictionMethods(context: ApiContext, asContent: boolean): Readonly<Record<string, ByteHandler>> {
  return {
    Predict: counted(context, "predict", {
      api: "Predict",
      decode: decodePredictRequest,
      holdsBytes: ({ inputs }) => [...inputs.values()].some((value) => value?.dtype === "string"),
      handle: predict,
      encode: (response) => encodePredictResponse(response, asContent),
    }),
    Classify: counted(context, "classify", {
      api: "Classify",
      decode: decodeExamplesRequest,
      holdsBytes: () => true,
      handle: classify,
      encode: encodeClassifyResponse,
    }),
    Regress: counted(context, "regress", {
      api: "Regress",
      decode: decodeExamplesRequest,
      holdsBytes: () => true,
      handle: regress,
      encode: encodeRegressResponse,
    }),
    MultiInference: async (bytes, call) => {
      const request = decodeMultiInferenceRequest(bytes);
      const response = encodeMultiInferenceResponse(await multiInference(context, request, call));
      const spec = request.tasks[0]?.modelSpec;
      if (spec !== undefined)
        context.requestLog?.note(
          spec,
          "multiInference",
          () => bytes,
          () => response,
        );
      return response;
    },
    GetModelMetadata: async (bytes, call) =>
      encodeModelMetadataResponse(await getModelMetadata(context, decodeModelMetadataRequest(bytes), call)),
  };
}

/** An RPC in the parts that are measured one by one. */
interface Stages<Request, Response> {
  /** What TensorFlow Serving's metrics call it. */
  readonly api: string;
  readonly decode: (bytes: Uint8Array) => Request;
  /** Whether a decoded request still has parts of the message in it. */
  readonly holdsBytes: (request: Request) => boolean;
  readonly handle: (context: ApiContext, request: Request, call: CallContext) => Soon<Response>;
  readonly encode: (response: Response) => Uint8Array;
}

/** Counts requests by model and status, measures those that went well, and hands them to the request log. */
function counted<
  Request extends { readonly modelSpec: ModelSpecMessage | undefined },
  Response extends { readonly modelSpec: ModelSpecMessage },
>(
  context: ApiContext,
  kind: LoggedKind,
  { api, decode, holdsBytes, handle, encode }: Stages<Request, Response>,
): ByteHandler {
  const { metrics } = context;
  return (bytes, call) => {
    const start = performance.now();
    const request = decode(bytes);
    const decoded = performance.now();
    const isLogged = context.requestLog?.isLogged(request.modelSpec?.name ?? "") ?? false;
    if (call.releaseBody !== undefined && !isLogged && !holdsBytes(request)) call.releaseBody();
    const record = new RequestRecord();
    (call as { record?: RequestRecord }).record = record;
    const answered = (response: Response): Uint8Array => {
      const handled = performance.now();
      const encoded = encode(response);
      const end = performance.now();
      countAnswered(metrics, record.servable!, api, end - start);
      record.decode = decoded - start;
      record.encode = end - handled;
      countRequest(metrics, record, "OK");
      if (isLogged) {
        context.requestLog?.note(
          response.modelSpec,
          kind,
          () => bytes,
          () => encoded,
        );
      }
      return encoded;
    };
    const failed = (error: unknown): never => {
      const { code } = toStatusError(error, "INTERNAL");
      metrics.requestCount.increment([request.modelSpec?.name ?? "", code]);
      countRequest(metrics, record, code);
      throw error;
    };
    try {
      const response = handle(context, request, call);
      return response instanceof Promise ? response.then(answered).catch(failed) : answered(response);
    } catch (error) {
      return failed(error);
    }
  };
}
