import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { ApiContext } from "../api/request-context.js";
import { byteService } from "../grpc/prediction-service.js";
import type { ByteHandler } from "../grpc/unary.js";

/** The full name of the Open Inference Protocol's service. */
export const inferenceServiceName = "inference.GRPCInferenceService";

/** The service's methods. */
export const inferenceMethodNames = Object.freeze([
  "ServerLive",
  "ServerReady",
  "ModelReady",
  "ServerMetadata",
  "ModelMetadata",
  "ModelInfer",
  "RepositoryIndex",
  "RepositoryModelLoad",
  "RepositoryModelUnload",
] as const);

/** GRPCInferenceService; its messages, which take time to load, are loaded by the first call. */
export function inferenceByteMethods(context: ApiContext): Readonly<Record<string, ByteHandler>> {
  let loaded: Promise<Readonly<Record<string, ByteHandler>>> | undefined;
  const handler =
    (name: string): ByteHandler =>
    async (bytes, call) => {
      loaded ??= import("./grpc-methods.js").then(({ inferenceMethods }) => inferenceMethods(context));
      return (await loaded)[name]!(bytes, call);
    };
  return Object.fromEntries(inferenceMethodNames.map((name) => [name, handler(name)]));
}

/** GRPCInferenceService for a gRPC server. */
export function inferenceService(
  context: ApiContext,
  track: (work: Promise<void>) => void,
): { definition: ServiceDefinition; implementation: UntypedServiceImplementation } {
  return byteService(inferenceServiceName, inferenceByteMethods(context), track);
}
