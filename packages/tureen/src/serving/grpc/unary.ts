import { type handleUnaryCall, Metadata, type MethodDefinition, type ServerUnaryCall } from "@grpc/grpc-js";
import { WireError } from "@tureen/protos/serving-messages";
import { internal, type StatusError, toStatusError } from "../../core/status-error.js";
import type { CallContext } from "../api/request-context.js";
import { retryAfterSeconds } from "../gate/admission.js";
import { callerOf, type Gate, mayManage } from "../gate/gate.js";
import { requestIdHeader } from "../tracing/request-id.js";
import type { RequestWatch, WatchedRequest } from "../tracing/request-watch.js";
import { type GrpcStatus, grpcStatus } from "./status.js";

/** A unary RPC on bytes: what it does with a request, and what it answers. */
export type ByteHandler = (request: Uint8Array, call: CallContext) => Promise<Uint8Array> | Uint8Array;

/** Counts the calls under way, so that a server that stops can wait for them. */
export class CallCount {
  private active = 0;
  private readonly waiting: (() => void)[] = [];

  enter(): void {
    this.active += 1;
  }

  leave(): void {
    this.active -= 1;
    if (this.active === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves once no call is under way. */
  async idle(): Promise<void> {
    if (this.active > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** What calls go through on their way to a handler. */
export interface UnaryOptions {
  readonly gate: Gate;
  readonly calls: CallCount;
  /** Told of the status of every call that was turned away before its handler. */
  readonly refused: (status: GrpcStatus) => void;
  /** What sees every call come and go, where something does. */
  readonly watch: RequestWatch | undefined;
}

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

type Call = ServerUnaryCall<Uint8Array, Uint8Array>;

/** A gRPC call as handlers know it. */
class UnaryContext implements CallContext {
  readonly deadline?: number;
  readonly caller: CallContext["caller"];
  readonly mayManage: boolean;
  private readonly call: Call;

  constructor(call: Call, gate: Gate) {
    this.call = call;
    const deadline = monotonicDeadline(call.getDeadline());
    if (deadline !== undefined) this.deadline = deadline;
    this.caller = callerOf(gate, () => ({
      authorization: call.metadata.get("authorization")[0]?.toString(),
      commonName: commonNameOf(call),
    }));
    this.mayManage = mayManage(gate, this.caller);
  }

  isCancelled(): boolean {
    return this.call.cancelled;
  }
}

/** Runs a byte handler as a gRPC call: deadline, caller and cancellation in, status out. */
export function unary(
  name: string,
  handler: ByteHandler,
  options: UnaryOptions,
): handleUnaryCall<Uint8Array, Uint8Array> {
  const { gate, calls, refused, watch } = options;
  const { admission } = gate;
  return async (call, callback) => {
    calls.enter();
    let context: CallContext | undefined;
    const watched = watch === undefined ? undefined : watchCall(watch, name, call);
    try {
      context = new UnaryContext(call, gate);
      const turn = admission.enter();
      if (turn !== undefined) await turn;
    } catch (error) {
      const status = grpcStatus(error);
      refused(status);
      callback({ ...status, metadata: retryMetadata(status) });
      watched?.end({ record: undefined, error: toStatusError(error, "INTERNAL") });
      calls.leave();
      return;
    }
    const admitted = context;
    try {
      const answer =
        watched === undefined ? handler(call.request, context) : watched.run(() => handler(call.request, admitted));
      callback(null, await answer);
      watched?.end(admitted);
    } catch (error) {
      const failure = handlerFailure(error);
      callback(grpcStatus(failure));
      watched?.end({ record: context.record, error: failure });
    } finally {
      admission.leave();
      calls.leave();
    }
  };
}

/** What a handler's failure is to its caller: a message that cannot be read is INTERNAL, as in gRPC's C++ server. */
export function handlerFailure(error: unknown): StatusError {
  return error instanceof WireError
    ? internal(`Failed to parse the request: ${error.message}`)
    : toStatusError(error, "INTERNAL");
}

/** Begins to watch a call and tells the client under which id. */
function watchCall(watch: RequestWatch, name: string, call: Call): WatchedRequest {
  const watched = watch.begin({
    transport: "grpc",
    name,
    header: (key) => call.metadata.get(key)[0]?.toString(),
  });
  const metadata = new Metadata();
  metadata.set(requestIdHeader, watched.id);
  call.sendMetadata(metadata);
  return watched;
}

/** Tells gRPC clients that retry when to: they follow this trailer by themselves. */
function retryMetadata({ code }: GrpcStatus): Metadata {
  const metadata = new Metadata();
  // RESOURCE_EXHAUSTED: the server is full at the moment.
  if (code === 8) metadata.set("grpc-retry-pushback-ms", String(retryAfterSeconds * 1000));
  return metadata;
}

/** The common name of a client certificate that was checked against the server's CA. */
function commonNameOf(call: Call): string | undefined {
  const name = call.getAuthContext().sslPeerCertificate?.subject?.CN;
  return Array.isArray(name) ? name[0] : name;
}

/** A call's deadline on the clock that the engine measures with. */
function monotonicDeadline(deadline: Date | number): number | undefined {
  const at = typeof deadline === "number" ? deadline : deadline.getTime();
  return at === Number.POSITIVE_INFINITY ? undefined : at - Date.now() + performance.now();
}
