import type { Server } from "@grpc/grpc-js";
import type { ApiContext } from "../api/request-context.js";
import { inferenceMethods, inferenceServiceName } from "../inference/grpc-service.js";
import type { Log } from "../log.js";
import { modelMethods, modelServiceName } from "./model-service.js";
import { predictionMethods, predictionServiceName } from "./prediction-service.js";
import { sessionMethods, sessionServiceName } from "./session-service.js";
import { type ByteHandler, byteMethod, type UnaryOptions, unary } from "./unary.js";

/** The unary methods of a service, by their names. */
export type ByteMethods = Readonly<Record<string, ByteHandler>>;

/** The services that answer, by their full names: what every gRPC transport carries. */
export function byteServices(
  context: ApiContext,
  asContent: boolean,
  sessionService: boolean,
  log: Log,
): ReadonlyMap<string, ByteMethods> {
  return new Map([
    ...(sessionService ? [[sessionServiceName, sessionMethods(context)] as const] : []),
    [predictionServiceName, predictionMethods(context, asContent)],
    [modelServiceName, modelMethods(context, log)],
    [inferenceServiceName, inferenceMethods(context)],
  ]);
}

/** Adds the services to a grpc-js server. */
export function addByteServices(
  server: Server,
  services: ReadonlyMap<string, ByteMethods>,
  options: UnaryOptions,
): void {
  for (const [name, methods] of services) {
    const entries = Object.entries(methods);
    server.addService(
      Object.fromEntries(entries.map(([method]) => [method, byteMethod(`/${name}/${method}`)])),
      Object.fromEntries(entries.map(([method, handler]) => [method, unary(`${name}/${method}`, handler, options)])),
    );
  }
}
