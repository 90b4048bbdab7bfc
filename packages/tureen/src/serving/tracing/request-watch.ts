import { randomUUID } from "node:crypto";
import { context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { StatusError } from "../../core/status-error.js";
import type { Log } from "../log.js";
import type { RequestRecord } from "../monitoring/request-record.js";
import { requestIdHeader } from "./request-id.js";
import { requestLine } from "./request-line.js";
import { nameStages } from "./stage-spans.js";

/** A request as its transport knows it before it is answered. */
export interface IncomingCall {
  readonly transport: "grpc" | "http";
  /** `tensorflow.serving.PredictionService/Predict`, or method and path pattern: `POST /v1/models/{model}:predict`. */
  readonly name: string;
  /** A header or metadata entry, by its lower-case name. */
  header(name: string): string | undefined;
}

/** How a request ended; the error is absent where it went well. */
export interface CallEnd {
  readonly record?: RequestRecord | undefined;
  readonly error?: StatusError;
}

/** One request that is watched. */
export interface WatchedRequest {
  /** The client's `x-request-id` or one of our own; answers carry it. */
  readonly id: string;
  /** Runs what answers the request inside the request's trace context. */
  run<T>(answer: () => T): T;
  end(end: CallEnd): void;
}

/** Which requests get a log line. */
export type LoggedRequests = "none" | "failures" | "all";

/** Sees every request come and go. */
export interface RequestWatch {
  begin(call: IncomingCall): WatchedRequest;
}

/** What a client may send as an id: printable, without blanks, of a length that a log line bears. */
const acceptableId = /^[\x21-\x7e]{1,128}$/;

/**
 * A watch that logs requests with their ids and makes OpenTelemetry server spans of them, children of the caller's W3C trace context.
 *
 * Undefined where there is nothing to do: no requests to log, and no tracer provider registered with `@opentelemetry/api` at this moment.
 */
export function requestWatch(logged: LoggedRequests, log: Log, tracer: Tracer | undefined): RequestWatch | undefined {
  if (logged === "none" && tracer === undefined) return undefined;
  return { begin: (call) => new Watched(call, logged, log, tracer) };
}

class Watched implements WatchedRequest {
  readonly id: string;
  private readonly call: IncomingCall;
  private readonly logged: LoggedRequests;
  private readonly log: Log;
  private readonly tracer: Tracer | undefined;
  private readonly parent = context.active();
  private readonly span: Span | undefined;
  private readonly start = performance.now();

  constructor(call: IncomingCall, logged: LoggedRequests, log: Log, tracer: Tracer | undefined) {
    this.call = call;
    this.logged = logged;
    this.log = log;
    this.tracer = tracer;
    const given = call.header(requestIdHeader);
    this.id = given !== undefined && acceptableId.test(given) ? given : randomUUID();
    if (tracer === undefined) return;
    this.parent = propagation.extract(context.active(), call, headerGetter);
    this.span = tracer.startSpan(
      call.name,
      { kind: SpanKind.SERVER, attributes: { ...attributesOf(call), "tureen.request_id": this.id } },
      this.parent,
    );
  }

  run<T>(answer: () => T): T {
    return this.span === undefined ? answer() : context.with(trace.setSpan(this.parent, this.span), answer);
  }

  end({ record, error }: CallEnd): void {
    const elapsed = performance.now() - this.start;
    this.endSpan(record, error);
    if (this.logged === "none" || (this.logged === "failures" && error === undefined)) return;
    const traceId = this.span?.spanContext().traceId;
    const line = requestLine({ ...this.call, id: this.id, elapsed, record, error, traceId });
    if (error === undefined) this.log.info("request", line);
    else this.log.warning("request", line);
  }

  private endSpan(record: RequestRecord | undefined, error: StatusError | undefined): void {
    const { span, tracer } = this;
    if (span === undefined || tracer === undefined) return;
    if (record?.servable !== undefined) {
      span.setAttribute("tureen.model", record.servable.name);
      span.setAttribute("tureen.version", String(record.servable.version));
    }
    if (record?.signature !== undefined) span.setAttribute("tureen.signature", record.signature.name);
    if (record !== undefined && record.batchRows > 0) span.setAttribute("tureen.batch_rows", record.batchRows);
    span.setAttribute("tureen.status", error?.code ?? "OK");
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    const now = Date.now();
    if (record !== undefined && error === undefined) {
      nameStages(tracer, trace.setSpan(this.parent, span), record, now);
    }
    span.end(now);
  }
}

const headerGetter = {
  get: (call: IncomingCall, key: string): string | undefined => call.header(key),
  keys: (): string[] => ["traceparent", "tracestate", "baggage"],
};

function attributesOf({ transport, name }: IncomingCall): Readonly<Record<string, string>> {
  // OpenTelemetry's semantic conventions for RPC and HTTP servers.
  const [first = "", second = ""] = name.split(transport === "grpc" ? "/" : " ");
  return transport === "grpc"
    ? { "rpc.system": "grpc", "rpc.service": first, "rpc.method": second }
    : { "http.request.method": first, "http.route": second };
}
