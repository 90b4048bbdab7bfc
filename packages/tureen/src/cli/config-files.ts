import { create } from "@bufbuild/protobuf";
import { type ConfigProto, ConfigProtoSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/config_pb";
import {
  type MonitoringConfig,
  MonitoringConfigSchema,
} from "@tureen/protos/gen/tensorflow_serving/config/monitoring_config_pb";
import {
  type PlatformConfigMap,
  PlatformConfigMapSchema,
} from "@tureen/protos/gen/tensorflow_serving/config/platform_config_pb";
import { type SSLConfig, SSLConfigSchema } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import {
  type BatchingParameters,
  BatchingParametersSchema,
} from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { type Log, readTextProto } from "../serving/index.js";

/** The file of `--ssl_config_file`; throws as `readTextProto`. */
export function readSslConfig(file: string, log: Log): SSLConfig {
  return readTextProto(SSLConfigSchema, file, log);
}

/** The file of `--monitoring_config_file`; throws as `readTextProto`. */
export function readMonitoringConfig(file: string, log: Log): MonitoringConfig {
  return readTextProto(MonitoringConfigSchema, file, log);
}

/** The file of `--platform_config_file`; throws as `readTextProto`. */
export function readPlatformConfig(file: string, log: Log): PlatformConfigMap {
  return readTextProto(PlatformConfigMapSchema, file, log);
}

/** The file of `--tensorflow_session_config_file`; throws as `readTextProto`. */
export function readSessionConfig(file: string, log: Log): ConfigProto {
  return readTextProto(ConfigProtoSchema, file, log);
}

/** The file of `--batching_parameters_file`, or TensorFlow Serving's parameters where there is none; throws as `readTextProto`. */
export function readBatchingParameters(file: string, log: Log): BatchingParameters {
  if (file !== "") return readTextProto(BatchingParametersSchema, file, log);
  return create(BatchingParametersSchema, { threadPoolName: "model_server_batch_threads" });
}
