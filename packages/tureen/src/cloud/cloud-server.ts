import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { makeFolders } from "../core/file-system.js";
import { httpCode, invalidArgument, StatusError, toStatusError } from "../core/status-error.js";
import { encodeText } from "../core/text.js";
import { type Log, silentLog } from "../serving/log.js";
import type { ModelServer } from "../serving/model-server.js";
import { discoveryDocument, isDiscoveryPath } from "./api/discovery.js";
import { googleErrorBody } from "./api/google-error.js";
import { answer } from "./api/router.js";
import { type CloudContext, type CloudLimits, defaultLimits } from "./cloud-context.js";
import type { Database } from "./database/database.js";
import { embeddedDatabase } from "./database/embedded-database.js";
import { databaseId, migrate } from "./database/migrate.js";
import { postgresDatabase } from "./database/postgres-database.js";
import { openDeployStore } from "./deploy/deploy-store.js";
import { clearUnfinished, deployedPaths } from "./deploy/deploy-version.js";
import { modelCache } from "./deploy/model-cache.js";
import { modelCopies } from "./deploy/model-copies.js";
import { type ServedModelsOptions, servedModels } from "./deploy/served-models.js";
import { type JobQueue, openJobQueue } from "./jobs/job-queue.js";
import { startQueueWorker } from "./jobs/queue-worker.js";
import { dropLeases } from "./jobs/task-rows.js";
import { joinServers } from "./store/servers.js";

/** How a cloud server is set up. */
export interface CloudServerOptions {
  /** 0 (the default) for a port that is free. */
  readonly port?: number;
  /** The address to bind; this machine's own (127.0.0.1) unless said, because calls are not authenticated. */
  readonly host?: string;
  /** Folder for the deployed models or copies of them and, without a URL, for the database. */
  readonly dataDir: string;
  /**
   * Where deployed models are kept: `s3://bucket/prefix`, `gs://bucket/prefix` or a folder; the data folder unless said, which the servers of one
   * database then have to share.
   */
  readonly store?: string;
  /** `postgres://…`: a PostgreSQL server; the embedded database without it. */
  readonly databaseUrl?: string;
  /** Shards of batch prediction that this server does at a time, each in a process of its own; 1 unless said, 0 for none. */
  readonly jobWorkers?: number;
  readonly limits?: Partial<CloudLimits>;
  /** Opens TensorFlow Serving's ports beside the REST API, on the same copy of the models: see `servedModels` for their names. */
  readonly serving?: ServedModelsOptions;
  readonly log?: Log;
}

/** A cloud server that listens. */
export interface CloudServer {
  readonly port: number;
  /** The model server of the same models, where there is one. */
  readonly modelServer: ModelServer | undefined;
  /** Takes no more calls, interrupts jobs (they go on at the next start), closes the database. */
  close(): Promise<void>;
}

/**
 * Starts a server of Cloud ML Engine's v1 REST API.
 *
 * What a crash left is cleared up first: versions are there complete or not at all, jobs go on. UNAVAILABLE where the port is taken.
 */
export async function startCloudServer(options: CloudServerOptions): Promise<CloudServer> {
  const dataDir = resolve(options.dataDir);
  makeFolders(dataDir);
  const database =
    options.databaseUrl === undefined
      ? await embeddedDatabase(join(dataDir, "database"))
      : postgresDatabase(options.databaseUrl);
  try {
    await migrate(database);
    const queue = await openJobQueue(database);
    return await startOn(database, queue, dataDir, options);
  } catch (error) {
    await closeQuietly(database);
    throw error;
  }
}

async function startOn(
  database: Database,
  queue: JobQueue,
  dataDir: string,
  options: CloudServerOptions,
): Promise<CloudServer> {
  const { log = silentLog, host = "127.0.0.1", jobWorkers: processes = 1 } = options;
  if (database.isEmbedded) await dropLeases(database);
  const stopping = new AbortController();
  const owner = randomUUID();
  const { store: storePath } = options;
  const store = openDeployStore({
    dataDir,
    databaseId: await databaseId(database),
    owner,
    ...(storePath === undefined ? {} : { store: storePath }),
  });
  const copies = modelCopies(dataDir, store.root);
  const served =
    options.serving === undefined ? undefined : await servedModels(database, copies, { log, ...options.serving });
  const models = served ?? modelCache(copies, () => deployedPaths(database));
  const presence = await joinServers(database, owner, log, async () => {
    await clearUnfinished(context);
    await models.refresh();
  });
  const context: CloudContext = {
    database,
    store,
    owner,
    models,
    uses: new Map(),
    limits: { ...defaultLimits, ...options.limits },
    log,
    queue,
    worker: processes === 0 ? undefined : startQueueWorker({ database, queue, processes, log }),
    background: new Set(),
    stopping: stopping.signal,
  };
  const server = createServer((request, response) => {
    void handle(context, request, response).catch((error: unknown) => {
      log.warning("cloud", `Request ${request.method} ${request.url} broke off: ${String(error)}`);
      response.destroy();
    });
  });
  try {
    await clearUnfinished(context);
    await models.refresh();
    await listen(server, options.port ?? 0, host);
  } catch (error) {
    await Promise.all([presence.leave(), context.worker?.close(), models.close()]);
    await queue.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  log.info("cloud", `Serving the ML v1 API at http://${host}:${port}/v1, discovery at /$discovery/rest?version=v1`);
  return {
    port,
    modelServer: served?.server,
    async close() {
      stopping.abort();
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeIdleConnections();
      await Promise.all([...context.background, context.worker?.close()]);
      await queue.close();
      server.closeAllConnections();
      await closed;
      await Promise.all([presence.leave(), models.close()]);
      await database.close();
    },
  };
}

async function closeQuietly(database: Database): Promise<void> {
  try {
    await database.close();
  } catch {
    // The failure that led here is the one to report.
  }
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "the address is already in use" : error.message;
      fail(new StatusError("UNAVAILABLE", `Cannot listen on port ${port}: ${reason}`, { cause: error }));
    });
    server.listen({ port, host }, done);
  });
}

async function handle(context: CloudContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let status = 200;
  let text: string;
  try {
    const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
    if (isDiscoveryPath(url.pathname)) {
      text = JSON.stringify(discoveryDocument(`${url.protocol}//${url.host}/`));
    } else if (url.pathname === "/healthz") {
      text = "{}";
    } else {
      const body = await readLimited(request, context.limits.maxRequestBytes);
      const path = decodeURIComponent(url.pathname).replace(/^\/v1\//, "");
      const method = request.headers["x-http-method-override"] ?? request.method ?? "GET";
      const result = await answer(context, { method: String(method), path, query: url.searchParams, body });
      text = typeof result === "string" ? result : `${JSON.stringify(result, null, 2)}\n`;
    }
  } catch (error) {
    const known = error instanceof URIError ? invalidArgument("Malformed URL.") : toStatusError(error, "INTERNAL");
    if (known.code === "INTERNAL") context.log.error("cloud", `${request.method} ${request.url}: ${known.message}`);
    status = httpCode(known.code);
    text = googleErrorBody(known);
  }
  const bytes = encodeText(text);
  response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8", "Content-Length": bytes.length });
  response.end(bytes);
}

async function readLimited(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    // Read to the end all the same, so that the client gets to see the answer.
    if (size <= limit) chunks.push(chunk as Buffer);
  }
  if (size > limit) throw invalidArgument(`Request payload size exceeds the limit: ${limit} bytes.`);
  return Buffer.concat(chunks);
}
