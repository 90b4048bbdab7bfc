import { constants, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Server } from "@grpc/grpc-js";
import { StatusError, toStatusError } from "../../core/status-error.js";
import type { CallContext } from "../api/request-context.js";
import { retryAfterSeconds } from "../gate/admission.js";
import { callerOf, mayManage } from "../gate/gate.js";
import type { RequestRecord } from "../monitoring/request-record.js";
import { requestIdHeader } from "../tracing/request-id.js";
import type { WatchedRequest } from "../tracing/request-watch.js";
import type { ByteMethods } from "./byte-methods.js";
import { acceptedEncodings, encodeStatusText, framed, timeoutMs, unpackMessage } from "./frame.js";
import { http2ServersOf, noteOpenedStream } from "./http2-servers.js";
import { RequestBody } from "./request-body.js";
import { type GrpcStatus, grpcStatus } from "./status.js";
import { type ByteHandler, handlerFailure, type UnaryOptions } from "./unary.js";

/** What calls are answered within. */
export interface DirectOptions extends UnaryOptions {
  /** Bytes that a request's message may have, packed and unpacked; negative for no limit. */
  readonly maxReceiveBytes: number;
  /** Bytes that an answer's message may have; negative for no limit. */
  readonly maxSendBytes: number;
}

const answerHeaders = Object.freeze({
  ":status": 200,
  "content-type": "application/grpc+proto",
  "grpc-accept-encoding": acceptedEncodings,
});
const okTrailers = Object.freeze({ "grpc-status": "0" });
// A Date header is nothing that gRPC asks for, and costs every call.
const withTrailers = Object.freeze({ waitForTrailers: true, sendDate: false });
const withoutMessage = Object.freeze({ endStream: true, sendDate: false });

/** What timers can wait for; later deadlines are not waited for. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Has the calls of unary methods on a grpc-js server that listens answered straight on its HTTP/2 streams, without what the library does
 * around each; connections, TLS, keep-alive, health, reflection and all other calls stay the library's.
 *
 * Answers are never compressed, as the library's.
 */
export function answerDirectly(
  server: Server,
  services: ReadonlyMap<string, ByteMethods>,
  options: DirectOptions,
): void {
  const handlers = new Map<string, ByteHandler>();
  for (const [service, methods] of services) {
    for (const [method, handler] of Object.entries(methods)) handlers.set(`/${service}/${method}`, handler);
  }
  const opened = noteOpenedStream(server);
  for (const http2Server of http2ServersOf(server)) takeOver(http2Server, handlers, opened, options);
}

function takeOver(
  server: Http2Server,
  handlers: ReadonlyMap<string, ByteHandler>,
  opened: (stream: ServerHttp2Stream) => void,
  options: DirectOptions,
): void {
  const others = server.listeners("stream");
  server.removeAllListeners("stream");
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...rest: unknown[]) => {
    const handler = handlers.get(headers[":path"] ?? "");
    if (handler === undefined) {
      for (const other of others) other.call(server, stream, headers, ...rest);
      return;
    }
    stream.on("error", ignore);
    opened(stream);
    if (headers["content-type"]?.startsWith("application/grpc") !== true) {
      stream.respond({ ":status": 415 }, { endStream: true });
      stream.resume();
      return;
    }
    new Call(stream, headers, options, handler).begin();
  });
}

/** A broken stream has nobody to be told. */
function ignore(): void {}

/** One call from its headers to its trailers. */
class Call implements CallContext {
  deadline?: number;
  caller: CallContext["caller"];
  mayManage = false;
  record: RequestRecord | undefined;
  private watched: WatchedRequest | undefined;
  private timer: NodeJS.Timeout | undefined;
  private body: RequestBody | undefined;
  /** Whether the client has its status, or nobody waits for one. */
  private isAnswered = false;
  private readonly stream: ServerHttp2Stream;
  private readonly headers: IncomingHttpHeaders;
  private readonly options: DirectOptions;
  private readonly handler: ByteHandler;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: DirectOptions, handler: ByteHandler) {
    this.stream = stream;
    this.headers = headers;
    this.options = options;
    this.handler = handler;
  }

  isCancelled(): boolean {
    return this.stream.destroyed || this.stream.aborted;
  }

  releaseBody(): void {
    this.body?.release();
    this.body = undefined;
  }

  /** Finds out who calls and reads the message; a call that is turned away is so before it has sent all. */
  begin(): void {
    const { gate, calls, watch } = this.options;
    calls.enter();
    this.watched = watch?.begin({
      transport: "grpc",
      name: this.headers[":path"]!.slice(1),
      header: (key) => headerText(this.headers[key]),
    });
    try {
      const timeout = this.headers["grpc-timeout"];
      if (typeof timeout === "string") this.setDeadline(timeout);
      this.caller = callerOf(gate, () => ({
        authorization: this.headers.authorization,
        commonName: this.commonName(),
      }));
      this.mayManage = mayManage(gate, this.caller);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.read();
  }

  private setDeadline(text: string): void {
    const milliseconds = timeoutMs(text);
    if (milliseconds === undefined) {
      throw new StatusError("INTERNAL", `Invalid grpc-timeout value "${text}"`);
    }
    this.deadline = performance.now() + milliseconds;
    if (milliseconds > longestTimerMs) return;
    this.timer = setTimeout(() => {
      const late = new StatusError("DEADLINE_EXCEEDED", "Deadline exceeded");
      if (this.body?.isComplete === false) this.turnAway(late);
      else this.fail(grpcStatus(late));
    }, milliseconds);
  }

  private commonName(): string | undefined {
    const socket = this.stream.session?.socket as Partial<TLSSocket> | undefined;
    const name = socket?.authorized === true ? socket.getPeerCertificate?.().subject?.CN : undefined;
    return Array.isArray(name) ? name[0] : name;
  }

  private read(): void {
    const { stream } = this;
    const body = new RequestBody(this.options.maxReceiveBytes);
    this.body = body;
    stream.on("data", (chunk: Buffer) => {
      if (this.isAnswered) return;
      try {
        body.add(chunk);
      } catch (error) {
        this.turnAway(toStatusError(error, "INTERNAL"));
      }
    });
    stream.on("end", () => {
      if (!this.isAnswered) this.received(body);
    });
    stream.on("close", () => {
      // The client went away before its message was there; later than that, what answers it finds out by itself.
      if (this.isAnswered || body.isComplete) return;
      this.turnAway(new StatusError("CANCELLED", "The client cancelled the call"));
    });
  }

  /** The message is there: it takes its place among those that are answered. */
  private received(body: RequestBody): void {
    let turn: Promise<void> | undefined;
    let message: Uint8Array;
    let isPacked: boolean;
    try {
      ({ message, isPacked } = body.complete());
    } catch (error) {
      this.turnAway(toStatusError(error, "INTERNAL"));
      return;
    }
    try {
      turn = this.options.gate.admission.enter();
    } catch (error) {
      this.refuse(error);
      return;
    }
    if (turn === undefined && !isPacked) this.handle(message);
    else void this.handleLater(turn, message, isPacked);
  }

  private async handleLater(turn: Promise<void> | undefined, message: Uint8Array, isPacked: boolean): Promise<void> {
    await turn;
    if (!isPacked) {
      this.handle(message);
      return;
    }
    const encoding = this.headers["grpc-encoding"];
    try {
      const { maxReceiveBytes } = this.options;
      const unpacked = await unpackMessage(
        message,
        typeof encoding === "string" ? encoding : "identity",
        maxReceiveBytes,
      );
      this.handle(unpacked);
    } catch (error) {
      this.failed(error);
    }
  }

  private handle(message: Uint8Array): void {
    const { watched, handler } = this;
    try {
      const answer = watched === undefined ? handler(message, this) : watched.run(() => handler(message, this));
      if (answer instanceof Promise) {
        answer.then(
          (bytes) => this.succeeded(bytes),
          (error: unknown) => this.failed(error),
        );
      } else {
        this.succeeded(answer);
      }
    } catch (error) {
      this.failed(error);
    }
  }

  /** The handler's end that is an answer. */
  private succeeded(answer: Uint8Array): void {
    const { maxSendBytes } = this.options;
    if (maxSendBytes >= 0 && answer.length > maxSendBytes) {
      const size = `${answer.length} vs. ${maxSendBytes}`;
      this.failed(new StatusError("RESOURCE_EXHAUSTED", `Sent message larger than max (${size})`));
      return;
    }
    try {
      this.answer(answer);
      this.watched?.end(this);
    } finally {
      this.options.gate.admission.leave();
      this.leave();
    }
  }

  /** The handler's end that is a failure. */
  private failed(error: unknown): void {
    const failure = handlerFailure(error);
    try {
      this.fail(grpcStatus(failure));
      this.watched?.end({ record: this.record, error: failure });
    } finally {
      this.options.gate.admission.leave();
      this.leave();
    }
  }

  /** Ends a call that the gate does not let in. */
  private refuse(error: unknown): void {
    this.options.refused(grpcStatus(error));
    this.turnAway(toStatusError(error, "INTERNAL"));
  }

  /** Ends a call whose handler has not begun. */
  private turnAway(error: StatusError): void {
    this.fail(grpcStatus(error));
    this.watched?.end({ record: undefined, error });
    this.leave();
  }

  /** Nothing of the call is under way any more. */
  private leave(): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.isAnswered = true;
    // Byte strings of the message may be in use for as long as the model likes: only who has none of them gives the body back.
    this.body = undefined;
    this.options.calls.leave();
  }

  private answer(message: Uint8Array): void {
    const { stream } = this;
    if (this.isAnswered) return;
    this.isAnswered = true;
    if (stream.destroyed || stream.closed) return;
    stream.respond(this.headersOfAnswer(), withTrailers);
    stream.on("wantTrailers", sendOkTrailers);
    const { prefix, rest } = framed(message);
    if (rest === undefined) {
      stream.end(prefix);
      return;
    }
    stream.cork();
    stream.write(prefix);
    stream.end(rest);
  }

  private fail({ code, details }: GrpcStatus): void {
    const { stream } = this;
    if (this.isAnswered) return;
    this.isAnswered = true;
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    // RESOURCE_EXHAUSTED: the server is full at the moment.
    const retry = code === 8 ? { "grpc-retry-pushback-ms": String(retryAfterSeconds * 1000) } : {};
    const status = { "grpc-status": String(code), "grpc-message": encodeStatusText(details) };
    stream.respond({ ...this.headersOfAnswer(), ...status, ...retry }, withoutMessage);
    // What the client still sends must not hold up the connection's window, nor may a client that sends nothing more hold the stream.
    stream.resume();
    if (!stream.readableEnded)
      stream.once("finish", () => setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR)));
  }

  private headersOfAnswer(): Readonly<Record<string, string | number>> {
    return this.watched === undefined ? answerHeaders : { ...answerHeaders, [requestIdHeader]: this.watched.id };
  }
}

function sendOkTrailers(this: ServerHttp2Stream): void {
  this.sendTrailers(okTrailers);
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
