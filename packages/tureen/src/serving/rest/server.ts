import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { StatusError } from "../../core/status-error.js";
import type { ApiContext } from "../api/request-context.js";
import type { Log } from "../log.js";
import type { Metric } from "../monitoring/metrics.js";
import { prometheusPage } from "../monitoring/prometheus-page.js";
import { jsonBytes } from "./json-text.js";
import { answerModelApi } from "./model-api.js";
import { readBody } from "./read-body.js";
import { isModelApiPath } from "./router.js";
import { httpCode } from "./status.js";

/** How the REST half is set up. */
export interface RestServerOptions {
  readonly context: ApiContext;
  readonly log: Log;
  /** The TCP port, 0 for one that is free. */
  readonly port: number;
  /** The address to bind; all of them by default. */
  readonly host?: string;
  /** Milliseconds a run may take, 0 or less for ever. */
  readonly timeoutMs: number;
  readonly cors: boolean;
  /** Path of TensorFlow Serving's metrics page, undefined where the monitoring configuration has none. */
  readonly prometheusPath: string | undefined;
  /** What the metrics pages show. */
  readonly metrics: readonly Metric[];
}

/** A REST server that listens. */
export interface RunningRestServer {
  readonly port: number;
  /** Stops taking requests, waits up to `graceMs` for those under way, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** How often a server that stops looks for connections without a request. */
const idleCheckMs = 20;

const corsHeaders: Readonly<Record<string, string>> = Object.freeze({
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "POST, GET",
  "Access-Control-Allow-Headers": "Content-Type",
});

/** What libevent, under TensorFlow Serving, answers on a path that nobody handles. */
const notFoundPage = "<HTML><HEAD>\n<TITLE>404 Not Found</TITLE>\n</HEAD><BODY>\n<H1>Not Found</H1>\n</BODY></HTML>\n";

/** Starts the REST API with its metrics and health pages. UNAVAILABLE where the port is taken. */
export async function startRestServer(options: RestServerOptions): Promise<RunningRestServer> {
  const { log, host } = options;
  const server = createServer((request, response) => {
    void handle(options, request, response).catch((error: unknown) => {
      // Only the connection itself can fail here: the client went away in the middle of its request.
      if (!response.headersSent) response.writeHead(400);
      response.end();
      log.warning("rest", `Request ${request.method} ${request.url} broke off: ${String(error)}`);
    });
  });
  // Longer than usual load balancers keep idle connections, so that they close first.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "the address is already in use" : error.message;
      reject(new StatusError("UNAVAILABLE", `Cannot listen on port ${options.port}: ${reason}`, { cause: error }));
    });
    server.listen({ port: options.port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info("rest", `Exporting HTTP/REST API at:localhost:${port} ...`);
  return {
    port,
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // A connection whose request has just been answered stays open for the next one unless somebody closes it.
      const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(timer);
    },
  };
}

async function handle(options: RestServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? "/";
  const method = request.method ?? "GET";
  if (isModelApiPath(path)) {
    await handleModelApi(options, method, path, request, response);
    return;
  }
  const { prometheusPath } = options;
  const plain = path.split("?", 1)[0]!;
  if (prometheusPath !== undefined && plain === prometheusPath) {
    if (path === prometheusPath) send(response, 200, "text/plain", prometheusPage(options.metrics));
    else send(response, 400, "text/plain", `Unexpected path: ${path}. Should be ${prometheusPath}`);
  } else if (plain === "/metrics") {
    send(response, 200, "text/plain", prometheusPage(options.metrics));
  } else if (plain === "/healthz") {
    send(response, 200, "text/plain", "ok\n");
  } else if (plain === "/readyz") {
    const models = options.context.core.readiness();
    const isReady = models.every(({ ready }) => ready);
    const lines = models.map(({ name, ready }) => `${name}: ${ready ? "available" : "not available"}\n`);
    send(response, isReady ? 200 : 503, "text/plain", lines.join(""));
  } else {
    send(response, 404, "text/html", notFoundPage);
  }
}

async function handleModelApi(
  { context, timeoutMs, cors }: RestServerOptions,
  method: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const start = performance.now();
  const { metrics } = context;
  const extra = cors ? corsHeaders : {};
  if (method === "OPTIONS") {
    const isAllowed = /https?:\/\//.test(request.headers.origin ?? "");
    metrics.requestCount.increment(["", isAllowed ? "OK" : "FAILED_PRECONDITION"]);
    response.writeHead(isAllowed ? 200 : 400, { ...extra, "Content-Length": 0 }).end();
    return;
  }
  const body = await readBody(request);
  const call = {
    ...(timeoutMs > 0 ? { deadline: performance.now() + timeoutMs } : {}),
    isCancelled: () => response.destroyed,
  };
  const answer = await answerModelApi(context, method, path, body, call);
  const bytes = jsonBytes(answer.body);
  response.writeHead(httpCode(answer.code), {
    "Content-Type": "application/json",
    ...extra,
    "Content-Length": bytes.length,
  });
  response.end(method === "HEAD" ? undefined : bytes);
  if (answer.code === "OK") {
    metrics.requestLatency.observe(
      [answer.model, answer.method, "REST"],
      Math.round((performance.now() - start) * 1000),
    );
  }
  metrics.requestCount.increment([answer.model, answer.code]);
}

function send(response: ServerResponse, code: number, type: string, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(code, { "Content-Type": type, "Content-Length": bytes.length }).end(bytes);
}
