import type { ModelServerConfig } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { invalidArgument, StatusError, toStatusError } from "../../core/status-error.js";
import type { Log } from "../log.js";
import type { Metric } from "../monitoring/metrics.js";
import type { ApiContext, CallContext } from "./request-context.js";

/** A HandleReloadConfigRequest request. */
export interface ReloadRequest {
  readonly config: ModelServerConfig | undefined;
  /** Metrics whose increase the caller wants to know. */
  readonly metricNames: readonly string[];
}

/** How much a metric grew while the configuration was taken over. */
export interface MetricIncrease {
  readonly name: string;
  readonly increase: number;
}

/**
 * ModelService.HandleReloadConfigRequest: exchanges the whole configuration and waits for the new models
 * (model_servers/model_service_impl.cc). A failure is thrown: TensorFlow Serving answers it as the RPC's own status.
 */
export async function handleReloadConfig(
  context: ApiContext,
  request: ReloadRequest,
  call: CallContext,
  log: Log,
): Promise<MetricIncrease[]> {
  if (call.caller?.mayManage === false) {
    throw new StatusError("PERMISSION_DENIED", `${call.caller.name} may not exchange the configuration`);
  }
  const before = values(context, request.metricNames);
  const config = request.config;
  try {
    if (config?.config.case !== "modelConfigList") {
      throw invalidArgument(
        "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported",
      );
    }
    config.config.value.config.forEach(({ basePath, name, modelPlatform }, index) => {
      log.info(
        "model-service",
        `Config entry index: ${index} path: ${basePath} name: ${name} platform: ${modelPlatform}`,
      );
    });
    await context.core.reloadConfig(config);
  } catch (error) {
    log.error("model-service", `ReloadConfig failed: ${toStatusError(error).message}`);
    throw error;
  }
  const after = values(context, request.metricNames);
  return request.metricNames.map((name, i) => ({ name, increase: after[i]! - before[i]! }));
}

/** The first point of each metric, 0 where there is none: what TensorFlow Serving takes for the metric's value. */
function values(context: ApiContext, names: readonly string[]): number[] {
  return names.map((name) => {
    const metric: Metric | undefined = context.metrics.all.find((candidate) => candidate.name === name);
    if (metric?.kind !== "counter") return 0;
    const [first] = metric.points.values();
    return first?.value ?? 0;
  });
}
