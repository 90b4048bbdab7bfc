import { invalidArgument, notFound, type StatusCodeName, StatusError, toStatusError } from "../../core/status-error.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { infer } from "./infer.js";
import { inferMetadata, isModelReady, isServerReady, serverMetadata } from "./model-metadata.js";
import { checkManagement, repositoryIndex } from "./repository.js";
import { decodeInferBody, encodeInferBody, jsonBody } from "./rest-codec.js";

/** The header that says where the JSON of a body ends and the binary data begins. */
export const headerLengthHeader = "inference-header-content-length";

/** The answer to a request to `/v2…`. */
export interface InferenceAnswer {
  readonly code: StatusCodeName;
  readonly body: Uint8Array;
  readonly model: string;
  /** The JSON's length where binary data follows it. */
  readonly headerLength?: number;
  /** What went wrong, where something did. */
  readonly error?: StatusError;
}

/** What a path under `/v2` means. */
export interface InferenceRoute {
  readonly action: "server" | "live" | "ready" | "model" | "model-ready" | "infer" | "index" | "load" | "unload";
  readonly model: string;
  readonly version: string;
}

const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer))?$/;
const repositoryPath = /^\/v2\/repository\/(?:(index)|models\/([^/]+)\/(load|unload))$/;
const empty = new Uint8Array(0);

/** Whether a path belongs to the Open Inference Protocol. */
export function isInferencePath(path: string): boolean {
  return /^\/v2(?:[/?]|$)/.test(path);
}

/** Takes a method and a path apart; undefined for what the protocol does not have. The query does not count. */
export function inferenceRoute(method: string, path: string): InferenceRoute | undefined {
  const plain = path.split("?", 1)[0]!;
  if (method === "GET") {
    if (plain === "/v2" || plain === "/v2/") return { action: "server", model: "", version: "" };
    if (plain === "/v2/health/live") return { action: "live", model: "", version: "" };
    if (plain === "/v2/health/ready") return { action: "ready", model: "", version: "" };
  }
  const found = modelPath.exec(plain);
  if (found !== null) {
    const [, model = "", version = "", verb = ""] = found;
    const names = { model: unescapePath(model), version: unescapePath(version) };
    if (method === "POST" && verb === "infer") return { action: "infer", ...names };
    if (method === "GET" && verb === "ready") return { action: "model-ready", ...names };
    return method === "GET" && verb === "" ? { action: "model", ...names } : undefined;
  }
  const [, index, model = "", verb] = repositoryPath.exec(plain) ?? [];
  if (method !== "POST") return undefined;
  if (index !== undefined) return { action: "index", model: "", version: "" };
  return verb === undefined
    ? undefined
    : { action: verb as "load" | "unload", model: unescapePath(model), version: "" };
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument(`'${text}' is not a percent-encoded name`);
  }
}

/** Answers a request to `/v2…`: never throws, a failure is an answer too. */
export async function answerInference(
  context: ApiContext,
  method: string,
  path: string,
  body: Uint8Array,
  headerLength: string | undefined,
  call: CallContext,
): Promise<InferenceAnswer> {
  let model = "";
  try {
    const route = inferenceRoute(method, path);
    if (route === undefined) throw notFound(`Unknown request: ${method} ${path}`);
    model = route.model;
    return { code: "OK", model, ...(await answer(context, route, body, headerLength, call)) };
  } catch (error) {
    const failure = toStatusError(error, "INTERNAL");
    return { code: failure.code, model, body: jsonBody({ error: failure.message }), error: failure };
  }
}

async function answer(
  context: ApiContext,
  { action, model, version }: InferenceRoute,
  body: Uint8Array,
  headerLength: string | undefined,
  call: CallContext,
): Promise<{ readonly body: Uint8Array; readonly headerLength?: number }> {
  switch (action) {
    case "server":
      return { body: jsonBody(serverMetadata) };
    case "live":
      return { body: empty };
    case "ready":
      if (!isServerReady(context)) throw new StatusError("UNAVAILABLE", "the models are not available");
      return { body: empty };
    case "model-ready":
      if (!isModelReady(context, model, version))
        throw new StatusError("UNAVAILABLE", `Model ${model} is not available`);
      return { body: empty };
    case "model":
      return { body: jsonBody(await inferMetadata(context, model, version, call)) };
    case "infer": {
      const { request, isBinary } = decodeInferBody(body, lengthOf(headerLength), { name: model, version });
      const response = encodeInferBody(await infer(context, request, call), isBinary);
      return response.headerLength === undefined
        ? { body: response.body }
        : { body: response.body, headerLength: response.headerLength };
    }
    case "index":
      return { body: jsonBody(repositoryIndex(context, body.length > 0 && wantsReady(body))) };
    case "load":
      checkManagement(call);
      await context.core.loadModel({ name: model });
      return { body: empty };
    case "unload":
      checkManagement(call);
      await context.core.unloadModel(model);
      return { body: empty };
  }
}

function lengthOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(header)) throw invalidArgument(`'${header}' is no length of a JSON part`);
  return Number(header);
}

/** The index request's `ready`: only models that answer. */
function wantsReady(body: Uint8Array): boolean {
  let request: unknown;
  try {
    request = JSON.parse(Buffer.from(body).toString());
  } catch (error) {
    throw invalidArgument(`JSON Parse error: ${(error as Error).message}`);
  }
  return typeof request === "object" && request !== null && "ready" in request && request.ready === true;
}
