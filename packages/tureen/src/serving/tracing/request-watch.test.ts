import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lineLog } from "../log.js";
import type { ModelServer } from "../model-server.js";
import { floats, predictRequest, rpc } from "../testing/test-client.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";
import { openWatch } from "./open-watch.js";

const predictPath = "/v1/models/half_plus_two:predict";
const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const models = testModels();
const exporter = new InMemorySpanExporter();
const lines: string[] = [];
const log = lineLog((line) => lines.push(line));

/** One unary call with metadata: the answer, or the failure's code, and the headers that came back. */
function call(
  port: number,
  path: string,
  request: Uint8Array,
  entries: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly requestId: string | undefined }> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return new Promise((resolve) => {
    let requestId: string | undefined;
    const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
    const under = client.makeUnaryRequest(path, asIs, asIs, request, metadata, () => client.close());
    // An answer without a message has its headers and trailers in one.
    const note = (received: Metadata): void => {
      requestId ??= received.get("x-request-id")[0]?.toString();
    };
    under.on("metadata", note);
    under.on("status", (status) => {
      note(status.metadata);
      resolve({ code: status.code, requestId });
    });
  });
}

const requestLines = (): string[] => lines.filter((line) => line.includes("serving/request]"));

afterEach(() => {
  exporter.reset();
  lines.length = 0;
});

afterAll(() => models.remove());

describe("without a tracer provider", () => {
  it("does nothing unless requests are to be logged", async () => {
    expect(await openWatch("none", log)).toBeUndefined();
    expect(await openWatch("failures", log)).toBeDefined();
  });

  it("logs failures alone where that is asked for", async () => {
    const server = await startTestServer(models, { log, logRequests: "failures" });
    await post(server, predictPath, { instances: [1] });
    expect(requestLines()).toEqual([]);
    await post(server, "/v1/models/nope:predict", { instances: [1] });
    expect(requestLines()).toHaveLength(1);
    expect(requestLines()[0]).toMatch(
      /: W serving\/request\] POST \/v1\/models\/\{model\}:predict id=[0-9a-f-]{36} status=NOT_FOUND total=[\d.]+ms error="Servable not found for request: Latest\(nope\)"\n/,
    );
    lines.length = 0;
    await rest(server, "/v1/models/half_plus_two/versions/9223372036854775808");
    expect(requestLines()[0]).toContain('error="Version 9223372036854775808 does not fit 64 bits"');
    await server.close();
  });
});

describe.each([false, true])("with a tracer provider, direct calls %s", (grpcDirectCalls) => {
  let server: ModelServer;

  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    server = await startTestServer(models, { log, logRequests: "all", grpcDirectCalls });
  });

  afterAll(async () => {
    await server.close();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it("joins the caller's trace over REST and answers with the caller's request id", async () => {
    const reply = await fetch(`http://127.0.0.1:${server.restPort}${predictPath}`, {
      method: "POST",
      headers: { traceparent, "X-Request-Id": "order-17" },
      body: JSON.stringify({ instances: [1, 2] }),
    });
    expect(reply.headers.get("x-request-id")).toBe("order-17");
    await reply.text();
    const spans = exporter.getFinishedSpans();
    const root = spans.find(({ kind }) => kind === SpanKind.SERVER)!;
    expect(root.name).toBe("POST /v1/models/{model}:predict");
    expect(root.spanContext().traceId).toBe(traceId);
    expect(root.parentSpanContext?.spanId).toBe("b7ad6b7169203331");
    expect(root.attributes).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/v1/models/{model}:predict",
      "tureen.model": "half_plus_two",
      "tureen.version": "123",
      "tureen.signature": "serving_default",
      "tureen.status": "OK",
      "tureen.request_id": "order-17",
    });
    const stages = spans.filter((span) => span !== root);
    expect(stages.map(({ name }) => name)).toEqual(["decode", "compute", "encode"]);
    for (const stage of stages) expect(stage.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
    expect(requestLines()[0]).toMatch(
      new RegExp(
        `id=order-17 trace=${traceId} model=half_plus_two version=123 signature=serving_default status=OK total=`,
      ),
    );
  });

  it("does the same over gRPC, and makes an id where there is none that a log line bears", async () => {
    const given = await call(server.grpcPort!, rpc.predict, predictRequest({}, { x: floats([1]) }), {
      traceparent,
      "x-request-id": "abc",
    });
    expect(given).toEqual({ code: 0, requestId: "abc" });
    const made = await call(server.grpcPort!, rpc.predict, predictRequest({ name: "nope" }, {}), {
      "x-request-id": "two words",
    });
    expect(made.code).toBe(5);
    expect(made.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const [good, bad] = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
    expect(good!.spanContext().traceId).toBe(traceId);
    expect(good!.attributes).toMatchObject({
      "rpc.system": "grpc",
      "rpc.service": "tensorflow.serving.PredictionService",
      "rpc.method": "Predict",
      "tureen.status": "OK",
    });
    expect(bad!.status.code).toBe(SpanStatusCode.ERROR);
    expect(bad!.attributes["tureen.status"]).toBe("NOT_FOUND");
    expect(requestLines()).toHaveLength(2);
  });

  it("leaves health and metrics alone", async () => {
    await rest(server, "/healthz");
    await rest(server, "/metrics");
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});
