import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { afterEach, describe, expect, it } from "vitest";
import { handleReloadConfig } from "../api/handle-reload-config.js";
import { silentLog } from "../log.js";
import type { ModelServer } from "../model-server.js";
import { servingMetrics } from "../monitoring/serving-metrics.js";
import { floats, predictRequest, rpc } from "../testing/test-client.js";
import { testModel } from "../testing/test-model.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";
import { accessPolicy, readAccessPolicy } from "./access-policy.js";
import { Admission } from "./admission.js";

const models = testModels();
let server: ModelServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function accessFile(callers: readonly object[]): string {
  const path = join(models.root, "access.json");
  writeFileSync(path, JSON.stringify({ callers }));
  return path;
}

const callers = [
  { name: "shop", token: "one", models: ["half_plus_two"] },
  { name: "lab", token_sha256: sha256("two"), models: ["other"] },
  { name: "operator", token: "three", models: ["*"], manage: true },
];

function predict(token?: string): Promise<{ status: number; body: string; headers: Headers }> {
  return rest(server!, "/v1/models/half_plus_two:predict", {
    method: "POST",
    body: '{"instances":[1]}',
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
}

/** Calls Predict; the code, and the trailers of a failure. */
function callPredict(token?: string): Promise<{ code: number; metadata?: Metadata }> {
  const client = new Client(`127.0.0.1:${server!.grpcPort}`, credentials.createInsecure());
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  return new Promise((resolve) => {
    client.makeUnaryRequest<Uint8Array, Uint8Array>(
      rpc.predict,
      (bytes) => Buffer.from(bytes),
      (bytes) => bytes,
      predictRequest({}, { x: floats([1]) }),
      metadata,
      (error: ServiceError | null) => {
        client.close();
        resolve(error === null ? { code: 0 } : { code: error.code, metadata: error.metadata });
      },
    );
  });
}

describe("access by token", () => {
  it("lets callers use their models, by both transports, and nobody else", async () => {
    server = await startTestServer(models, { accessFile: accessFile(callers), enableModelManagement: true });
    const anonymous = await predict();
    expect([anonymous.status, anonymous.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await predict("wrong")).body).toContain("The bearer token is not known");
    expect((await predict("one")).status).toBe(200);
    const denied = await predict("two");
    expect([denied.status, JSON.parse(denied.body).error]).toEqual([403, "lab may not use model half_plus_two"]);
    expect((await predict("three")).status).toBe(200);
    expect((await Promise.all([undefined, "one", "two", "three"].map(callPredict))).map(({ code }) => code)).toEqual([
      16, 0, 7, 0,
    ]);
    expect((await rest(server, "/v1/models/half_plus_two", { headers: { authorization: "Bearer two" } })).status).toBe(
      403,
    );
    // Probes and metrics are for the platform, which has no token.
    expect((await rest(server, "/healthz")).status).toBe(200);
  });

  it("lets only those manage models who may", async () => {
    server = await startTestServer(models, {
      accessFile: accessFile(callers),
      enableModelManagement: true,
      port: false,
    });
    const list = async (token: string): Promise<number> =>
      (await rest(server!, "/manage/v1/models", { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await list("one"), await list("three")]).toEqual([403, 200]);
    const refused = await rest(server!, "/manage/v1/models", { headers: { authorization: "Bearer one" } });
    expect(JSON.parse(refused.body)).toEqual({ error: "shop may not manage models" });
    const shop = accessPolicy({ callers }, "access.json").identify({ authorization: "Bearer one" });
    const context = { core: server.core, metrics: servingMetrics(), checkMethodName: false };
    const request = { config: undefined, metricNames: [] };
    await expect(handleReloadConfig(context, request, { caller: shop }, silentLog)).rejects.toThrow(
      "shop may not exchange the configuration",
    );
  });

  it("takes over a changed file when it is told to, and keeps the old one if the new one is wrong", async () => {
    const path = accessFile(callers);
    server = await startTestServer(models, { accessFile: path, port: false });
    accessFile([{ name: "shop", token: "fresh", models: ["*"] }]);
    await server.reload();
    expect([(await predict("one")).status, (await predict("fresh")).status]).toEqual([401, 200]);
    writeFileSync(path, "{");
    expect(() => readAccessPolicy(path)).toThrow(`${path} is no JSON: `);
    await server.reload();
    expect((await predict("fresh")).status).toBe(200);
  });

  it.each([
    [{}, '"callers" must be a list'],
    [{ callers: [{}] }, "caller 0 needs a name"],
    [{ callers: [{ name: "a" }] }, "a needs a token"],
    [{ callers: [{ name: "a", token: "x", model: ["*"] }] }, 'caller 0 has the unknown member "model"'],
    [{ callers: [{ name: "a", token: "x", models: "*" }] }, '"models" of a must be a list of names'],
    [{ callers: [{ name: "a", token_sha256: "12" }] }, "a needs a token"],
  ])("refuses %j", (document, message) => {
    expect(() => accessPolicy(document, "access.json")).toThrow(message);
  });

  it("knows callers by their certificates", () => {
    const policy = accessPolicy(
      { callers: [{ name: "job", certificate_common_name: "job.internal", models: ["*"] }] },
      "f",
    );
    expect(policy.identify({ authorization: undefined, commonName: "job.internal" }).name).toBe("job");
    expect(() => policy.identify({ authorization: undefined, commonName: "other" })).toThrow(
      "A bearer token is needed",
    );
  });
});

describe("limits", () => {
  it("queues so many requests in their order and turns the rest away", async () => {
    const admission = new Admission({ maxConcurrent: 1, maxQueued: 2 });
    expect(admission.enter()).toBeUndefined();
    const order: number[] = [];
    const waiting = [1, 2].map((i) => admission.enter()!.then(() => order.push(i)));
    expect(() => admission.enter()).toThrow("The server is at its limit of 1 requests at work and 2 waiting");
    admission.leave();
    await waiting[0];
    admission.leave();
    await waiting[1];
    expect([order, admission.active, admission.queued]).toEqual([[1, 2], 1, 0]);
    admission.leave();
    expect(admission.active).toBe(0);
  });

  it("answers RESOURCE_EXHAUSTED with the time to wait, and recovers", async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    server = await startTestServer(models, {
      maxConcurrentRequests: 1,
      loadModel: async () => testModel({ gate: () => gate }),
      enableModelWarmup: false,
    });
    const first = predict();
    await expect
      .poll(async () => (await rest(server!, "/metrics")).body)
      .toContain(":tureen:serving:active_requests{} 1");
    const refused = await predict();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    const call = await callPredict();
    expect([call.code, call.metadata!.get("grpc-retry-pushback-ms")]).toEqual([8, ["1000"]]);
    open();
    expect((await first).status).toBe(200);
    expect((await predict()).status).toBe(200);
    expect((await rest(server, "/metrics")).body).toContain(
      ':tureen:serving:refused_request_count{status="RESOURCE_EXHAUSTED"} 2',
    );
  });

  it("refuses a request that is too large, by both transports", async () => {
    server = await startTestServer(models, { maxRequestBytes: 1000 });
    const large = await post(server, "/v1/models/half_plus_two:predict", { instances: new Array(1000).fill(1) });
    expect([large.status, JSON.parse(large.body).error]).toEqual([413, "The request is larger than 1000 bytes"]);
    expect((await predict()).status).toBe(200);
    const client = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
    const code = await new Promise((resolve) => {
      client.makeUnaryRequest<Uint8Array, Uint8Array>(
        rpc.predict,
        (bytes) => Buffer.from(bytes),
        (bytes) => bytes,
        predictRequest({}, { x: floats(new Array(1000).fill(1)) }),
        (error: ServiceError | null) => resolve(error?.code),
      );
    });
    client.close();
    expect(code).toBe(8);
  });

  it("answers the web pages of the listed origins only", async () => {
    server = await startTestServer(models, { port: false, corsOrigins: ["https://shop.example"] });
    const from = (origin: string) =>
      rest(server!, "/v1/models/half_plus_two:predict", {
        method: "POST",
        body: '{"instances":[1]}',
        headers: { origin },
      });
    expect((await from("https://shop.example")).headers.get("access-control-allow-origin")).toBe(
      "https://shop.example",
    );
    expect((await from("https://other.example")).headers.get("access-control-allow-origin")).toBeNull();
    const preflight = await rest(server, "/v1/models/half_plus_two:predict", {
      method: "OPTIONS",
      headers: { origin: "https://other.example" },
    });
    expect(preflight.status).toBe(400);
  });
});
