import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../serving/model-server.js";
import { post, rest, startTestServer, testModels } from "../serving/testing/test-server.js";
import { consolePages } from "./console.js";
import type { ConsoleData } from "./console-data.js";

const models = testModels();
const folder = mkdtempSync(join(tmpdir(), "console-"));
let server: ModelServer;

beforeAll(async () => {
  for (const file of ["index.html", "page.js", "page.css"]) writeFileSync(join(folder, file), `the ${file}`);
  const accessFile = join(folder, "access.json");
  writeFileSync(accessFile, JSON.stringify({ callers: [{ name: "shop", token: "secret", models: ["*"] }] }));
  const extra = join(models.add("half_plus_two", "00000123"), "00000123", "assets.extra");
  mkdirSync(extra);
  const x = { dtype: "float32", count: 1, missing: 0, distinct: 1, top: [{ value: 1, count: 1 }], quantiles: {} };
  const statistics = { format: "tureen.feature-statistics/1", rows: 1, features: { x } };
  writeFileSync(join(extra, "feature_statistics.json"), JSON.stringify(statistics));
  server = await startTestServer(models, {
    pages: consolePages(folder),
    managementPort: 0,
    accessFile,
    featureDriftSamplingRate: 1,
  });
});

afterAll(async () => {
  await server.close();
  models.remove();
  rmSync(folder, { recursive: true });
});

describe("the console", () => {
  it("serves the page and its parts under a strict content policy, and nothing else", async () => {
    const page = await rest(server, "/console");
    expect([page.status, page.body]).toEqual([200, "the index.html"]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await rest(server, "/console/")).body).toBe("the index.html");
    expect((await rest(server, "/console/page.js")).headers.get("content-type")).toMatch(/^text\/javascript/);
    for (const path of ["/console/main.tsx", "/console/../access.json", "/", "/consol"]) {
      expect((await rest(server, path)).status).toBe(404);
    }
    expect((await post(server, "/console", "{}")).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${server.managementPort}/console`)).status).toBe(200);
  });

  it("is where a browser that asks for no page is sent", async () => {
    const sent = await rest(server, "/", { headers: { Accept: "text/html,*/*;q=0.8" }, redirect: "manual" });
    expect([sent.status, sent.headers.get("location")]).toEqual([302, "/console"]);
    expect((await rest(server, "/", { headers: { Accept: "application/json" } })).status).toBe(404);
  });

  it("tells of models to callers that the access file knows", async () => {
    expect((await rest(server, "/console/data")).status).toBe(401);
    const headers = { Authorization: "Bearer secret" };
    await rest(server, "/v1/models/half_plus_two:predict", { method: "POST", headers, body: '{"instances":[1]}' });
    const data = JSON.parse((await rest(server, "/console/data", { headers })).body) as ConsoleData;
    expect(data.version).toMatch(/^\d+\.\d+\.\d+$/);
    const classify = data.models[0]!.versions[0]!.signatures.find(({ name }) => name === "classify_x_to_y");
    expect(classify).toMatchObject({
      features: [{ name: "x", dtype: "float32", shape: [1] }],
      example: expect.any(String),
    });
    expect(data.models).toHaveLength(1);
    const [model] = data.models;
    expect(model).toMatchObject({ name: "half_plus_two", origin: "config", isWanted: true });
    expect(model!.versions).toMatchObject([{ version: "123", state: "AVAILABLE", memoryBytes: 8 }]);
    expect(model!.versions[0]!.drift).toMatchObject({ rows: 1, features: [{ name: "x", state: "steady" }] });
    expect(model!.versions[0]!.signatures.find(({ name }) => name === "serving_default")).toMatchObject({
      method: "tensorflow/serving/predict",
      inputs: [{ name: "x", dtype: "float32" }],
      outputs: [{ name: "y", dtype: "float32" }],
    });
  });
});
