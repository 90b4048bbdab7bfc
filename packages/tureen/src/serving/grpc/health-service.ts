import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { handleServerStreamingCall, handleUnaryCall, Server } from "@grpc/grpc-js";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
} from "@tureen/protos/gen/grpc/health/v1/health_pb";
import { notFound, StatusError } from "../../core/status-error.js";
import { grpcStatus } from "./status.js";
import { byteMethod } from "./unary.js";

const serviceName = "grpc.health.v1.Health";

/** How many services List answers for, as the protocol's definition says. */
const mostListed = 100;

type Watcher = (status: HealthCheckResponse_ServingStatus) => void;

/**
 * The gRPC health service (grpc.health.v1.Health: Check, List and Watch) and the statuses that it tells.
 *
 * Codes and texts are those of gRPC's C++ server, which TensorFlow Serving runs on.
 */
export class HealthService {
  private readonly serving = new Map<string, boolean>();
  private readonly watchers = new Map<string, Set<Watcher>>();

  /** Knows the named services from now on, as serving. */
  constructor(names: readonly string[]) {
    for (const name of names) this.serving.set(name, true);
  }

  /** Says whether a service answers, and tells those who watch it where that has changed. */
  set(name: string, serving: boolean): void {
    if (this.serving.get(name) === serving) return;
    this.serving.set(name, serving);
    for (const tell of this.watchers.get(name) ?? []) tell(this.status(name));
  }

  /** Adds the service to a grpc-js server. */
  addToServer(server: Server): void {
    const method = (name: string) => byteMethod(`/${serviceName}/${name}`);
    server.addService(
      { Check: method("Check"), List: method("List"), Watch: { ...method("Watch"), responseStream: true } },
      { Check: this.check, List: this.list, Watch: this.watch },
    );
  }

  private status(name: string): HealthCheckResponse_ServingStatus {
    const serving = this.serving.get(name);
    if (serving === undefined) return HealthCheckResponse_ServingStatus.SERVICE_UNKNOWN;
    return serving ? HealthCheckResponse_ServingStatus.SERVING : HealthCheckResponse_ServingStatus.NOT_SERVING;
  }

  private readonly check: handleUnaryCall<Uint8Array, Uint8Array> = (call, callback) => {
    try {
      const name = requestedService(call.request);
      if (!this.serving.has(name)) throw notFound("service name unknown");
      callback(null, response(this.status(name)));
    } catch (error) {
      callback(grpcStatus(error));
    }
  };

  private readonly list: handleUnaryCall<Uint8Array, Uint8Array> = (_call, callback) => {
    if (this.serving.size > mostListed) {
      callback(grpcStatus(new StatusError("RESOURCE_EXHAUSTED", "Too many services to list.")));
      return;
    }
    const statuses = Object.fromEntries(
      [...this.serving.keys()].map((name) => [name, create(HealthCheckResponseSchema, { status: this.status(name) })]),
    );
    callback(null, toBinary(HealthListResponseSchema, create(HealthListResponseSchema, { statuses })));
  };

  private readonly watch: handleServerStreamingCall<Uint8Array, Uint8Array> = (call) => {
    let name: string;
    try {
      name = requestedService(call.request);
    } catch (error) {
      call.emit("error", grpcStatus(error));
      return;
    }
    const tell: Watcher = (status) => void call.write(response(status));
    const watchers = this.watchers.get(name) ?? new Set();
    this.watchers.set(name, watchers.add(tell));
    call.once("cancelled", () => {
      watchers.delete(tell);
      if (watchers.size === 0) this.watchers.delete(name);
    });
    tell(this.status(name));
  };
}

function requestedService(bytes: Uint8Array): string {
  try {
    return fromBinary(HealthCheckRequestSchema, bytes).service;
  } catch (error) {
    throw new StatusError("INVALID_ARGUMENT", "could not parse request", { cause: error });
  }
}

function response(status: HealthCheckResponse_ServingStatus): Uint8Array {
  return toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status }));
}
