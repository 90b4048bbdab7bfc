import { rmSync, statSync } from "node:fs";
import { type ChannelOptions, Server } from "@grpc/grpc-js";
import type { SSLConfig } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import { StatusCode, StatusError } from "../../core/status-error.js";
import type { ApiContext } from "../api/request-context.js";
import type { Gate } from "../gate/gate.js";
import type { Log } from "../log.js";
import type { RequestWatch } from "../tracing/request-watch.js";
import { addByteServices, byteServices } from "./byte-methods.js";
import { serverCredentials } from "./credentials.js";
import { answerDirectly } from "./direct-calls.js";
import { HealthService } from "./health-service.js";
import { allowStreamResets, http2ServersOf, openSessions } from "./http2-servers.js";
import { type ModelHealth, modelHealth } from "./model-health.js";
import { addReflection } from "./reflection.js";
import { endSilentConnections, type SilenceLimits, usualSilence } from "./silent-connections.js";
import { CallCount, type UnaryOptions } from "./unary.js";

/** How the gRPC half is set up. */
export interface GrpcServerOptions {
  readonly context: ApiContext;
  readonly gate: Gate;
  readonly log: Log;
  /** The TCP port, 0 for one that is free, undefined for none. */
  readonly port: number | undefined;
  /** The address to bind; all of them by default. */
  readonly host?: string;
  /** A UNIX socket to listen on as well. */
  readonly socketPath?: string;
  readonly ssl?: SSLConfig;
  readonly asContent: boolean;
  /** `key=value` pairs of `--grpc_channel_arguments`. */
  readonly channelArguments: ReadonlyMap<string, string | number>;
  /** Whether SessionService is there as well. */
  readonly sessionService: boolean;
  /** Answer unary calls straight on HTTP/2 instead of through the library. */
  readonly direct: boolean;
  /** What sees every call come and go, where something does. */
  readonly watch: RequestWatch | undefined;
}

/** A gRPC server that listens. */
export interface RunningGrpcServer {
  /** The TCP port, undefined where it has none. */
  readonly port: number | undefined;
  /** Stops taking calls, waits up to `graceMs` for those under way, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** Status names by their numbers. */
const statusNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(StatusCode).map(([name, code]) => [code, name] as const),
);

/** How long connections may stay open once their requests are answered. */
const lastMomentMs = 500;

/** Health names: the whole server and the two services, as TensorFlow Serving registers them. */
const healthServices = ["", "ModelService", "PredictionService"];

/** Starts PredictionService, ModelService, health and reflection on a port and a UNIX socket. UNAVAILABLE where one is taken. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  const { context, log, asContent, socketPath, host = "0.0.0.0" } = options;
  const { gate } = options;
  const limits: ChannelOptions = {
    // TensorFlow Serving allows messages up to INT32_MAX both ways.
    "grpc.max_receive_message_length": gate.maxRequestBytes > 0 ? gate.maxRequestBytes : -1,
    "grpc.max_send_message_length": -1,
    // Nobody can ask for its counts: the channelz service is not served, but keeping them costs every call.
    "grpc.enable_channelz": 0,
  };
  const settings: ChannelOptions = { ...limits, ...Object.fromEntries(options.channelArguments) };
  const server = new Server(settings);
  allowStreamResets(server);
  const calls = new CallCount();
  const services = byteServices(context, asContent, options.sessionService, log);
  const unaryOptions: UnaryOptions = {
    gate,
    calls,
    watch: options.watch,
    refused: ({ code }) => context.metrics.refusedCount.increment([statusNames[code] ?? String(code)]),
  };
  addByteServices(server, services, unaryOptions);
  const health = new HealthService(healthServices);
  health.addToServer(server);
  const models: ModelHealth = modelHealth(context.core, health);
  addReflection(server);

  let port: number | undefined;
  try {
    if (options.port !== undefined) {
      port = await bind(server, `${host}:${options.port}`, options.ssl);
      log.info("grpc", `Running gRPC ModelServer at ${host}:${port} ...`);
    }
    if (socketPath !== undefined) {
      removeStaleSocket(socketPath);
      await bind(server, `unix:${socketPath}`, options.ssl);
      log.info("grpc", `Running gRPC ModelServer at UNIX socket ${socketPath} ...`);
    }
    const silence = silenceLimits(options.channelArguments);
    for (const http2Server of http2ServersOf(server)) endSilentConnections(http2Server, silence);
    if (options.direct) {
      answerDirectly(server, services, {
        ...unaryOptions,
        maxReceiveBytes: settings["grpc.max_receive_message_length"] ?? -1,
        maxSendBytes: settings["grpc.max_send_message_length"] ?? -1,
      });
    }
  } catch (error) {
    models.close();
    server.forceShutdown();
    throw error;
  }
  return {
    port,
    close: async (graceMs) => {
      const sessions = openSessions(server);
      for (const name of healthServices) health.set(name, false);
      models.close();
      const drained = new Promise<void>((resolve) => {
        server.tryShutdown(() => resolve());
      });
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      // A health watch never ends by itself and would hold tryShutdown for ever: once no request is under way it is given a moment to see
      // its last state, and answers that were just given the time to reach the socket.
      const answered = calls.idle().then(() => new Promise((resolve) => setTimeout(resolve, lastMomentMs)));
      await Promise.race([drained, late, answered]);
      clearTimeout(timer);
      server.forceShutdown();
      for (const session of sessions()) session.destroy();
      if (socketPath !== undefined) rmSync(socketPath, { force: true });
    },
  };
}

/** The limits of gRPC's keep-alive where the operator has set some. */
function silenceLimits(settings: ReadonlyMap<string, string | number>): SilenceLimits {
  const given = (name: string, otherwise: number): number => {
    const value = settings.get(name);
    return typeof value === "number" && value > 0 ? value : otherwise;
  };
  return {
    askAfterMs: given("grpc.keepalive_time_ms", usualSilence.askAfterMs),
    answerWithinMs: given("grpc.keepalive_timeout_ms", usualSilence.answerWithinMs),
  };
}

function bind(server: Server, address: string, ssl: SSLConfig | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, serverCredentials(ssl), (error, port) => {
      if (error === null) resolve(port);
      else reject(new StatusError("UNAVAILABLE", `Cannot listen on ${address}: ${reasonOf(error)}`, { cause: error }));
    });
  });
}

function reasonOf(error: Error): string {
  if (/EADDRINUSE/.test(error.message)) return "the address is already in use";
  if (/EACCES/.test(error.message)) return "permission denied";
  return error.message;
}

/** gRPC's C++ server replaces a socket file that a killed server left behind. */
function removeStaleSocket(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isSocket() === true) rmSync(path);
}
