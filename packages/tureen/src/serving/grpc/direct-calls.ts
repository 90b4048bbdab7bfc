import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import { StatusError, toStatusError } from "../../core/status-error.js";
import type { CallContext } from "../api/request-context.js";
import { retryAfterSeconds } from "../gate/admission.js";
import { callerOf, type Gate, mayManage } from "../gate/gate.js";
import { requestIdHeader, type WatchedRequest } from "../tracing/request-watch.js";
import type { ByteMethods } from "./byte-methods.js";
import { acceptedEncodings, encodeStatusText, frameContents, framed, timeoutMs, unpackMessage } from "./frame.js";
import { http2ServersOf } from "./http2-servers.js";
import { type GrpcStatus, grpcStatus } from "./status.js";
import { type ByteHandler, handlerFailure, type UnaryOptions } from "./unary.js";

const answerHeaders = Object.freeze({
  ":status": 200,
  "content-type": "application/grpc+proto",
  "grpc-accept-encoding": acceptedEncodings,
});
const okTrailers = Object.freeze({ "grpc-status": "0", "grpc-message": "OK" });

/**
 * Has the calls of unary methods on a grpc-js server that listens answered straight on its HTTP/2 streams, without what the library does
 * around each; connections, TLS, health, reflection and all other calls stay the library's.
 *
 * Answers are never compressed.
 */
export function answerDirectly(
  server: Server,
  services: ReadonlyMap<string, ByteMethods>,
  options: UnaryOptions,
): void {
  const handlers = new Map<string, ByteHandler>();
  for (const [service, methods] of services) {
    for (const [method, handler] of Object.entries(methods)) handlers.set(`/${service}/${method}`, handler);
  }
  for (const http2Server of http2ServersOf(server)) takeOver(http2Server, handlers, options);
}

function takeOver(server: Http2Server, handlers: ReadonlyMap<string, ByteHandler>, options: UnaryOptions): void {
  const others = server.listeners("stream");
  server.removeAllListeners("stream");
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => {
    const handler = handlers.get(headers[":path"] ?? "");
    if (handler === undefined) {
      for (const other of others) other.call(server, stream, headers, ...rest);
      return;
    }
    stream.on("error", ignore);
    void new Call(stream, headers, options).answer(handler);
  });
}

/** A broken stream has nobody to be told. */
function ignore(): void {}

/** One call from its headers to its trailers. */
class Call implements CallContext {
  deadline?: number;
  caller: CallContext["caller"];
  mayManage = false;
  record?: CallContext["record"];
  private watched: WatchedRequest | undefined;
  private readonly stream: ServerHttp2Stream;
  private readonly headers: IncomingHttpHeaders;
  private readonly options: UnaryOptions;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: UnaryOptions) {
    this.stream = stream;
    this.headers = headers;
    this.options = options;
  }

  isCancelled(): boolean {
    return this.stream.destroyed || this.stream.aborted;
  }

  /** Answers the call, whatever happens; never rejects. */
  async answer(handler: ByteHandler): Promise<void> {
    const { gate, calls } = this.options;
    if (!(this.headers["content-type"] ?? "").startsWith("application/grpc")) {
      this.stream.respond({ ":status": 415 }, { endStream: true });
      return;
    }
    calls.enter();
    this.watched = this.options.watch?.begin({
      transport: "grpc",
      name: this.headers[":path"]!.slice(1),
      header: (key) => headerText(this.headers[key]),
    });
    try {
      const admitted = this.admit(gate);
      if (!(typeof admitted === "boolean" ? admitted : await admitted)) return;
      try {
        const request = await this.message(gate.maxRequestBytes);
        if (request !== undefined) await this.handle(handler, request);
      } finally {
        gate.admission.leave();
      }
    } catch (error) {
      const failure = handlerFailure(error);
      this.fail(grpcStatus(failure));
      this.watched?.end({ record: this.record, error: failure });
    } finally {
      calls.leave();
    }
  }

  private async handle(handler: ByteHandler, request: Uint8Array): Promise<void> {
    const { watched } = this;
    const answer = watched === undefined ? handler(request, this) : watched.run(() => handler(request, this));
    this.succeed(await answer);
    watched?.end(this);
  }

  /** Finds out who calls and takes a place, waiting for it where it has to; false where the call was turned away. */
  private admit(gate: Gate): boolean | Promise<boolean> {
    try {
      const timeout = this.headers["grpc-timeout"];
      const milliseconds = typeof timeout === "string" ? timeoutMs(timeout) : undefined;
      if (milliseconds !== undefined) this.deadline = performance.now() + milliseconds;
      this.caller = callerOf(gate, () => ({
        authorization: this.headers.authorization,
        commonName: this.commonName(),
      }));
      this.mayManage = mayManage(gate, this.caller);
      const turn = gate.admission.enter();
      return turn === undefined ? true : turn.then(() => true);
    } catch (error) {
      const status = grpcStatus(error);
      this.options.refused(status);
      this.fail(status);
      this.watched?.end({ record: undefined, error: toStatusError(error, "INTERNAL") });
      return false;
    }
  }

  private commonName(): string | undefined {
    const socket = this.stream.session?.socket as Partial<TLSSocket> | undefined;
    const name = socket?.authorized === true ? socket.getPeerCertificate?.().subject?.CN : undefined;
    return Array.isArray(name) ? name[0] : name;
  }

  /** The request's message; undefined where the client went away before it was there. */
  private async message(maxBytes: number): Promise<Uint8Array | undefined> {
    const body = await this.body(maxBytes);
    if (body === undefined) return undefined;
    const { message, isPacked } = frameContents(body);
    if (!isPacked) return message;
    const encoding = this.headers["grpc-encoding"];
    return unpackMessage(message, typeof encoding === "string" ? encoding : "identity", maxBytes);
  }

  private body(maxBytes: number): Promise<Buffer | undefined> {
    const { stream, chunks } = this;
    return new Promise((resolve, reject) => {
      // The client may have gone while the call waited for its place.
      if (stream.destroyed) return resolve(undefined);
      stream.on("data", (chunk: Buffer) => {
        this.size += chunk.length;
        if (maxBytes > 0 && this.size > maxBytes) {
          chunks.length = 0;
          reject(new StatusError("RESOURCE_EXHAUSTED", `The request is larger than ${maxBytes} bytes`));
        } else {
          chunks.push(chunk);
        }
      });
      stream.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
      stream.on("close", () => resolve(undefined));
    });
  }

  private succeed(response: Uint8Array): void {
    const { stream } = this;
    if (stream.destroyed || stream.closed) return;
    stream.respond(this.headersOfAnswer(), { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(okTrailers));
    stream.end(framed(response));
  }

  private fail({ code, details }: GrpcStatus): void {
    const { stream } = this;
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    // RESOURCE_EXHAUSTED: the server is full at the moment.
    const retry = code === 8 ? { "grpc-retry-pushback-ms": String(retryAfterSeconds * 1000) } : {};
    const status = { "grpc-status": String(code), "grpc-message": encodeStatusText(details) };
    stream.respond({ ...this.headersOfAnswer(), ...status, ...retry }, { endStream: true });
  }

  private headersOfAnswer(): Readonly<Record<string, string | number>> {
    return this.watched === undefined ? answerHeaders : { ...answerHeaders, [requestIdHeader]: this.watched.id };
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
