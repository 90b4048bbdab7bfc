import { getModelStatus } from "../api/get-model-status.js";
import { handleReloadConfig } from "../api/handle-reload-config.js";
import type { ApiContext } from "../api/request-context.js";
import type { Log } from "../log.js";
import { decodeModelStatusRequest, decodeReloadRequest } from "./decode-request.js";
import { encodeModelStatusResponse, encodeReloadResponse } from "./encode-response.js";
import type { ByteHandler } from "./unary.js";

/** The full name of the service that reports on models and reloads their configuration. */
export const modelServiceName = "tensorflow.serving.ModelService";

/** ModelService. */
export function modelMethods(context: ApiContext, log: Log): Readonly<Record<string, ByteHandler>> {
  return {
    GetModelStatus: (bytes, call) =>
      encodeModelStatusResponse(getModelStatus(context, decodeModelStatusRequest(bytes), call)),
    HandleReloadConfigRequest: async (bytes, call) =>
      encodeReloadResponse(await handleReloadConfig(context, decodeReloadRequest(bytes), call, log)),
  };
}
