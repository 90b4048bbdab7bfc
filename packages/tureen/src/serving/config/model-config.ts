import { isAbsolute } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  type ModelConfig,
  ModelConfigSchema,
  type ModelServerConfig,
  ModelServerConfigSchema,
  ModelType,
} from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { Log } from "../log.js";
import { latestVersions, type VersionPolicy, versionPolicyOf } from "../source/version-policy.js";

/** The one platform that is served. */
export const tensorflowPlatform = "tensorflow";

/** A model to serve: what a `ModelConfig` says, checked. */
export interface ModelToServe {
  readonly name: string;
  readonly basePath: string;
  readonly policy: VersionPolicy;
  readonly labels: ReadonlyMap<string, bigint>;
}

/** The configuration that `--model_name` and `--model_base_path` stand for. */
export function singleModelConfig(name: string, basePath: string): ModelServerConfig {
  return modelListConfig([{ name, basePath, policy: latestVersions, labels: new Map() }]);
}

/** A `ModelServerConfig` that lists models. */
export function modelListConfig(models: readonly ModelToServe[]): ModelServerConfig {
  return create(ModelServerConfigSchema, {
    config: {
      case: "modelConfigList",
      value: {
        config: models.map(({ name, basePath, policy, labels }) =>
          create(ModelConfigSchema, {
            name,
            basePath,
            modelPlatform: tensorflowPlatform,
            versionLabels: Object.fromEntries(labels),
            modelVersionPolicy: policyMessage(policy),
          }),
        ),
      },
    },
  });
}

function policyMessage(
  policy: VersionPolicy,
): NonNullable<Parameters<typeof create<typeof ModelConfigSchema>>[1]>["modelVersionPolicy"] & object {
  switch (policy.kind) {
    case "latest":
      return { policyChoice: { case: "latest", value: { numVersions: policy.count } } };
    case "all":
      return { policyChoice: { case: "all", value: {} } };
    case "specific":
      return { policyChoice: { case: "specific", value: { versions: [...policy.versions] } } };
  }
}

/**
 * The models of a configuration's list, after the checks of ServerCore::ReloadConfig: names once each, absolute paths.
 *
 * INVALID_ARGUMENT with TensorFlow Serving's texts. The platform is checked by `checkPlatform`, later, as there.
 */
export function validateModelList(configs: readonly ModelConfig[]): void {
  const names = new Set<string>();
  for (const { name } of configs) {
    if (names.has(name)) throw invalidArgument(`Illegal to list model ${name} multiple times in config list`);
    names.add(name);
  }
  for (const { name, basePath } of configs) checkBasePath(name, basePath);
}

/** INVALID_ARGUMENT unless a base path is absolute or a URI. */
export function checkBasePath(name: string, basePath: string): void {
  if (isAbsolute(basePath) || /^[a-zA-Z][0-9a-zA-Z.]*:\/\//.test(basePath)) return;
  throw invalidArgument(`Expected model ${name} to have an absolute path or URI; got base_path()=${basePath}`);
}

/** The platform that a ModelConfig asks for; INVALID_ARGUMENT where it says none, or says it twice. */
export function platformOf(config: ModelConfig, log: Log): string {
  // Operators still have files with the deprecated field, and TensorFlow Serving still reads it.
  const { modelType } = config as { readonly modelType: ModelType };
  if (modelType !== ModelType.MODEL_TYPE_UNSPECIFIED) {
    log.warning(
      "config",
      "Deprecated ModelServerConfig::model_type field used. Prefer ModelServerConfig::model_platform.",
    );
    if (config.modelPlatform !== "") {
      throw invalidArgument(
        `Illegal setting both ModelServerConfig::model_type (deprecated) and ModelServerConfig::model_platform, model name is ${config.name}`,
      );
    }
    if (modelType !== 1) {
      throw invalidArgument(`ModelServerConfig::model_type choice ${modelType} not supported.`);
    }
    return tensorflowPlatform;
  }
  if (config.modelPlatform === "") {
    throw invalidArgument(
      `Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, model name is ${config.name}`,
    );
  }
  return config.modelPlatform;
}

/** INVALID_ARGUMENT where a model of both lists would change its platform. */
export function checkNoPlatformChange(before: readonly ModelConfig[], after: readonly ModelConfig[], log: Log): void {
  const old = new Map(before.map((config) => [config.name, platformOf(config, log)] as const));
  for (const config of after) {
    const was = old.get(config.name);
    if (was === undefined) continue;
    const now = platformOf(config, log);
    if (now !== was) {
      throw invalidArgument(
        `Illegal to change a model's platform. For model ${config.name} platform was ${was} and new platform requested is ${now}`,
      );
    }
  }
}

/** The model that a ModelConfig describes; INVALID_ARGUMENT for a platform that is not served. */
export function modelToServe(config: ModelConfig, log: Log): ModelToServe {
  const platform = platformOf(config, log);
  if (platform !== tensorflowPlatform) {
    throw invalidArgument(`Model ${config.name} requests unsupported platform ${platform}`);
  }
  return {
    name: config.name,
    basePath: config.basePath,
    policy: versionPolicyOf(config.modelVersionPolicy),
    labels: new Map(Object.entries(config.versionLabels)),
  };
}

/** FAILED_PRECONDITION unless both are lists of models: nothing else can be exchanged in a running server. */
export function checkTransition(before: ModelServerConfig | undefined, after: ModelServerConfig): void {
  if (before === undefined || before.config.case === undefined) return;
  if (before.config.case === "modelConfigList" && after.config.case === "modelConfigList") return;
  throw failedPrecondition(
    "Cannot transition to requested config. It is only legal to transition from one ModelConfigList to another.",
  );
}
