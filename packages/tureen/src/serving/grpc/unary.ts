import type { handleUnaryCall, MethodDefinition } from "@grpc/grpc-js";
import { WireError } from "@tureen/protos/serving-messages";
import { internal } from "../../core/status-error.js";
import type { CallContext } from "../api/request-context.js";
import { grpcStatus } from "./status.js";

/** A unary RPC on bytes: what it does with a request, and what it answers. */
export type ByteHandler = (request: Uint8Array, call: CallContext) => Promise<Uint8Array> | Uint8Array;

/** The definition of a method whose messages the handlers decode and encode themselves. */
export function byteMethod(path: string): MethodDefinition<Uint8Array, Uint8Array> {
  const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const asIs = (bytes: Buffer): Uint8Array => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBuffer,
    requestDeserialize: asIs,
    responseSerialize: asBuffer,
    responseDeserialize: asIs,
  };
}

/** Runs a byte handler as a gRPC call: deadline and cancellation in, status out. */
export function unary(
  handler: ByteHandler,
  track: (work: Promise<void>) => void,
): handleUnaryCall<Uint8Array, Uint8Array> {
  return (call, callback) => {
    const work = (async () => {
      try {
        const deadline = monotonicDeadline(call.getDeadline());
        const isCancelled = (): boolean => call.cancelled;
        callback(
          null,
          await handler(call.request, deadline === undefined ? { isCancelled } : { deadline, isCancelled }),
        );
      } catch (error) {
        callback(
          grpcStatus(error instanceof WireError ? internal(`Failed to parse the request: ${error.message}`) : error),
        );
      }
    })();
    track(work);
  };
}

/** A call's deadline on the clock that the engine measures with. */
function monotonicDeadline(deadline: Date | number): number | undefined {
  const at = typeof deadline === "number" ? deadline : deadline.getTime();
  return at === Number.POSITIVE_INFINITY ? undefined : at - Date.now() + performance.now();
}
