import type { ModelServerConfig } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import type { SSLConfig } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import type { BatchingParameters } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import type { LoadSavedModel } from "../saved-model/signature.js";
import type { Log } from "./log.js";
import type { VersionPolicy } from "./source/version-policy.js";

/** A model to serve, as a program lists it. */
export interface ServedModel {
  readonly name: string;
  /** The folder whose numbered sub-folders are the versions; absolute. */
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
  readonly ssl?: SSLConfig;
  readonly grpcChannelArguments?: ReadonlyMap<string, string | number>;
  /** Path of the Prometheus page, as the monitoring configuration has it; `/metrics` is there always. */
  readonly prometheusPath?: string;
  /** Collect requests into batches, with these parameters. */
  readonly batching?: BatchingParameters;
  /** Read `batching_params.pbtxt` from each version's folder; a version without it is not batched. */
  readonly perModelBatching?: boolean;
  readonly enableModelWarmup?: boolean;
  readonly numRequestIterationsForWarmup?: number;
  /** Milliseconds that requests under way may take once the server is to stop; 30 s unless said. */
  readonly drainGraceMs?: number;
  /** Loads SavedModels; `loadSavedModel` unless said. */
  readonly loadModel?: LoadSavedModel;
  readonly log?: Log;
}
