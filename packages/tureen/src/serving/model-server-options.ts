import type { ModelServerConfig } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { SSLConfig } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import type { BatchingParameters } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import type { LoadSavedModel } from "../saved-model/signature.js";
import type { Log } from "./log.js";
import type { ExtraPages, PageSources } from "./rest/extra-pages.js";
import type { PlatformRoutes } from "./rest/platform-routes.js";
import type { VersionPolicy } from "./source/version-policy.js";
import type { LoggedRequests } from "./tracing/request-watch.js";

/** A model to serve, as a program lists it. */
export interface ServedModel {
  readonly name: string;
  /** The folder whose numbered sub-folders are the versions: absolute, or `s3://…` or `gs://…`. */
  readonly basePath: string;
  /** Which versions to serve; the highest unless said. */
  readonly versionPolicy?: VersionPolicy;
  readonly versionLabels?: Readonly<Record<string, number | bigint>>;
}

/** How a model server is set up. Names follow `tensorflow_model_server`'s flags; everything is optional but the models. */
export interface ModelServerOptions {
  /** gRPC port: 0 (the default) for one that is free, `false` for none. */
  readonly port?: number | false;
  /** REST port: 0 (the default) for one that is free, `false` for none. */
  readonly restApiPort?: number | false;
  /** Address to bind; all of the machine's by default. */
  readonly host?: string;
  readonly grpcSocketPath?: string;
  /** Models to serve; or `config`. */
  readonly models?: readonly ServedModel[];
  readonly config?: ModelServerConfig;
  /** A text-format ModelServerConfig that is read now and, with a period, again and again. */
  readonly modelConfigFile?: string;
  readonly modelConfigFilePollWaitSeconds?: number;
  readonly fileSystemPollWaitSeconds?: number;
  readonly maxNumLoadRetries?: number;
  readonly loadRetryIntervalMicros?: number;
  readonly numLoadThreads?: number;
  readonly savedModelTags?: readonly string[];
  readonly allowVersionLabelsForUnavailableModels?: boolean;
  readonly enableSignatureMethodNameCheck?: boolean;
  readonly enableSerializationAsTensorContent?: boolean;
  readonly restApiTimeoutInMs?: number;
  readonly restApiEnableCorsSupport?: boolean;
  /** Answer these web origins with CORS headers that name them, instead of any. */
  readonly corsOrigins?: readonly string[];
  /** TLS of the gRPC port. */
  readonly ssl?: SSLConfig;
  /** TLS of the REST ports. */
  readonly restSsl?: SSLConfig;
  readonly grpcChannelArguments?: ReadonlyMap<string, string | number>;
  /** Serve SessionService.SessionRun, which feeds and fetches any tensors of a model. */
  readonly enableSessionService?: boolean;
  /** Answer unary gRPC calls straight on HTTP/2, past the gRPC library, for less CPU time a call. Default yes. */
  readonly grpcDirectCalls?: boolean;
  /** Path of the Prometheus page, as the monitoring configuration has it; `/metrics` is there always. */
  readonly prometheusPath?: string;
  /** Collect requests into batches, with these parameters. */
  readonly batching?: BatchingParameters;
  /** Read `batching_params.pbtxt` from each version's folder; a version without it is not batched. */
  readonly perModelBatching?: boolean;
  readonly enableModelWarmup?: boolean;
  /** How many iterations a while loop of a model may take: RESOURCE_EXHAUSTED beyond; 10 million unless said. */
  readonly loopLimit?: number;
  /** Bytes that one tensor may take, for the whole process: RESOURCE_EXHAUSTED beyond; 2 GiB unless said. */
  readonly tensorLimitBytes?: number;
  /** In how many worker threads each model may run beside the event loop's; 1 unless said, 0 for none. */
  readonly engineWorkers?: number;
  /** Whether each signature runs on zeros before a version is available; no unless said. */
  readonly warmUpOnLoad?: boolean;
  readonly numRequestIterationsForWarmup?: number;
  /** End the start with an error where a model cannot be loaded, as TensorFlow Serving does. */
  readonly exitOnLoadFailure?: boolean;
  /** Be ready only while every model is available; unless said, one that is available will do. */
  readonly strictReadiness?: boolean;
  /** Folders whose sub-folders are models, under their own names. */
  readonly modelFolders?: readonly string[];
  /** Where versions from object stores are copied to; a folder of the user's among temporary files unless said. */
  readonly modelCacheDir?: string;
  /** Load a model when its first request comes. */
  readonly lazyLoading?: boolean;
  /** Bytes that loaded models may take together, by an estimate from their files; no limit unless said. */
  readonly memoryLimitBytes?: number;
  /** Let requests on the model ports load, unload and reload models. */
  readonly enableModelManagement?: boolean;
  /** A REST port of its own for management, health and metrics: 0 for one that is free, `false` (the default) for none. */
  readonly managementPort?: number | false;
  /** Address of the management port; this machine only unless said. */
  readonly managementHost?: string;
  /** A JSON file of callers, their tokens and what they may do; without it everybody may use every model. */
  readonly accessFile?: string;
  /** Bytes of a request, no limit unless said. */
  readonly maxRequestBytes?: number;
  /** Requests at work at a time, no limit unless said; and how many may wait beside them. */
  readonly maxConcurrentRequests?: number;
  readonly maxQueuedRequests?: number;
  /** Share of the requests that is compared with the feature statistics of their models' exports, where these have some; none unless said. */
  readonly featureDriftSamplingRate?: number;
  /** Records of a file of logged requests; 1,000, which a warm-up file may hold, unless said. */
  readonly requestLogRecordsPerFile?: number;
  /** Which requests get a log line with their id, times and outcome; none unless said. */
  readonly logRequests?: LoggedRequests;
  /** Pack REST answers for clients that accept gzip. */
  readonly restApiCompressResponses?: boolean;
  /** Routes of the platform that hosts the server: answered beside TensorFlow Serving's on the REST ports. */
  readonly platformRoutes?: PlatformRoutes;
  /** Pages to add to the REST ports. */
  readonly pages?: (sources: PageSources) => ExtraPages;
  /** Milliseconds that requests under way may take once the server is to stop; 30 s unless said. */
  readonly drainGraceMs?: number;
  /** Loads SavedModels; `loadSavedModel` unless said. */
  readonly loadModel?: LoadSavedModel;
  readonly log?: Log;
}
