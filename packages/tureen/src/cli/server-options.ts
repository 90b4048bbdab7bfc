import { ModelServerConfigSchema } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { BatchingParameters } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { invalidArgument } from "../core/status-error.js";
import { singleModelConfig } from "../serving/config/model-config.js";
import { type Log, type ModelServerOptions, readTextProto } from "../serving/index.js";
import type { LoggedRequests } from "../serving/tracing/request-watch.js";
import type { FlagValue } from "./flags.js";

const highestPort = 65535;

/** The readers of configuration files, whose messages a server without such files does not load: they are a tenth of its start. */
const configFiles = (): Promise<typeof import("./config-files.js")> => import("./config-files.js");

/** Where TensorFlow Serving's metrics page is when the monitoring configuration names no path. */
const defaultPrometheusPath = "/monitoring/prometheus/metrics";

/**
 * The options that flags stand for, after the checks of TensorFlow Serving's Server::BuildAndStart, in its order: INVALID_ARGUMENT with its
 * texts, and the errors of the files that flags name.
 *
 * A port of 0 is none, as in TensorFlow Serving; for the flags in `freePorts` it is one that is free.
 */
export async function serverOptions(
  values: ReadonlyMap<string, FlagValue>,
  log: Log,
  freePorts: ReadonlySet<string> = new Set(),
): Promise<ModelServerOptions> {
  const text = (name: string): string => values.get(name) as string;
  const number = (name: string): number => values.get(name) as number;
  const isOn = (name: string): boolean => values.get(name) as boolean;

  const portOf = (name: string): number | false => {
    const port = number(name);
    if (port < 0 || port > highestPort)
      throw invalidArgument(`--${name} must be from 0 to ${highestPort}, not ${port}`);
    return port || (freePorts.has(name) ? 0 : false);
  };
  const port = portOf("port");
  const socketPath = text("grpc_socket_path");
  if (port === false && socketPath === "") {
    throw invalidArgument("At least one of server_options.grpc_port or server_options.grpc_socket_path must be set.");
  }
  if (isOn("use_alts_credentials") && text("ssl_config_file") !== "") {
    throw invalidArgument("Either use_alts_credentials must be false or ssl_config_file must be empty.");
  }
  const modelFolders = list(text("model_folders"));
  if (text("model_base_path") === "" && text("model_config_file") === "" && modelFolders.length === 0) {
    throw invalidArgument("Both server_options.model_base_path and server_options.model_config_file are empty!");
  }
  const models = {
    ...(modelFolders.length === 0 ? {} : { modelFolders }),
    ...modelOptions(text("model_config_file"), text("model_name"), text("model_base_path"), log),
  };
  const batching = text("platform_config_file") === "" ? await batchingOptions(values, log) : undefined;
  await checkIneffectiveFiles(values, log);
  const prometheusPath = await prometheusPathOf(text("monitoring_config_file"), log);
  const sslFile = text("ssl_config_file");
  let restApiPort = portOf("rest_api_port");
  if (restApiPort !== false && restApiPort !== 0 && restApiPort === port) {
    log.error(
      "server",
      "server_options.http_port cannot be same as grpc_port. Please use a different port for HTTP/REST API. Skipped exporting HTTP/REST API.",
    );
    restApiPort = false;
  }
  return {
    log,
    port,
    restApiPort,
    ...(socketPath === "" ? {} : { grpcSocketPath: socketPath }),
    ...models,
    modelConfigFilePollWaitSeconds: number("model_config_file_poll_wait_seconds"),
    fileSystemPollWaitSeconds: number("file_system_poll_wait_seconds"),
    maxNumLoadRetries: number("max_num_load_retries"),
    loadRetryIntervalMicros: number("load_retry_interval_micros"),
    numLoadThreads: number("num_load_threads"),
    savedModelTags: text("saved_model_tags").split(","),
    allowVersionLabelsForUnavailableModels: isOn("allow_version_labels_for_unavailable_models"),
    enableSignatureMethodNameCheck: isOn("enable_signature_method_name_check"),
    enableSerializationAsTensorContent: isOn("enable_serialization_as_tensor_content"),
    restApiTimeoutInMs: number("rest_api_timeout_in_ms"),
    restApiEnableCorsSupport: isOn("rest_api_enable_cors_support"),
    ...(sslFile === "" ? {} : { ssl: (await configFiles()).readSslConfig(sslFile, log) }),
    grpcChannelArguments: channelArguments(text("grpc_channel_arguments")),
    ...(prometheusPath === undefined ? {} : { prometheusPath }),
    ...(batching === undefined ? {} : { batching }),
    perModelBatching: isOn("enable_per_model_batching_parameters"),
    enableModelWarmup: isOn("enable_model_warmup"),
    numRequestIterationsForWarmup: number("num_request_iterations_for_warmup"),
    drainGraceMs: number("drain_grace_seconds") * 1000,
    ...(await ownOptions(values, log)),
    managementPort: portOf("management_port"),
  };
}

/** What says how many plans run at a time: our own flag, else TensorFlow's numbers of threads, else nothing. */
function engineWorkers(number: (name: string) => number): Pick<ModelServerOptions, "engineWorkers"> {
  const own = number("engine_workers");
  if (own >= 0) return { engineWorkers: own };
  const threads = number("tensorflow_session_parallelism") || number("tensorflow_inter_op_parallelism");
  return threads > 0 ? { engineWorkers: threads } : {};
}

/** What flags that TensorFlow Serving does not have stand for. */
async function ownOptions(values: ReadonlyMap<string, FlagValue>, log: Log): Promise<ModelServerOptions> {
  const text = (name: string): string => values.get(name) as string;
  const number = (name: string): number => values.get(name) as number;
  const isOn = (name: string): boolean => values.get(name) as boolean;
  const corsOrigins = list(text("rest_api_cors_origins"));
  const restSsl = text("rest_api_ssl_config_file");
  return {
    exitOnLoadFailure: isOn("exit_on_load_failure"),
    strictReadiness: isOn("strict_readiness"),
    featureDriftSamplingRate: number("feature_drift_sampling_rate"),
    grpcDirectCalls: isOn("grpc_direct_calls"),
    enableSessionService: isOn("enable_session_service"),
    lazyLoading: isOn("lazy_loading"),
    enableModelManagement: isOn("enable_model_management"),
    managementHost: text("management_host"),
    ...(text("model_cache_dir") === "" ? {} : { modelCacheDir: text("model_cache_dir") }),
    ...(text("access_file") === "" ? {} : { accessFile: text("access_file") }),
    memoryLimitBytes: number("memory_limit_mb") * mebibyte,
    ...engineWorkers(number),
    loopLimit: number("loop_iteration_limit") || Number.POSITIVE_INFINITY,
    tensorLimitBytes: number("tensor_limit_mb") * mebibyte || Number.POSITIVE_INFINITY,
    warmUpOnLoad: isOn("warm_up_on_load"),
    maxRequestBytes: number("max_request_bytes"),
    maxConcurrentRequests: number("max_concurrent_requests"),
    maxQueuedRequests: number("max_queued_requests"),
    requestLogRecordsPerFile: number("request_log_records_per_file"),
    ...platformRoutes(text("predict_route"), text("health_route"), text("model_name")),
    logRequests: loggedRequests(text("log_requests")),
    restApiCompressResponses: isOn("rest_api_compress_responses"),
    ...(corsOrigins.length === 0 ? {} : { corsOrigins }),
    ...(restSsl === "" ? {} : { restSsl: (await configFiles()).readSslConfig(restSsl, log) }),
  };
}

function platformRoutes(predict: string, health: string, model: string): Pick<ModelServerOptions, "platformRoutes"> {
  for (const route of [predict, health]) {
    if (route !== "" && !route.startsWith("/")) throw invalidArgument(`the route '${route}' must begin with a slash`);
  }
  if (predict === "" && health === "") return {};
  const given = (route: string): string | undefined => (route === "" ? undefined : route);
  return { platformRoutes: { predict: given(predict), health: given(health), model } };
}

function loggedRequests(text: string): LoggedRequests {
  if (text === "none" || text === "failures" || text === "all") return text;
  throw invalidArgument(`--log_requests must be none, failures or all, not '${text}'`);
}

const mebibyte = 1024 * 1024;

/** The parts of a comma-separated list. */
function list(text: string): string[] {
  return text.split(",").filter((part) => part !== "");
}

function modelOptions(file: string, name: string, basePath: string, log: Log): ModelServerOptions {
  if (file !== "") {
    // Read here too, so that a file that does not parse stops the start before anything else does.
    readTextProto(ModelServerConfigSchema, file, log);
    return { modelConfigFile: file };
  }
  if (basePath === "") return {};
  log.info("server", `Building single TensorFlow model file config:  model_name: ${name} model_base_path: ${basePath}`);
  return { config: singleModelConfig(name, basePath) };
}

async function batchingOptions(
  values: ReadonlyMap<string, FlagValue>,
  log: Log,
): Promise<BatchingParameters | undefined> {
  const file = values.get("batching_parameters_file") as string;
  if (values.get("enable_batching") !== true) {
    if (file === "") return undefined;
    throw invalidArgument(
      "server_options.batching_parameters_file is set without setting server_options.enable_batching to true.",
    );
  }
  return (await configFiles()).readBatchingParameters(file, log);
}

/** Files without an effect must still be right: a typing error in them is one. */
async function checkIneffectiveFiles(values: ReadonlyMap<string, FlagValue>, log: Log): Promise<void> {
  const sessionConfig = values.get("tensorflow_session_config_file") as string;
  if (sessionConfig !== "") (await configFiles()).readSessionConfig(sessionConfig, log);
  const positive = [
    "tensorflow_session_parallelism",
    "tensorflow_intra_op_parallelism",
    "tensorflow_inter_op_parallelism",
  ];
  if (positive.every((name) => (values.get(name) as number) > 0)) {
    throw invalidArgument(
      "Either configure server_options.tensorflow_session_parallelism or (server_options.tensorflow_intra_op_parallelism, server_options.tensorflow_inter_op_parallelism) separately. You cannot configure all.",
    );
  }
  const platform = values.get("platform_config_file") as string;
  if (platform !== "") (await configFiles()).readPlatformConfig(platform, log);
}

async function prometheusPathOf(file: string, log: Log): Promise<string | undefined> {
  if (file === "") return undefined;
  const { prometheusConfig } = (await configFiles()).readMonitoringConfig(file, log);
  if (prometheusConfig?.enable !== true) return undefined;
  return prometheusConfig.path === "" ? defaultPrometheusPath : prometheusConfig.path;
}

function channelArguments(text: string): Map<string, string | number> {
  const result = new Map<string, string | number>();
  for (const pair of text === "" ? [] : text.split(",")) {
    const [key, value] = pair.split("=");
    if (key === undefined || value === undefined) {
      throw invalidArgument(`grpc_channel_arguments: '${pair}' is not of the form key=value`);
    }
    result.set(key, /^[+-]?[0-9]+$/.test(value) ? Number(value) : value);
  }
  return result;
}
