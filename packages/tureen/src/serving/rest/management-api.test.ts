import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { lineLog } from "../log.js";
import { type ModelServer, startModelServer } from "../model-server.js";
import { loadTestModel, post, rest, startTestServer, type TestModels, testModels } from "../testing/test-server.js";

let models: TestModels;
let server: ModelServer | undefined;

beforeEach(() => {
  models = testModels();
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  models.remove();
});

const predict = (name: string): Promise<{ status: number; body: string }> =>
  post(server!, `/v1/models/${name}:predict`, { instances: [1] });

const put = (path: string, body: object): Promise<{ status: number; body: string }> =>
  rest(server!, path, { method: "PUT", body: JSON.stringify(body) });

describe("management over REST", () => {
  it("is off unless it is enabled", async () => {
    server = await startTestServer(models, { port: false });
    const reply = await rest(server, "/manage/v1/models");
    expect(reply.status).toBe(403);
    expect(reply.body).toContain("--enable_model_management");
    expect((await post(server, "/v2/repository/models/half_plus_two/unload", "")).status).toBe(403);
  });

  it("is ready while one model is available, or with strict readiness all of them", async () => {
    const good = { name: "good", basePath: models.add("good", "1") };
    const missing = { name: "missing", basePath: join(models.root, "missing") };
    const ready = async (list: readonly (typeof good)[], strictReadiness: boolean): Promise<number[]> => {
      server = await startModelServer({
        host: "127.0.0.1",
        port: false,
        models: list,
        loadModel: loadTestModel,
        maxNumLoadRetries: 0,
        strictReadiness,
      });
      const paths = ["/readyz", "/v2/health/ready", "/v2/models/missing/ready"];
      const replies = await Promise.all(paths.map((path) => rest(server!, path)));
      await server.close();
      return replies.map(({ status }) => status);
    };
    expect(await ready([good, missing], false)).toEqual([200, 200, 503]);
    expect(await ready([good, missing], true)).toEqual([503, 503, 503]);
    expect(await ready([missing], false)).toEqual([503, 503, 503]);
    expect(await ready([], false)).toEqual([200, 200, 503]);
  });

  it("lists, loads, unloads and reloads models, and sets labels", async () => {
    server = await startTestServer(models, { port: false, enableModelManagement: true });
    const basePath = models.add("other", "1");
    models.add("other", "2");
    const load = { base_path: basePath, version_policy: "all" };
    expect((await post(server, "/manage/v1/models/other:load", load)).status).toBe(200);
    expect((await predict("other")).status).toBe(200);
    const taken = await post(server, "/manage/v1/models/half_plus_two:load", load);
    expect([taken.status, JSON.parse(taken.body).error]).toEqual([
      409,
      `Model half_plus_two is served from ${join(models.root, "half_plus_two")}`,
    ]);
    expect((await post(server, "/manage/v1/models/third:load", { base_path: "relative" })).status).toBe(400);

    expect((await put("/manage/v1/models/other/labels", { stable: 1, canary: "2" })).status).toBe(200);
    expect((await predict("other/labels/stable")).status).toBe(200);
    expect((await put("/manage/v1/models/other/labels", { stable: 3 })).body).toContain("not currently available");
    const { models: listed } = JSON.parse((await rest(server, "/manage/v1/models")).body);
    expect(listed).toMatchObject([
      { name: "half_plus_two", origin: "config", loaded: true },
      { name: "other", origin: "request", version_labels: { stable: "1", canary: "2" }, versions: [{}, {}] },
    ]);

    expect((await post(server, "/manage/v1/models/other:reload", { version: 1 })).status).toBe(200);
    expect((await post(server, "/manage/v1/models/other:reload", { version: 7 })).status).toBe(404);
    expect((await post(server, "/manage/v1/models/half_plus_two:unload", "")).status).toBe(200);
    expect((await predict("half_plus_two")).status).toBe(404);
    expect((await post(server, "/manage/v1/models/half_plus_two:load", "")).status).toBe(200);
    expect((await predict("half_plus_two")).status).toBe(200);
    expect((await post(server, "/manage/v1/models/half_plus_two:dance", "")).body).toContain("Unknown request: POST");
  });

  it.each([
    ["nobody:load", "", 404, "Model nobody is in no configuration and no folder of models"],
    ["nobody:unload", "", 404, "Model nobody is in no configuration and no folder of models"],
    [":load", "", 404, "Unknown request: POST"],
    ["m:load", "[]", 400, "The body must be a JSON object"],
    ["m:load", "{", 400, "JSON Parse error: "],
    ["m:load", '{"base_path": 7}', 400, '"base_path" must be a string'],
    [
      "m:load",
      '{"base_path": "/m", "version_policy": {"latest": 0}}',
      400,
      '"version_policy" must be "all", {"latest": count}',
    ],
    ["half_plus_two:reload", '{"version": "x"}', 400, '"x" is no version'],
  ])("refuses %s with %s", async (path, body, status, message) => {
    server = await startTestServer(models, { port: false, enableModelManagement: true });
    const reply = await post(server, `/manage/v1/models/${path}`, body);
    expect([reply.status, reply.body]).toEqual([status, expect.stringContaining(JSON.stringify(message).slice(1, -1))]);
    expect((await put("/manage/v1/models/nobody/labels", {})).body).toContain("Model nobody is not served");
  });

  it("reloads a version without failing a request", async () => {
    server = await startTestServer(models, { port: false, enableModelManagement: true });
    let isDone = false;
    const asking = (async () => {
      const codes = new Set<number>();
      while (!isDone) codes.add((await predict("half_plus_two")).status);
      return codes;
    })();
    for (let i = 0; i < 20; i++)
      expect((await post(server, "/manage/v1/models/half_plus_two:reload", "")).status).toBe(200);
    isDone = true;
    expect([...(await asking)]).toEqual([200]);
  });

  it("tells why a version that is tried again could not be loaded", async () => {
    server = await startTestServer(models, {
      port: false,
      enableModelManagement: true,
      maxNumLoadRetries: 3,
      loadRetryIntervalMicros: 3_600_000_000,
      loadModel: async () => {
        throw new StatusError("UNAVAILABLE", "the disk is away");
      },
    });
    const listed = JSON.parse((await rest(server, "/manage/v1/models")).body) as { models: { versions: unknown }[] };
    const [{ versions }] = listed.models as [{ versions: unknown }];
    expect(versions).toEqual([{ version: "123", state: "LOADING", last_failure: "UNAVAILABLE: the disk is away" }]);
    const index = await post(server, "/v2/repository/index", "{}");
    expect(JSON.parse(index.body)).toMatchObject([{ state: "LOADING", reason: "the disk is away" }]);
    // TensorFlow Serving's own answer is as it always was.
    const status = JSON.parse((await rest(server, "/v1/models/half_plus_two")).body) as object;
    expect(status).toMatchObject({
      model_version_status: [{ state: "LOADING", status: { error_code: "OK", error_message: "" } }],
    });
  });

  it("has a port of its own that the model ports know nothing of", async () => {
    server = await startTestServer(models, { port: false, managementPort: 0 });
    expect((await rest(server, "/manage/v1/models")).status).toBe(403);
    const reply = await fetch(`http://127.0.0.1:${server.managementPort}/manage/v1/models`);
    expect(reply.status).toBe(200);
  });
});

describe("models that come by themselves", () => {
  it("serves the models in a folder as they come and go", async () => {
    const folder = join(models.root, "all");
    models.add("all/first", "1");
    models.add("all/empty", "no-number");
    server = await startModelServer({
      host: "127.0.0.1",
      port: false,
      modelFolders: [folder],
      fileSystemPollWaitSeconds: 0.05,
      loadModel: loadTestModel,
    });
    expect((await predict("first")).status).toBe(200);
    expect((await predict("empty")).status).toBe(404);
    models.add("all/second", "1");
    await expect.poll(async () => (await predict("second")).status).toBe(200);
    rmSync(join(folder, "first"), { recursive: true });
    await expect.poll(async () => (await predict("first")).status).toBe(404);
    renameSync(folder, `${folder}-gone`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await predict("second")).status).toBe(200);
  });

  it("loads a lazy model when its first request comes, once for all that wait", async () => {
    let loads = 0;
    server = await startTestServer(models, {
      port: false,
      lazyLoading: true,
      loadModel: async (path, options) => {
        loads += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
        return loadTestModel(path, options);
      },
    });
    expect(loads).toBe(0);
    expect((await rest(server, "/readyz")).status).toBe(200);
    const replies = await Promise.all([predict("half_plus_two"), predict("half_plus_two"), predict("nobody")]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(loads).toBe(1);
  });

  it("tells a lazy model's request why it cannot be loaded", async () => {
    server = await startTestServer(models, {
      port: false,
      lazyLoading: true,
      loadModel: () => Promise.reject(new Error("broken file")),
    });
    expect((await predict("half_plus_two")).body).toContain("broken file");
  });

  it("refuses a model that would exceed the memory limit, before it is read, and serves the others", async () => {
    const basePath = models.add("large", "1");
    writeFileSync(join(basePath, "1", "weights"), new Uint8Array(10_000));
    const lines: string[] = [];
    server = await startTestServer(models, {
      port: false,
      memoryLimitBytes: 11_000,
      enableModelManagement: true,
      log: lineLog((line) => lines.push(line)),
    });
    const refused = await post(server, "/manage/v1/models/large:load", { base_path: basePath });
    expect(refused.status).toBe(429);
    expect(refused.body).toContain(
      "Insufficient resources to load servable {name: large version: 1}: it is estimated to take 12000 bytes; 0 of 11000 bytes are in use",
    );
    expect((await predict("half_plus_two")).status).toBe(200);
    expect(lines.join("")).toContain("RESOURCE_EXHAUSTED");
  });

  it("ends the start where a model cannot be loaded, if that is wanted", async () => {
    mkdirSync(join(models.root, "broken", "1"), { recursive: true });
    const start = startModelServer({
      port: false,
      restApiPort: false,
      models: [{ name: "broken", basePath: join(models.root, "broken") }],
      loadModel: loadTestModel,
      maxNumLoadRetries: 0,
      exitOnLoadFailure: true,
    });
    await expect(start).rejects.toThrow(
      /^1 servable\(s\) did not become available: \{\{\{name: broken version: 1\} due to error: NOT_FOUND: /,
    );
  });
});
