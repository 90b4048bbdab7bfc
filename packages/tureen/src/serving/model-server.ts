import { availableParallelism } from "node:os";
import {
  type ModelServerConfig,
  ModelServerConfigSchema,
} from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { systemClock } from "../core/clock.js";
import { invalidArgument, toStatusError } from "../core/status-error.js";
import type { LoadSavedModel } from "../saved-model/signature.js";
import type { ApiContext } from "./api/request-context.js";
import { batchingWrapper } from "./batching/batching-wrapper.js";
import { modelListConfig } from "./config/model-config.js";
import { readTextProto } from "./config/read-text-proto.js";
import { type RunningGrpcServer, startGrpcServer } from "./grpc/server.js";
import { type Log, silentLog } from "./log.js";
import { AspiredVersionsManager } from "./manager/aspired-versions-manager.js";
import { StateMonitor } from "./manager/servable-state.js";
import { ServerCore } from "./manager/server-core.js";
import type { ModelServerOptions, ServedModel } from "./model-server-options.js";
import { processGauges, servingMetrics } from "./monitoring/serving-metrics.js";
import { type RunningRestServer, startRestServer } from "./rest/server.js";
import { servableLoader } from "./servable/load-servable.js";
import { localStorage } from "./source/scan-versions.js";
import { StoragePathSource } from "./source/storage-path-source.js";
import { latestVersions } from "./source/version-policy.js";
import { warmUpReplay } from "./warm-up/replay-warm-up.js";

/** A model server that answers. */
export interface ModelServer {
  /** The gRPC port, undefined where there is none. */
  readonly grpcPort: number | undefined;
  /** The REST port, undefined where there is none. */
  readonly restPort: number | undefined;
  /** Models, versions and configuration. */
  readonly core: ServerCore;
  /** Stops: takes no more requests, lets those under way end, unloads the models. */
  close(): Promise<void>;
}

/** TensorFlow Serving's defaults where they are not 0 or false. */
const defaults = {
  fileSystemPollWaitSeconds: 1,
  maxNumLoadRetries: 5,
  loadRetryIntervalMicros: 60_000_000,
  restApiTimeoutInMs: 30_000,
  drainGraceMs: 30_000,
};

/**
 * Starts a model server in this process: loads the models, then opens the ports.
 *
 * The ports open once every model's first loads have ended; a model that could not be loaded is logged, reported by GetModelStatus and
 * looked for again. Rejects with INVALID_ARGUMENT for a configuration that is wrong and UNAVAILABLE for a port that is taken.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const log = options.log ?? silentLog;
  const config = configOf(options, log);
  const loadModel = options.loadModel ?? (await defaultLoader());
  const monitor = new StateMonitor();
  const metrics = servingMetrics();

  // The handlers need the core, the loader's warm-up needs the handlers, the core needs the loader.
  const context = { metrics, checkMethodName: options.enableSignatureMethodNameCheck ?? false } as {
    -readonly [Key in keyof ApiContext]: ApiContext[Key];
  };
  const load = servableLoader({
    loadModel,
    tags: options.savedModelTags ?? ["serve"],
    metrics,
    log,
    ...(options.batching === undefined
      ? {}
      : { wrap: batchingWrapper(options.batching, options.perModelBatching ?? false, metrics, log) }),
    ...(options.enableModelWarmup === false
      ? {}
      : { warmUp: warmUpReplay(context, options.numRequestIterationsForWarmup ?? 0, log) }),
  });
  const intervalMicros = options.loadRetryIntervalMicros ?? defaults.loadRetryIntervalMicros;
  const manager = new AspiredVersionsManager({
    load,
    monitor,
    clock: systemClock,
    log,
    retry: { maxRetries: options.maxNumLoadRetries ?? defaults.maxNumLoadRetries, intervalMs: intervalMicros / 1000 },
    loadConcurrency: Math.max(options.numLoadThreads ?? 0, 1),
    initialLoadConcurrency: 4 * availableParallelism(),
  });
  const source = new StoragePathSource({
    storage: localStorage,
    clock: systemClock,
    log,
    pollWaitSeconds: options.fileSystemPollWaitSeconds ?? defaults.fileSystemPollWaitSeconds,
    aspire: (name, versions) => manager.setAspiredVersions(name, versions),
  });
  const core = new ServerCore({
    source,
    manager,
    monitor,
    log,
    allowLabelsForUnavailableModels: options.allowVersionLabelsForUnavailableModels ?? false,
  });
  context.core = core;

  let grpc: RunningGrpcServer | undefined;
  let rest: RunningRestServer | undefined;
  const stopPolling = new AbortController();
  const close = async (graceMs: number): Promise<void> => {
    stopPolling.abort();
    await Promise.all([grpc?.close(graceMs), rest?.close(graceMs)]);
    await core.close();
  };
  try {
    await core.reloadConfig(config);
    if (options.port !== false || options.grpcSocketPath !== undefined) {
      grpc = await startGrpcServer({
        context,
        log,
        port: options.port === false ? undefined : (options.port ?? 0),
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.grpcSocketPath === undefined ? {} : { socketPath: options.grpcSocketPath }),
        ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
        asContent: options.enableSerializationAsTensorContent ?? false,
        channelArguments: options.grpcChannelArguments ?? new Map(),
      });
    }
    if (options.restApiPort !== false) {
      const gauges = processGauges({ loadedModels: () => manager.loaded() });
      rest = await startRestServer({
        context,
        log,
        port: options.restApiPort ?? 0,
        ...(options.host === undefined ? {} : { host: options.host }),
        timeoutMs: options.restApiTimeoutInMs ?? defaults.restApiTimeoutInMs,
        cors: options.restApiEnableCorsSupport ?? false,
        prometheusPath: options.prometheusPath,
        metrics: [...metrics.all, ...gauges],
      });
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  pollConfigFile(options, core, log, stopPolling.signal);
  return {
    grpcPort: grpc?.port,
    restPort: rest?.port,
    core,
    close: () => close(options.drainGraceMs ?? defaults.drainGraceMs),
  };
}

/** Imported when it is needed: programs that bring their own loader do without the engine. */
async function defaultLoader(): Promise<LoadSavedModel> {
  return (await import("../saved-model/load.js")).loadSavedModel;
}

function configOf(options: ModelServerOptions, log: Log): ModelServerConfig {
  if (options.modelConfigFile !== undefined)
    return readTextProto(ModelServerConfigSchema, options.modelConfigFile, log);
  if (options.config !== undefined) return options.config;
  if (options.models === undefined)
    throw invalidArgument("startModelServer needs models, a config or a modelConfigFile");
  return modelListConfig(
    options.models.map(({ name, basePath, versionPolicy = latestVersions, versionLabels = {} }: ServedModel) => ({
      name,
      basePath,
      policy: versionPolicy,
      labels: new Map(Object.entries(versionLabels).map(([label, version]) => [label, BigInt(version)] as const)),
    })),
  );
}

/** Reads the configuration file again and again; what is wrong with it is logged, and the old one holds. */
function pollConfigFile(options: ModelServerOptions, core: ServerCore, log: Log, signal: AbortSignal): void {
  const { modelConfigFile, modelConfigFilePollWaitSeconds = 0 } = options;
  if (modelConfigFile === undefined || modelConfigFilePollWaitSeconds <= 0) return;
  const loop = async (): Promise<void> => {
    for (;;) {
      await systemClock.sleep(modelConfigFilePollWaitSeconds * 1000, signal);
      if (signal.aborted) return;
      let config: ModelServerConfig;
      try {
        config = readTextProto(ModelServerConfigSchema, modelConfigFile, log);
      } catch (error) {
        log.error("server", `Failed to read ModelServerConfig file: ${toStatusError(error).message}`);
        continue;
      }
      try {
        await core.reloadConfig(config);
      } catch (error) {
        log.error("server", `PollFilesystemAndReloadConfig failed to ReloadConfig: ${toStatusError(error).message}`);
      }
    }
  };
  void loop();
}
