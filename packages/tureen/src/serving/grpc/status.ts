import { StatusCode, type StatusError, toStatusError } from "../../core/status-error.js";

/** What gRPC calls a failure. */
export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

/** Longer texts are cut, as TensorFlow Serving does (model_servers/grpc_status_util.cc): metadata has a size limit. */
const maxDetails = 1024;

/** The gRPC status of whatever a handler threw. */
export function grpcStatus(error: unknown): GrpcStatus {
  const status: StatusError = toStatusError(error, "INTERNAL");
  const { message } = status;
  const details = message.length > maxDetails ? `${message.slice(0, maxDetails)}...TRUNCATED` : message;
  return { code: StatusCode[status.code], details };
}
