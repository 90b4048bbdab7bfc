import type { ApiContext } from "../api/request-context.js";
import type { ByteHandler } from "../grpc/unary.js";

/** The full name of the Open Inference Protocol's service. */
export const inferenceServiceName = "inference.GRPCInferenceService";

const methodNames = [
  "ServerLive",
  "ServerReady",
  "ModelReady",
  "ServerMetadata",
  "ModelMetadata",
  "ModelInfer",
  "RepositoryIndex",
  "RepositoryModelLoad",
  "RepositoryModelUnload",
];

/** GRPCInferenceService; its messages, which take time to load, are loaded by the first call. */
export function inferenceMethods(context: ApiContext): Readonly<Record<string, ByteHandler>> {
  let loaded: Promise<Readonly<Record<string, ByteHandler>>> | undefined;
  const handler =
    (name: string): ByteHandler =>
    async (bytes, call) => {
      loaded ??= import("./grpc-methods.js").then((module) => module.messageMethods(context));
      return (await loaded)[name]!(bytes, call);
    };
  return Object.fromEntries(methodNames.map((name) => [name, handler(name)]));
}
