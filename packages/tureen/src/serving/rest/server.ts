import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SSLConfig } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import { StatusError } from "../../core/status-error.js";
import type { Log } from "../log.js";
import { handleRequest, type RequestHandlerOptions } from "./handle-request.js";

/** How the REST half is set up. */
export interface RestServerOptions extends Omit<RequestHandlerOptions, "isStopping"> {
  readonly log: Log;
  /** The TCP port, 0 for one that is free. */
  readonly port: number;
  /** The address to bind; all of them by default. */
  readonly host?: string;
  /** TLS with these PEM texts; plain HTTP without. */
  readonly ssl?: SSLConfig;
  /** What the log calls it. */
  readonly title: string;
}

/** A REST server that listens. */
export interface RunningRestServer {
  readonly port: number;
  /** Stops taking requests, waits up to `graceMs` for those under way, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** How often a server that stops looks for connections without a request. */
const idleCheckMs = 20;
/** How long a client may take to send a request's headers: a slow one must not hold a connection for ever. */
const headersTimeoutMs = 30_000;

/** Starts the REST API with its metrics and health pages. UNAVAILABLE where the port is taken. */
export async function startRestServer(options: RestServerOptions): Promise<RunningRestServer> {
  const { log, host } = options;
  let isStopping = false;
  const handling: RequestHandlerOptions = { ...options, isStopping: () => isStopping };
  const server = listener(options.ssl);
  server.on("request", (request, response) => {
    void handleRequest(handling, request, response).catch((error: unknown) => {
      // Only the connection itself can fail here: the client went away in the middle of its request.
      if (!response.headersSent) response.writeHead(400);
      response.end();
      log.warning("rest", `Request ${request.method} ${request.url} broke off: ${String(error)}`);
    });
  });
  // Longer than usual load balancers keep idle connections, so that they close first.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = headersTimeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "the address is already in use" : error.message;
      reject(new StatusError("UNAVAILABLE", `Cannot listen on port ${options.port}: ${reason}`, { cause: error }));
    });
    server.listen({ port: options.port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const { port } = server.address() as AddressInfo;
  log.info("rest", `Exporting ${options.title} at:localhost:${port} ...`);
  return {
    port,
    close: async (graceMs) => {
      isStopping = true;
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

function listener(ssl: SSLConfig | undefined): Server {
  if (ssl === undefined) return createServer();
  return createTlsServer({
    key: ssl.serverKey,
    cert: ssl.serverCert,
    ...(ssl.customCa === "" ? {} : { ca: ssl.customCa }),
    requestCert: ssl.clientVerify,
    rejectUnauthorized: ssl.clientVerify,
  });
}
