import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { httpCode, type StatusError, toStatusError } from "../../core/status-error.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { retryAfterSeconds } from "../gate/admission.js";
import { callerOf, type Gate, mayManage } from "../gate/gate.js";
import { answerInference, headerLengthHeader, isInferencePath } from "../inference/rest-api.js";
import type { Metric } from "../monitoring/metrics.js";
import { prometheusPage } from "../monitoring/prometheus-page.js";
import { countRequest, RequestRecord } from "../monitoring/request-record.js";
import type { RequestWatch, WatchedRequest } from "../tracing/request-watch.js";
import { packedBody } from "./compress.js";
import { type CorsOrigins, corsHeaders, isAllowedOrigin } from "./cors.js";
import type { ExtraPages } from "./extra-pages.js";
import { jsonBytes } from "./json-text.js";
import { answerManagement, isManagementPath } from "./management-api.js";
import { answerModelApi } from "./model-api.js";
import {
  isPlatformHealth,
  isPlatformPredict,
  type PlatformRoutes,
  type TranslatedRequest,
  translateRequest,
} from "./platform-routes.js";
import { readBody } from "./read-body.js";
import { isModelApiPath } from "./router.js";
import { errorBody } from "./status.js";

/** What answering requests takes. */
export interface RequestHandlerOptions {
  readonly context: ApiContext;
  readonly gate: Gate;
  /** Milliseconds a run may take, 0 or less for ever. */
  readonly timeoutMs: number;
  /** Undefined for answers without CORS headers. */
  readonly cors: CorsOrigins | undefined;
  /** Path of TensorFlow Serving's metrics page, undefined where the monitoring configuration has none. */
  readonly prometheusPath: string | undefined;
  /** What the metrics pages show. */
  readonly metrics: readonly Metric[];
  /** Pack answers for clients that accept gzip. */
  readonly compress: boolean;
  /** What sees every API request come and go, where something does. */
  readonly watch: RequestWatch | undefined;
  /** Routes that the platform asks on. */
  readonly platform: PlatformRoutes | undefined;
  /** Pages beside TensorFlow Serving's. */
  readonly pages: ExtraPages | undefined;
  /** Whether the server is stopping: then it is not ready. */
  readonly isStopping: () => boolean;
}

/** What libevent, under TensorFlow Serving, answers on a path that nobody handles. */
const notFoundPage = "<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n</HEAD><BODY>\n<H1>Not Found</H1>\n</BODY></HTML>\n";

/** An answer on its way out. */
interface Reply {
  readonly code: number;
  readonly body: Uint8Array;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What went wrong, where something did. */
  readonly error?: StatusError;
}

/** Answers one request; rejects only where the connection itself breaks. */
export async function handleRequest(
  options: RequestHandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? "/";
  const plain = path.split("?", 1)[0]!;
  const { prometheusPath, platform } = options;
  const method = request.method ?? "GET";
  // First, as the platform's routes may look like the model API's.
  if (isPlatformPredict(platform, method, plain)) {
    await handleApi(options, path, request, response, (body) => translateRequest(platform!, request.headers, body));
    return;
  }
  if (isPlatformHealth(platform, method, plain)) {
    sendReadiness(options, response);
    return;
  }
  if (isModelApiPath(path) || isInferencePath(path) || isManagementPath(path)) {
    await handleApi(options, path, request, response);
    return;
  }
  if (prometheusPath !== undefined && plain === prometheusPath) {
    if (path === prometheusPath) send(response, 200, "text/plain", prometheusPage(options.metrics));
    else send(response, 400, "text/plain", `Unexpected path: ${path}. Should be ${prometheusPath}`);
  } else if (plain === "/metrics") {
    send(response, 200, "text/plain", prometheusPage(options.metrics));
  } else if (plain === "/healthz") {
    send(response, 200, "text/plain", "ok\n");
  } else if (plain === "/readyz") {
    sendReadiness(options, response);
  } else if (plain === "/" && sendHome(options, request, response)) {
    return;
  } else if (!sendExtraPage(options, plain, request, response)) {
    send(response, 404, "text/html", notFoundPage);
  }
}

/** Whether the server is ready, with a line for each model. */
function sendReadiness({ context, isStopping }: RequestHandlerOptions, response: ServerResponse): void {
  const models = context.core.readiness();
  const isReady = context.core.isReady() && !isStopping();
  const lines = models.map(({ name, ready }) => `${name}: ${ready ? "available" : "not available"}\n`);
  send(response, isReady ? 200 : 503, "text/plain", lines.join(""));
}

/** Sends a browser to the page for people; false where there is none, and for all other clients, whom TensorFlow Serving answers 404. */
function sendHome({ pages }: RequestHandlerOptions, request: IncomingMessage, response: ServerResponse): boolean {
  if (pages?.home === undefined || (request.method !== "GET" && request.method !== "HEAD")) return false;
  if (request.headers.accept?.includes("text/html") !== true) return false;
  response.writeHead(302, { Location: pages.home, "Content-Length": 0 }).end();
  return true;
}

/** Answers with a page beside TensorFlow Serving's; false where there is none under the path. */
function sendExtraPage(
  { pages, gate }: RequestHandlerOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  const page = pages?.page(path);
  if (page === undefined) return false;
  try {
    if (page.needsCaller) callerOf(gate, () => credentialsOf(request));
  } catch (error) {
    const { code, body, type, headers } = refusal(toStatusError(error, "INTERNAL"), request);
    response.writeHead(code, { "Content-Type": type, ...headers, "Content-Length": body.length }).end(body);
    return true;
  }
  response.writeHead(200, { "Content-Type": page.type, ...page.headers, "Content-Length": page.body.length });
  response.end(request.method === "HEAD" ? undefined : page.body);
  return true;
}

async function handleApi(
  options: RequestHandlerOptions,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  translate?: (body: Uint8Array) => TranslatedRequest,
): Promise<void> {
  const { context, gate, cors } = options;
  const extra = corsHeaders(cors, request);
  if (request.method === "OPTIONS") {
    const isAllowed = isAllowedOrigin(cors, request);
    context.metrics.requestCount.increment(["", isAllowed ? "OK" : "FAILED_PRECONDITION"]);
    response.writeHead(isAllowed ? 200 : 400, { ...extra, "Content-Length": 0 }).end();
    return;
  }
  let reply: Reply;
  const watched = watchRequest(options.watch, path, request);
  let record: RequestRecord | undefined;
  try {
    const caller = callerOf(gate, () => credentialsOf(request));
    const turn = gate.admission.enter();
    if (turn !== undefined) await turn;
    try {
      const { timeoutMs } = options;
      const body = await readBody(request, gate.maxRequestBytes);
      const asked = translate?.(body) ?? { path, body };
      const call: CallContext = {
        ...(timeoutMs > 0 ? { deadline: performance.now() + timeoutMs } : {}),
        isCancelled: () => response.destroyed,
        caller,
        mayManage: mayManage(gate, caller),
        record: new RequestRecord(),
      };
      record = call.record;
      const answering = (): Promise<Reply> => answer(context, asked.path, request, asked.body, call);
      reply = await (watched === undefined ? answering() : watched.run(answering));
    } finally {
      gate.admission.leave();
    }
  } catch (error) {
    const refused = toStatusError(error, "INTERNAL");
    if (refused.code === "CANCELLED") {
      watched?.end({ record, error: refused });
      throw refused;
    }
    context.metrics.refusedCount.increment([refused.code]);
    reply = { ...refusal(refused, request), error: refused };
  }
  const packed = options.compress ? await packedBody(reply.body, request.headers["accept-encoding"]) : undefined;
  const body = packed ?? reply.body;
  response.writeHead(reply.code, {
    "Content-Type": reply.type,
    ...extra,
    ...reply.headers,
    ...(options.compress ? { Vary: varyOf(extra) } : {}),
    ...(packed === undefined ? {} : { "Content-Encoding": "gzip" }),
    ...(watched === undefined ? {} : { "X-Request-Id": watched.id }),
    "Content-Length": body.length,
  });
  response.end(request.method === "HEAD" ? undefined : body);
  watched?.end(reply.error === undefined ? { record } : { record, error: reply.error });
}

async function answer(
  context: ApiContext,
  path: string,
  request: IncomingMessage,
  body: Uint8Array,
  call: CallContext,
): Promise<Reply> {
  const { metrics } = context;
  const start = performance.now();
  const method = request.method ?? "GET";
  const record = call.record!;
  if (isModelApiPath(path)) {
    const { code, body: text, model, method: api, error } = await answerModelApi(context, method, path, body, call);
    const bytes = jsonBytes(text);
    if (code === "OK") {
      metrics.requestLatency.observe([model, api, "REST"], Math.round((performance.now() - start) * 1000));
    }
    metrics.requestCount.increment([model, code]);
    countRequest(metrics, record, code);
    return {
      code: httpCode(code),
      body: bytes,
      type: "application/json",
      headers: versionHeader(record),
      ...noted(error),
    };
  }
  if (isManagementPath(path)) {
    const { code, body: text, error } = await answerManagement(context, method, path, body, call);
    return { code: httpCode(code), body: Buffer.from(text), type: "application/json", ...noted(error) };
  }
  const header = request.headers[headerLengthHeader];
  const jsonLength = Array.isArray(header) ? header[0] : header;
  const {
    code,
    body: bytes,
    headerLength,
    error,
  } = await answerInference(context, method, path, body, jsonLength, call);
  countRequest(metrics, record, code);
  return {
    code: httpCode(code),
    body: bytes,
    type: headerLength === undefined ? "application/json" : "application/octet-stream",
    headers: {
      ...versionHeader(record),
      ...(headerLength === undefined ? {} : { "Inference-Header-Content-Length": String(headerLength) }),
    },
    ...noted(error),
  };
}

function noted(error: StatusError | undefined): Pick<Reply, "error"> {
  return error === undefined ? {} : { error };
}

/** Begins to watch a request, under a name that is the same for every model and version. */
function watchRequest(
  watch: RequestWatch | undefined,
  path: string,
  request: IncomingMessage,
): WatchedRequest | undefined {
  if (watch === undefined) return undefined;
  const route = path
    .split("?", 1)[0]!
    .replace(/\/models\/[^/:]+/, "/models/{model}")
    .replace(/\/versions\/[^/:]+/, "/versions/{version}")
    .replace(/\/labels\/[^/:]+/, "/labels/{label}");
  return watch.begin({
    transport: "http",
    name: `${request.method} ${route}`,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  });
}

/** The caches' note that an answer depends on what the client accepts, beside what it depends on already. */
function varyOf({ Vary }: Readonly<Record<string, string>>): string {
  return Vary === undefined ? "Accept-Encoding" : `${Vary}, Accept-Encoding`;
}

/** Which version answered: TensorFlow Serving's bodies do not say. */
function versionHeader({ servable }: RequestRecord): Readonly<Record<string, string>> {
  return servable === undefined ? {} : { "X-Model-Version": String(servable.version) };
}

function credentialsOf(request: IncomingMessage): {
  authorization: string | undefined;
  commonName: string | undefined;
} {
  const socket = request.socket as Partial<TLSSocket>;
  const name = socket.authorized === true ? socket.getPeerCertificate?.().subject?.CN : undefined;
  return { authorization: request.headers.authorization, commonName: Array.isArray(name) ? name[0] : name };
}

/** A request that did not get as far as a handler. */
function refusal(error: StatusError, request: IncomingMessage): Reply {
  const body = Buffer.from(errorBody(error.message), "latin1");
  const type = "application/json";
  // What the client still sends is not read: the connection cannot be used again.
  const close = request.complete ? {} : { Connection: "close" };
  switch (error.code) {
    case "UNAUTHENTICATED":
      return { code: 401, body, type, headers: { ...close, "WWW-Authenticate": "Bearer" } };
    case "RESOURCE_EXHAUSTED":
      return error.message.startsWith("The request is larger")
        ? { code: 413, body, type, headers: close }
        : { code: 429, body, type, headers: { ...close, "Retry-After": String(retryAfterSeconds) } };
    default:
      return { code: httpCode(error.code), body, type, headers: close };
  }
}

function send(response: ServerResponse, code: number, type: string, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(code, { "Content-Type": type, "Content-Length": bytes.length }).end(bytes);
}
