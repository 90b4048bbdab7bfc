import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { getModelStatus } from "../api/get-model-status.js";
import { handleReloadConfig } from "../api/handle-reload-config.js";
import type { ApiContext } from "../api/request-context.js";
import type { Log } from "../log.js";
import { decodeModelStatusRequest, decodeReloadRequest } from "./decode-request.js";
import { encodeModelStatusResponse, encodeReloadResponse } from "./encode-response.js";
import { byteService } from "./prediction-service.js";

/** The full name of the service that reports on models and reloads their configuration. */
export const modelServiceName = "tensorflow.serving.ModelService";

/** How the service is set up. */
export interface ModelServiceOptions {
  readonly context: ApiContext;
  readonly log: Log;
  readonly track: (work: Promise<void>) => void;
}

/** ModelService. */
export function modelService({ context, log, track }: ModelServiceOptions): {
  definition: ServiceDefinition;
  implementation: UntypedServiceImplementation;
} {
  return byteService(
    modelServiceName,
    {
      GetModelStatus: (bytes) => encodeModelStatusResponse(getModelStatus(context, decodeModelStatusRequest(bytes))),
      HandleReloadConfigRequest: async (bytes) =>
        encodeReloadResponse(await handleReloadConfig(context, decodeReloadRequest(bytes), log)),
    },
    track,
  );
}
