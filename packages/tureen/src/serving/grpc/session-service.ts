import type { ApiContext } from "../api/request-context.js";
import { sessionRun } from "../api/session-run.js";
import type { ByteHandler } from "./unary.js";

/** The full name of the service that runs any tensors of a model. */
export const sessionServiceName = "tensorflow.serving.SessionService";

/** SessionService. Its messages, which bring those of TensorFlow's run options, are loaded with the first call: few servers have one. */
export function sessionMethods(context: ApiContext): Readonly<Record<string, ByteHandler>> {
  return {
    SessionRun: async (bytes, call) => {
      const { decodeRequest, encodeResponse } = await import("./session-messages.js");
      return encodeResponse(await sessionRun(context, decodeRequest(bytes), call));
    },
  };
}
