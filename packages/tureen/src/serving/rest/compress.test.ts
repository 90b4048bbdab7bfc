import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { startTestServer, testModels } from "../testing/test-server.js";
import { acceptsGzip } from "./compress.js";

describe("acceptsGzip", () => {
  it.each([
    ["gzip", true],
    ["deflate, GZIP;q=0.5", true],
    ["*", true],
    ["*;q=0", false],
    ["gzip;q=0, *", false],
    ["br", false],
    ["", false],
  ])("of %j is %s", (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected);
  });
});

describe("compressed answers", () => {
  const models = testModels();
  let server: ModelServer;
  beforeAll(async () => {
    server = await startTestServer(models, { restApiCompressResponses: true, restApiEnableCorsSupport: true });
  });
  afterAll(async () => {
    await server.close();
    models.remove();
  });

  const ask = (instances: number, headers: Readonly<Record<string, string>>) =>
    new Promise<{ readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer }>((resolve, reject) => {
      const options = { port: server.restPort!, path: "/v1/models/half_plus_two:predict", method: "POST", headers };
      request(options, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () => resolve({ headers: reply.headers, body: Buffer.concat(chunks) }));
      })
        .on("error", reject)
        .end(JSON.stringify({ instances: Array.from({ length: instances }, (_, i) => i) }));
    });

  it("go to clients that accept gzip, where they are large", async () => {
    const packed = await ask(1000, { "Accept-Encoding": "gzip, deflate" });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(Number(packed.headers["content-length"])).toBe(packed.body.length);
    const plain = await ask(1000, {});
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect((await ask(3, { "Accept-Encoding": "gzip" })).headers).not.toHaveProperty("content-encoding");
  });
});
