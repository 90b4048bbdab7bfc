import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument, type StatusCodeName, type StatusError } from "../../core/status-error.js";
import { acquireServable } from "../api/acquire-servable.js";
import { classify } from "../api/classify.js";
import { getModelMetadata, signatureDefField } from "../api/get-model-metadata.js";
import { getModelStatus } from "../api/get-model-status.js";
import { defaultSignatureName } from "../api/model-spec.js";
import { predictWith } from "../api/predict.js";
import { regress } from "../api/regress.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { noteClassify, notePredict, noteRegress } from "../request-log/note-messages.js";
import { decodeBody, decodeExamplesRequest, decodePredictRequest, decodeSignatureName } from "./decode-request.js";
import {
  encodeClassifyResponse,
  encodeModelMetadataResponse,
  encodeModelStatusResponse,
  encodePredictResponse,
  encodeRegressResponse,
} from "./encode-response.js";
import { type RestRoute, routeOf } from "./router.js";
import { restStatus } from "./status.js";

/** The answer to a request: the body is a text of one character a byte. */
export interface RestAnswer {
  readonly code: StatusCodeName;
  readonly body: string;
  readonly model: string;
  readonly method: string;
  /** What went wrong, where something did. */
  readonly error?: StatusError;
}

/** Answers a request to `/v1/…`: never throws, a failure is an answer too. */
export async function answerModelApi(
  context: ApiContext,
  httpMethod: string,
  path: string,
  body: Uint8Array,
  call: CallContext,
): Promise<RestAnswer> {
  const route = routeOf(httpMethod, path);
  // TensorFlow Serving fails on this before it sets a body.
  if ("badVersion" in route) {
    const error = invalidArgument(`Version ${route.badVersion} does not fit 64 bits`);
    return { code: error.code, body: "", model: route.model, method: "", error };
  }
  const { model, method } = route;
  try {
    return { code: "OK", body: await answer(context, route, httpMethod, path, body, call), model, method };
  } catch (error) {
    return { ...restStatus(error), model, method };
  }
}

async function answer(
  context: ApiContext,
  route: RestRoute,
  httpMethod: string,
  path: string,
  body: Uint8Array,
  call: CallContext,
): Promise<string> {
  const spec = (signatureName: string): ModelSpecMessage => specOf(route, signatureName);
  switch (route.action) {
    case "predict":
      return restPredict(context, spec, body, call);
    case "classify": {
      const start = performance.now();
      const document = decodeBody(body);
      const modelSpec = spec(decodeSignatureName(document));
      const request = { modelSpec, input: decodeExamplesRequest(document) };
      if (call.record !== undefined) call.record.decode = performance.now() - start;
      const response = await classify(context, request, call);
      noteClassify(context, request, response);
      return encoded(call, () => encodeClassifyResponse(response.result));
    }
    case "regress": {
      const start = performance.now();
      const document = decodeBody(body);
      const modelSpec = spec(decodeSignatureName(document));
      const request = { modelSpec, input: decodeExamplesRequest(document) };
      if (call.record !== undefined) call.record.decode = performance.now() - start;
      const response = await regress(context, request, call);
      noteRegress(context, request, response);
      return encoded(call, () => encodeRegressResponse(response.values));
    }
    case "metadata":
      checkModelName(route);
      return encodeModelMetadataResponse(
        await getModelMetadata(context, { modelSpec: spec(""), fields: [signatureDefField] }, call),
      );
    case "status":
      checkModelName(route);
      return encodeModelStatusResponse(getModelStatus(context, spec(""), call));
    case "malformed":
      throw invalidArgument(`Malformed request: ${httpMethod} ${path}`);
  }
}

/** Predict: the signature decides how the body is read, so the servable is held from there on. */
async function restPredict(
  context: ApiContext,
  spec: (signatureName: string) => ModelSpecMessage,
  body: Uint8Array,
  call: CallContext,
): Promise<string> {
  const start = performance.now();
  const document = decodeBody(body);
  const given = decodeSignatureName(document);
  const modelSpec = spec(given);
  const handle = await acquireServable(context, modelSpec, call);
  try {
    const name = given === "" ? defaultSignatureName : given;
    const signature = handle.servable.signatures.get(name);
    if (signature === undefined) {
      throw invalidArgument(`Serving signature name: "${name}" not found in signature def`);
    }
    const { format, inputs } = decodePredictRequest(document, signature, given);
    const request = { modelSpec, inputs, outputFilter: [] };
    if (call.record !== undefined) call.record.decode = performance.now() - start;
    const response = await predictWith(context, handle.servable, request, call);
    notePredict(context, request, response);
    return encoded(call, () => encodePredictResponse(response.outputs, format));
  } finally {
    handle.release();
  }
}

/** Encodes an answer and notes how long that takes. */
function encoded({ record }: CallContext, encode: () => string): string {
  const start = performance.now();
  const text = encode();
  if (record !== undefined) record.encode = performance.now() - start;
  return text;
}

function checkModelName({ model }: RestRoute): void {
  if (model === "") throw invalidArgument("Missing model name in request.");
}

function specOf({ model, version, label }: RestRoute, signatureName: string): ModelSpecMessage {
  if (version !== undefined) return { name: model, version, signatureName };
  if (label !== undefined) return { name: model, versionLabel: label, signatureName };
  return { name: model, signatureName };
}
