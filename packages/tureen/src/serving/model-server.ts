import { availableParallelism } from "node:os";
import {
  type ModelServerConfig,
  ModelServerConfigSchema,
} from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { systemClock } from "../core/clock.js";
import { setTensorLimit } from "../core/dtype.js";
import { defaultCacheDirectory, FolderCache } from "../core/object-store/folder-cache.js";
import { isObjectUri } from "../core/object-store/object-uri.js";
import { invalidArgument, toStatusError } from "../core/status-error.js";
import type { LoadSavedModel } from "../saved-model/signature.js";
import type { ApiContext } from "./api/request-context.js";
import { modelListConfig } from "./config/model-config.js";
import { readTextProto } from "./config/read-text-proto.js";
import { readAccessPolicy } from "./gate/access-policy.js";
import { Admission } from "./gate/admission.js";
import type { Gate } from "./gate/gate.js";
import { type RunningGrpcServer, startGrpcServer } from "./grpc/server.js";
import { type Log, silentLog } from "./log.js";
import { AspiredVersionsManager } from "./manager/aspired-versions-manager.js";
import { StateMonitor } from "./manager/servable-state.js";
import { ServerCore } from "./manager/server-core.js";
import type { ModelServerOptions, ServedModel } from "./model-server-options.js";
import { forgetServable } from "./monitoring/request-record.js";
import { serverGauges } from "./monitoring/server-gauges.js";
import { servingMetrics } from "./monitoring/serving-metrics.js";
import { RequestLog } from "./request-log/request-log.js";
import { type RunningRestServer, startRestServer } from "./rest/server.js";
import { collectAfter } from "./servable/collect-after.js";
import { limitMemory } from "./servable/limit-memory.js";
import { servableLoader } from "./servable/load-servable.js";
import type { LoadServable, Servable } from "./servable/servable.js";
import { ModelFolders } from "./source/model-folders.js";
import { localStorage } from "./source/scan-versions.js";
import { StoragePathSource } from "./source/storage-path-source.js";
import { VersionCopies } from "./source/version-copies.js";
import { latestVersions } from "./source/version-policy.js";
import { openWatch } from "./tracing/open-watch.js";
import { warmUpReplay } from "./warm-up/replay-warm-up.js";

/** A model server that answers. */
export interface ModelServer {
  /** The gRPC port, undefined where there is none. */
  readonly grpcPort: number | undefined;
  /** The REST port, undefined where there is none. */
  readonly restPort: number | undefined;
  /** The management port, undefined where there is none. */
  readonly managementPort: number | undefined;
  /** Models, versions and configuration. */
  readonly core: ServerCore;
  /** Reads the configuration file, the access file and the folders of models again; what is wrong is logged, and the old holds. */
  reload(): Promise<void>;
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
  // As many as a warm-up file may hold.
  requestLogRecordsPerFile: 1000,
};

/**
 * Starts a model server in this process: loads the models, then opens the ports.
 *
 * The ports open once every model's first loads have ended; a model that could not be loaded is logged, reported by GetModelStatus and
 * looked for again. Rejects with INVALID_ARGUMENT for a configuration that is wrong and UNAVAILABLE for a port that is taken.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const log = options.log ?? silentLog;
  const modelFolders = (options.modelFolders ?? []).map((folder) =>
    isObjectUri(folder) ? folder.replace(/\/+$/, "") : folder,
  );
  const config = configOf(options, log);
  const loadModel = options.loadModel ?? (await defaultLoader(options));
  const monitor = new StateMonitor();
  const metrics = servingMetrics();

  // The handlers need the core, the loader's warm-up needs the handlers, the core needs the loader.
  const context = { metrics, checkMethodName: options.enableSignatureMethodNameCheck ?? false } as {
    -readonly [Key in keyof ApiContext]: ApiContext[Key];
  };
  const { featureDriftSamplingRate: samplingRate = 0 } = options;
  if (!(samplingRate >= 0 && samplingRate <= 1))
    throw invalidArgument(`The sampling rate of feature drift must be between 0 and 1, not ${samplingRate}`);
  const watchDrift =
    samplingRate > 0 ? (await import("./drift/watch-drift.js")).driftWatcher({ samplingRate }, log) : undefined;
  const { batching, perModelBatching = false } = options;
  const wrap =
    batching === undefined
      ? undefined
      : (await import("./batching/batching-wrapper.js")).batchingWrapper(batching, perModelBatching, metrics, log);
  const loader = servableLoader({
    ...(watchDrift === undefined ? {} : { watchDrift }),
    loadModel,
    tags: options.savedModelTags ?? ["serve"],
    metrics,
    log,
    ...(wrap === undefined ? {} : { wrap }),
    ...(options.enableModelWarmup === false
      ? {}
      : { warmUp: warmUpReplay(context, options.numRequestIterationsForWarmup ?? 0, log) }),
  });
  const { memoryLimitBytes = 0 } = options;
  const limited = memoryLimitBytes > 0 ? limitMemory(loader, memoryLimitBytes) : loader;
  const cache = new FolderCache(options.modelCacheDir ?? defaultCacheDirectory());
  const copies = new VersionCopies(cache, log, {
    confirmed: (name, version) => manager.withdrawCaveat(name, version),
    replaced: (name, version) => manager.reload(name, version),
  });
  const load = forgetting(copies.loader(collectAfter(limited)), (servable) => forgetServable(metrics, servable));
  const intervalMicros = options.loadRetryIntervalMicros ?? defaults.loadRetryIntervalMicros;
  const manager = new AspiredVersionsManager({
    load,
    monitor,
    clock: systemClock,
    log,
    retry: { maxRetries: options.maxNumLoadRetries ?? defaults.maxNumLoadRetries, intervalMs: intervalMicros / 1000 },
    loadConcurrency: Math.max(options.numLoadThreads ?? 0, 1),
    initialLoadConcurrency: 4 * availableParallelism(),
    lazy: options.lazyLoading ?? false,
  });
  const source = new StoragePathSource({
    storage: localStorage,
    clock: systemClock,
    log,
    pollWaitSeconds: options.fileSystemPollWaitSeconds ?? defaults.fileSystemPollWaitSeconds,
    aspire: (name, versions) => manager.setAspiredVersions(name, versions),
    keepCopies: (uris) => copies.keep(uris),
    copies,
    modelFolders: {
      folders: modelFolders.filter(isObjectUri),
      tell: (folder, basePaths) => folders.held(folder, basePaths),
    },
  });
  const requestLog = new RequestLog({
    log,
    metrics,
    tags: options.savedModelTags ?? ["serve"],
    maxRecordsPerFile: options.requestLogRecordsPerFile ?? defaults.requestLogRecordsPerFile,
  });
  const core = new ServerCore({
    source,
    manager,
    monitor,
    log,
    allowLabelsForUnavailableModels: options.allowVersionLabelsForUnavailableModels ?? false,
    exitOnLoadFailure: options.exitOnLoadFailure ?? false,
    strictReadiness: options.strictReadiness ?? false,
    onConfig: (configs) => requestLog.configure(configs),
  });
  context.core = core;
  const folders: ModelFolders = new ModelFolders({
    folders: modelFolders,
    scanStores: () => source.scanFolders(),
    clock: systemClock,
    log,
    pollWaitSeconds: options.fileSystemPollWaitSeconds ?? defaults.fileSystemPollWaitSeconds,
    discovered: (models) => core.setDiscovered(models),
  });
  const gate: Gate = {
    admission: new Admission({
      maxConcurrent: options.maxConcurrentRequests ?? 0,
      maxQueued: options.maxQueuedRequests ?? 0,
    }),
    access: { policy: options.accessFile === undefined ? undefined : readAccessPolicy(options.accessFile) },
    management: options.enableModelManagement ?? false,
    maxRequestBytes: options.maxRequestBytes ?? 0,
  };
  const gauges = serverGauges({
    loadedModels: () => manager.loaded(),
    models: () => core.readiness(),
    queuedRows: () => queuedRows(manager.loaded()),
    requests: () => gate.admission,
  });

  const pages = options.pages?.({ core, metrics, loaded: () => manager.loaded() });
  let grpc: RunningGrpcServer | undefined;
  let rest: RunningRestServer | undefined;
  let management: RunningRestServer | undefined;
  const stopPolling = new AbortController();
  const close = async (graceMs: number): Promise<void> => {
    stopPolling.abort();
    folders.close();
    await Promise.all([grpc?.close(graceMs), rest?.close(graceMs)]);
    await management?.close(graceMs);
    await core.close();
    await requestLog.close();
    gauges.close();
    pages?.close();
  };
  try {
    await folders.scan();
    await core.reloadConfig(config);
    // During start-up there are warm-up requests only, which are not logged.
    context.requestLog = requestLog;
    const watch = await openWatch(options.logRequests ?? "none", log);
    if (options.port !== false || options.grpcSocketPath !== undefined) {
      grpc = await startGrpcServer({
        context,
        gate,
        log,
        port: options.port === false ? undefined : (options.port ?? 0),
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.grpcSocketPath === undefined ? {} : { socketPath: options.grpcSocketPath }),
        ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
        asContent: options.enableSerializationAsTensorContent ?? false,
        channelArguments: options.grpcChannelArguments ?? new Map(),
        sessionService: options.enableSessionService ?? false,
        direct: options.grpcDirectCalls ?? true,
        watch,
      });
    }
    const common = {
      context,
      log,
      timeoutMs: options.restApiTimeoutInMs ?? defaults.restApiTimeoutInMs,
      prometheusPath: options.prometheusPath,
      pages,
      platform: options.platformRoutes,
      compress: options.restApiCompressResponses ?? false,
      watch,
      metrics: [...metrics.all, ...gauges.all],
      ...(options.restSsl === undefined ? {} : { ssl: options.restSsl }),
    };
    if (options.restApiPort !== false) {
      rest = await startRestServer({
        ...common,
        gate,
        title: "HTTP/REST API",
        port: options.restApiPort ?? 0,
        ...(options.host === undefined ? {} : { host: options.host }),
        cors: options.corsOrigins ?? (options.restApiEnableCorsSupport === true ? "any" : undefined),
      });
    }
    const { managementPort = false, managementHost = "127.0.0.1" } = options;
    if (managementPort !== false) {
      // An operator must get in when the requests have filled the server.
      const admission = new Admission({ maxConcurrent: 0, maxQueued: 0 });
      management = await startRestServer({
        ...common,
        gate: { ...gate, admission, management: true },
        title: "management API",
        port: managementPort,
        host: managementHost,
        cors: undefined,
      });
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  folders.start();
  const rereadConfig = (): Promise<void> => rereadConfigFile(options.modelConfigFile, core, log);
  pollConfigFile(options, rereadConfig, stopPolling.signal);
  return {
    grpcPort: grpc?.port,
    restPort: rest?.port,
    managementPort: management?.port,
    core,
    reload: async () => {
      log.info("server", "Reading the configuration again.");
      if (options.accessFile !== undefined) {
        try {
          gate.access.policy = readAccessPolicy(options.accessFile);
        } catch (error) {
          log.error("server", `The access file was not taken over: ${toStatusError(error).message}`);
        }
      }
      await rereadConfig();
      await folders.scan();
    },
    close: () => close(options.drainGraceMs ?? defaults.drainGraceMs),
  };
}

/** Imported when it is needed: programs that bring their own loader do without the engine. */
async function defaultLoader(options: ModelServerOptions): Promise<LoadSavedModel> {
  const { loadSavedModel } = await import("../saved-model/load.js");
  const { loopLimit, engineWorkers, warmUpOnLoad, tensorLimitBytes } = options;
  if (tensorLimitBytes !== undefined) setTensorLimit(tensorLimitBytes);
  const limits = {
    ...(loopLimit === undefined ? {} : { loopLimit }),
    ...(engineWorkers === undefined ? {} : { engineWorkers }),
    ...(warmUpOnLoad === undefined ? {} : { warmUp: warmUpOnLoad }),
  };
  return (directory, given) => loadSavedModel(directory, { ...limits, ...given });
}

function configOf(options: ModelServerOptions, log: Log): ModelServerConfig {
  if (options.modelConfigFile !== undefined)
    return readTextProto(ModelServerConfigSchema, options.modelConfigFile, log);
  if (options.config !== undefined) return options.config;
  if (options.models === undefined && options.modelFolders === undefined)
    throw invalidArgument("startModelServer needs models, a config, a modelConfigFile or modelFolders");
  return modelListConfig(
    (options.models ?? []).map(
      ({ name, basePath, versionPolicy = latestVersions, versionLabels = {} }: ServedModel) => ({
        name,
        basePath,
        policy: versionPolicy,
        labels: new Map(Object.entries(versionLabels).map(([label, version]) => [label, BigInt(version)] as const)),
      }),
    ),
  );
}

/** Reads the configuration file again and again. */
function pollConfigFile(options: ModelServerOptions, reread: () => Promise<void>, signal: AbortSignal): void {
  const { modelConfigFile, modelConfigFilePollWaitSeconds = 0 } = options;
  if (modelConfigFile === undefined || modelConfigFilePollWaitSeconds <= 0) return;
  const loop = async (): Promise<void> => {
    for (;;) {
      await systemClock.sleep(modelConfigFilePollWaitSeconds * 1000, signal);
      if (signal.aborted) return;
      await reread();
    }
  };
  void loop();
}

/** Takes over the configuration file; what is wrong with it is logged, and the old one holds. */
async function rereadConfigFile(modelConfigFile: string | undefined, core: ServerCore, log: Log): Promise<void> {
  if (modelConfigFile === undefined) return;
  let config: ModelServerConfig;
  try {
    config = readTextProto(ModelServerConfigSchema, modelConfigFile, log);
  } catch (error) {
    log.error("server", `Failed to read ModelServerConfig file: ${toStatusError(error).message}`);
    return;
  }
  try {
    await core.reloadConfig(config);
  } catch (error) {
    log.error("server", `PollFilesystemAndReloadConfig failed to ReloadConfig: ${toStatusError(error).message}`);
  }
}

/** A loader whose servables take their metrics with them; of a version that was reloaded, the last one does. */
function forgetting(load: LoadServable, forget: (servable: Servable) => void): LoadServable {
  const loaded = new Map<string, number>();
  return async (name, version, path) => {
    const servable = await load(name, version, path);
    const key = `${name}/${version}`;
    loaded.set(key, (loaded.get(key) ?? 0) + 1);
    return {
      ...servable,
      close: () => {
        const left = loaded.get(key)! - 1;
        if (left > 0) loaded.set(key, left);
        else {
          loaded.delete(key);
          forget(servable);
        }
        servable.close();
      },
    };
  };
}

function queuedRows(servables: readonly Servable[]): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { name, queuedRows: count } of servables) {
    if (count !== undefined) rows.set(name, (rows.get(name) ?? 0) + count());
  }
  return rows;
}
