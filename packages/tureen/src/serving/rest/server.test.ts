import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";

const models = testModels();
let server: ModelServer;

beforeAll(async () => {
  server = await startTestServer(models, { port: false, prometheusPath: "/monitoring/prometheus/metrics" });
});

afterAll(async () => {
  await server.close();
  models.remove();
});

const predictPath = "/v1/models/half_plus_two:predict";

describe("REST", () => {
  it("predicts by rows and by columns", async () => {
    const rows = await post(server, predictPath, { instances: [1, 2, 5] });
    expect([rows.status, rows.body]).toEqual([200, '{\n    "predictions": [2.5, 3.0, 4.5\n    ]\n}']);
    expect(rows.headers.get("content-type")).toBe("application/json");
    expect(rows.headers.get("access-control-allow-origin")).toBeNull();
    const columns = await post(server, "/v1/models/half_plus_two/versions/123:predict", { inputs: { x: [1] } });
    expect(columns.body).toBe('{\n    "outputs": [\n        2.5\n    ]\n}');
  });

  it("classifies and regresses", async () => {
    const classified = await post(server, "/v1/models/half_plus_two:classify", {
      signature_name: "classify_labels",
      examples: [{ x: 2.0 }, { x: 4.5 }],
    });
    // JSON.stringify writes 2.0 as 2, an integer, which the feature is not.
    expect([classified.status, JSON.parse(classified.body).error]).toEqual([
      400,
      "Name: <unknown>, Feature: x (data type: float) is required but could not be found.\n\t [[{{node ParseExample/ParseExample}}]]",
    ]);
    const body = '{"signature_name":"classify_labels","examples":[{"x":2.0},{"x":4.5}]}';
    expect((await post(server, "/v1/models/half_plus_two:classify", body)).body).toBe(
      '{\n    "results": [[["x=2", 3.0]], [["x=4.5", 4.25]]\n    ]\n}',
    );
    const regressed = await post(
      server,
      "/v1/models/half_plus_two:regress",
      '{"signature_name":"regress_x_to_y","context":{"x":7.5},"examples":[{"x":3.0},{}]}',
    );
    expect(regressed.body).toBe('{\n    "results": [3.5, 5.75]\n}');
  });

  it("reports states and metadata", async () => {
    const status = await rest(server, "/v1/models/half_plus_two");
    expect(JSON.parse(status.body)).toEqual({
      model_version_status: [{ version: "123", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } }],
    });
    const metadata = await rest(server, "/v1/models/half_plus_two/metadata");
    const parsed = JSON.parse(metadata.body);
    expect(parsed.model_spec).toEqual({ name: "half_plus_two", version: "123", signature_name: "" });
    expect(parsed.metadata.signature_def.signature_def.serving_default.inputs.x.name).toBe("x:0");
  });

  it.each([
    ["GET", "/v1/models", undefined, 400, "Missing model name in request."],
    ["GET", "/v1/models/other", undefined, 404, "Could not find any versions of model other"],
    ["GET", "/v1/models/half_plus_two/versions/7", undefined, 404, "Could not find version 7 of model half_plus_two"],
    ["GET", "/v1/models/other/metadata", undefined, 404, "Servable not found for request: Latest(other)"],
    ["POST", "/v1/models/other:predict", '{"instances":[1]}', 404, "Servable not found for request: Latest(other)"],
    [
      "POST",
      "/v1/models/half_plus_two/versions/7:predict",
      "{}",
      404,
      "Servable not found for request: Specific(half_plus_two, 7)",
    ],
    ["POST", "/v1/models/half_plus_two/labels/x:predict", "{}", 400, "Unrecognized servable version label: x"],
    ["POST", predictPath, "", 400, "JSON Parse error: The document is empty"],
    [
      "POST",
      predictPath,
      '{"signature_name":"nope"}',
      400,
      'Serving signature name: "nope" not found in signature def',
    ],
    [
      "POST",
      "/v1/models/half_plus_two:classify",
      '{"examples":[{"x":1.0}]}',
      400,
      /^No classification inputs found in SignatureDef: inputs \{\n {2}key: "x"/,
    ],
    [
      "POST",
      "/v1/models/half_plus_two:regress",
      '{"signature_name":"nope","examples":[{}]}',
      400,
      "No signature was found with the name: nope",
    ],
    [
      "POST",
      predictPath,
      '{"signature_name":"echo_qint8","inputs":[1]}',
      501,
      "Conversion of JSON Value: 1 to type: qint8",
    ],
    [
      "POST",
      predictPath,
      '{"signature_name":"with_default","inputs":{"x":[1]}}',
      400,
      "Missing named input: bias in 'inputs' object.",
    ],
    ["PUT", predictPath, "{}", 400, `Malformed request: PUT ${predictPath}`],
    ["POST", `${predictPath}?a=b`, "{}", 400, `Malformed request: POST ${predictPath}?a=b`],
  ])("%s %s with %j is %d", async (method, path, body, status, message) => {
    const reply = await rest(server, path, { method, ...(body === undefined ? {} : { body }) });
    expect(reply.status).toBe(status);
    const { error } = JSON.parse(reply.body) as { readonly error: string };
    if (typeof message === "string") expect(error).toBe(message);
    else expect(error).toMatch(message);
  });

  it("answers a version beyond 64 bits with 400 and nothing more", async () => {
    const reply = await rest(server, "/v1/models/half_plus_two/versions/9223372036854775808");
    expect([reply.status, reply.body]).toEqual([400, ""]);
  });

  it("unpacks gzip, and takes what it cannot unpack for empty", async () => {
    const headers = { "Content-Encoding": "gzip" };
    const body = gzipSync('{"instances":[1]}');
    expect((await rest(server, predictPath, { method: "POST", body, headers })).body).toContain("2.5");
    const broken = await rest(server, predictPath, { method: "POST", body: body.subarray(0, 10), headers });
    expect(JSON.parse(broken.body).error).toBe("JSON Parse error: The document is empty");
  });

  it("answers preflights and other paths as libevent under TensorFlow Serving does", async () => {
    const allowed = await rest(server, predictPath, { method: "OPTIONS", headers: { Origin: "https://example.com" } });
    expect([allowed.status, allowed.body]).toEqual([200, ""]);
    const refused = await rest(server, predictPath, { method: "OPTIONS" });
    expect([refused.status, refused.body]).toEqual([400, ""]);
    const unknown = await rest(server, "/favicon.ico");
    expect(unknown.status).toBe(404);
    expect(unknown.body).toContain("<H1>Not Found</H1>");
  });

  it("counts, and shows what it counted", async () => {
    await post(server, predictPath, { instances: [1] });
    const page = await rest(server, "/monitoring/prometheus/metrics");
    expect(page.headers.get("content-type")).toBe("text/plain");
    expect(page.body).toMatch(/^:tensorflow:serving:request_count\{model_name="half_plus_two",status="OK"\} \d+$/m);
    expect(page.body).toMatch(
      /^:tensorflow:serving:request_latency_bucket\{model_name="half_plus_two",API="predict",entrypoint="REST",le="10"\} \d+$/m,
    );
    expect(page.body).toContain("# TYPE :tensorflow:serving:request_log_count counter\n");
    const wrong = await rest(server, "/monitoring/prometheus/metrics?a=b");
    expect([wrong.status, wrong.body]).toEqual([
      400,
      "Unexpected path: /monitoring/prometheus/metrics?a=b. Should be /monitoring/prometheus/metrics",
    ]);
    expect((await rest(server, "/metrics")).body).toContain(":tureen:process:resident_memory_bytes{}");
  });

  it("says that it is well and ready", async () => {
    expect((await rest(server, "/healthz")).body).toBe("ok\n");
    const ready = await rest(server, "/readyz");
    expect([ready.status, ready.body]).toEqual([200, "half_plus_two: available\n"]);
  });
});
