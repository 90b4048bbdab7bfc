import { availableParallelism } from "node:os";
import type { Flag, FlagValue } from "./flags.js";

const flag = (name: string, type: Flag["type"], value: FlagValue, usage: string): Flag =>
  Object.freeze({ name, type, default: value, usage });

/** The 48 flags of TensorFlow Serving 2.20's tensorflow_model_server, with its defaults and in its order. */
export const modelServerFlags: readonly Flag[] = Object.freeze([
  flag("port", "int32", 8500, "TCP port of the gRPC API; 0 for none."),
  flag("grpc_socket_path", "string", "", "UNIX socket on which the gRPC API listens as well; relative or absolute."),
  flag("rest_api_port", "int32", 0, "TCP port of the REST API; 0 for none. Must not be that of --port."),
  flag(
    "rest_api_num_threads",
    "int32",
    4 * availableParallelism(),
    "Accepted without effect: requests share one event loop.",
  ),
  flag("rest_api_timeout_in_ms", "int32", 30000, "Time limit of a REST call."),
  flag("rest_api_enable_cors_support", "bool", false, "Answer with CORS headers."),
  flag("enable_batching", "bool", false, "Run requests together in batches."),
  flag(
    "allow_version_labels_for_unavailable_models",
    "bool",
    false,
    "Allow a label that is not in use yet for a version that is not available.",
  ),
  flag("batching_parameters_file", "string", "", "Text-format BatchingParameters."),
  flag(
    "enable_per_model_batching_parameters",
    "bool",
    false,
    "Read batching_params.pbtxt from each version's folder; versions without one are not batched.",
  ),
  flag(
    "model_config_file",
    "string",
    "",
    "Text-format ModelServerConfig: the models to serve. Overrides --model_name and --model_base_path.",
  ),
  flag(
    "model_config_file_poll_wait_seconds",
    "int32",
    0,
    "Seconds between looks at --model_config_file; 0 reads it once.",
  ),
  flag("model_name", "string", "default", "Name of the one model to serve."),
  flag(
    "model_base_path",
    "string",
    "",
    "Folder whose numbered sub-folders are the versions of the one model to serve.",
  ),
  flag("num_load_threads", "int32", 0, "How many versions load at once after start-up; 0 counts as 1."),
  flag("num_unload_threads", "int32", 0, "Accepted without effect: unloading takes no time."),
  flag("max_num_load_retries", "int32", 5, "Attempts to load a version after the first one failed."),
  flag("load_retry_interval_micros", "int64", 60000000, "Time between attempts to load; negative for none."),
  flag(
    "file_system_poll_wait_seconds",
    "int32",
    1,
    "Seconds between looks for new versions; 0 looks once, a negative number never.",
  ),
  flag("flush_filesystem_caches", "bool", true, "Accepted without effect."),
  flag("tensorflow_session_parallelism", "int64", 0, "Accepted without effect: the engine chooses its threads."),
  flag("tensorflow_session_config_file", "string", "", "Text-format ConfigProto; must parse, has no effect."),
  flag("tensorflow_intra_op_parallelism", "int64", 0, "Accepted without effect: the engine chooses its threads."),
  flag("tensorflow_inter_op_parallelism", "int64", 0, "Accepted without effect: the engine chooses its threads."),
  flag("use_alts_credentials", "bool", false, "Accepted without effect: there is no ALTS outside Google's cloud."),
  flag("ssl_config_file", "string", "", "Text-format SSLConfig: TLS for the gRPC API."),
  flag("platform_config_file", "string", "", "Text-format PlatformConfigMap; must parse, has no effect."),
  flag("per_process_gpu_memory_fraction", "float", 0, "Accepted without effect: models run on the CPU."),
  flag("saved_model_tags", "string", "serve", "Comma-separated tags of the meta graph to load."),
  flag("grpc_channel_arguments", "string", "", "Comma-separated key=value arguments of the gRPC server."),
  flag(
    "grpc_max_threads",
    "int32",
    4 * availableParallelism(),
    "Accepted without effect: requests share one event loop.",
  ),
  flag("enable_model_warmup", "bool", true, "Replay each version's recorded requests before it is available."),
  flag(
    "num_request_iterations_for_warmup",
    "int32",
    0,
    "How often each recorded request is replayed, if greater than 0.",
  ),
  flag("version", "bool", false, "Print the version and exit."),
  flag("monitoring_config_file", "string", "", "Text-format MonitoringConfig: where the Prometheus page is."),
  flag("remove_unused_fields_from_bundle_metagraph", "bool", true, "Accepted without effect: nothing unused is kept."),
  flag("prefer_tflite_model", "bool", false, "Accepted without effect: TensorFlow Lite models are not served."),
  flag("num_tflite_pools", "int32", availableParallelism(), "Accepted without effect."),
  flag("num_tflite_interpreters_per_pool", "int32", 1, "Accepted without effect."),
  flag(
    "enable_signature_method_name_check",
    "bool",
    false,
    "Check method_name of signatures in Predict, Classify and Regress.",
  ),
  flag("xla_cpu_compilation_enabled", "bool", false, "Accepted without effect."),
  flag("xla_gpu_compilation_enabled", "bool", false, "Accepted without effect."),
  flag("enable_profiler", "bool", true, "Accepted without effect: there is no profiler service."),
  flag("thread_pool_factory_config_file", "string", "", "Accepted without effect."),
  flag("mixed_precision", "string", "", "Accepted without effect."),
  flag("skip_initialize_tpu", "bool", false, "Accepted without effect."),
  flag("enable_grpc_healthcheck_service", "bool", false, "Accepted: the gRPC health service is always on."),
  flag(
    "enable_serialization_as_tensor_content",
    "bool",
    false,
    "Answer Predict with tensor_content instead of *_val lists.",
  ),
]);

/** Flags that TensorFlow Serving does not have. */
export const ownFlags: readonly Flag[] = Object.freeze([
  flag("drain_grace_seconds", "int32", 30, "How long requests under way may take after SIGTERM or SIGINT."),
  flag("verbose", "bool", false, "Print stack traces of failures."),
]);

/** Flags that parse and then do nothing; a start-up line says so where one is given. */
export const ineffectiveFlags: ReadonlySet<string> = new Set([
  "flush_filesystem_caches",
  "grpc_max_threads",
  "mixed_precision",
  "num_tflite_interpreters_per_pool",
  "num_tflite_pools",
  "num_unload_threads",
  "per_process_gpu_memory_fraction",
  "platform_config_file",
  "prefer_tflite_model",
  "remove_unused_fields_from_bundle_metagraph",
  "rest_api_num_threads",
  "skip_initialize_tpu",
  "tensorflow_inter_op_parallelism",
  "tensorflow_intra_op_parallelism",
  "tensorflow_session_config_file",
  "tensorflow_session_parallelism",
  "thread_pool_factory_config_file",
  "use_alts_credentials",
  "xla_cpu_compilation_enabled",
  "xla_gpu_compilation_enabled",
]);
