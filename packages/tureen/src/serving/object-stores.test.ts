import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ObjectScheme } from "../core/object-store/object-uri.js";
import type { StandIn } from "../core/object-store/testing/stand-in-server.js";
import { uploadFolder } from "../core/object-store/testing/upload-folder.js";
import { useStandIn } from "../core/object-store/testing/use-stand-in.js";
import { lineLog } from "./log.js";
import { type ModelServer, startModelServer } from "./model-server.js";
import type { ModelServerOptions } from "./model-server-options.js";
import { post, rest } from "./testing/test-server.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("./fixtures/half_plus_two/00000123", import.meta.url).pathname;

describe.each<ObjectScheme>(["s3", "gs"])("a server of models in %s", (scheme) => {
  let standIn: StandIn;
  let modelCacheDir: string;
  let lines: string[] = [];
  const servers: ModelServer[] = [];
  const reads = scheme === "s3" ? "GetObject" : "media";
  const lists = scheme === "s3" ? "ListObjectsV2" : "list";

  beforeAll(async () => {
    standIn = await useStandIn(scheme);
    modelCacheDir = mkdtempSync(join(tmpdir(), "object-stores-"));
  });
  afterEach(async () => {
    Object.assign(standIn.faults, { failOneIn: 0, isDown: false });
    for (const server of servers.splice(0)) await server.close();
    standIn.bucket("b").objects.clear();
    standIn.calls.clear();
    rmSync(modelCacheDir, { recursive: true, force: true });
    lines = [];
  });
  afterAll(() => standIn.close());

  async function start(options: Partial<ModelServerOptions> = {}): Promise<ModelServer> {
    const server = await startModelServer({
      models: [{ name: "m", basePath: `${scheme}://b/models/m` }],
      host: "127.0.0.1",
      port: false,
      fileSystemPollWaitSeconds: 0.02,
      loadRetryIntervalMicros: 20_000,
      modelCacheDir,
      log: lineLog((line) => lines.push(line)),
      ...options,
    });
    servers.push(server);
    return server;
  }

  const upload = (version: string, model = "m"): void =>
    uploadFolder(standIn.bucket("b"), halfPlusTwo, `models/${model}/${version}`);

  async function predict(server: ModelServer, model = "m"): Promise<unknown> {
    return JSON.parse((await post(server, `/v1/models/${model}:predict`, { instances: [1, 5] })).body);
  }

  async function available(server: ModelServer): Promise<string[]> {
    const { body } = await rest(server, "/v1/models/m");
    const states = JSON.parse(body).model_version_status as { version: string; state: string }[];
    return states.filter(({ state }) => state === "AVAILABLE").map(({ version }) => version);
  }

  /** Versions that the cache has copies of. */
  function copies(): string[] {
    return readdirSync(modelCacheDir)
      .flatMap((home) => readdirSync(join(modelCacheDir, home)))
      .filter((name) => /\.[0-9a-f]{16}$/.test(name))
      .map((name) => name.replace(/\..*$/, ""));
  }

  it("serves the latest version, swaps in a new one, and removes the old copy", async () => {
    upload("00000001");
    const server = await start();
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    expect(await available(server)).toEqual(["1"]);
    upload("2");
    await expect.poll(() => available(server), { timeout: 10_000 }).toEqual(["2"]);
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    await expect.poll(copies, { timeout: 10_000 }).toEqual(["2"]);

    // A restart copies nothing again.
    await server.close();
    standIn.calls.delete(reads);
    expect(await available(await start())).toEqual(["2"]);
    expect(standIn.calls.get(reads)).toBeUndefined();
  });

  it("waits for a version whose upload has not come to its SavedModel", async () => {
    upload("1");
    const server = await start();
    const bucket = standIn.bucket("b");
    bucket.put("models/m/2/assets/notes", "x");
    await expect
      .poll(() => lines.join("\n"), { timeout: 10_000 })
      .toContain(`Version 2 of servable m under ${scheme}://b/models/m has no saved_model.pb`);
    expect(await available(server)).toEqual(["1"]);
    upload("2");
    await expect.poll(() => available(server), { timeout: 10_000 }).toEqual(["2"]);
  });

  it("goes on with what it serves while the store is away", async () => {
    upload("1");
    const server = await start();
    standIn.faults.isDown = true;
    await expect
      .poll(() => lines.join("\n"), { timeout: 20_000 })
      .toContain("FileSystemStoragePathSource encountered a filesystem access error");
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    standIn.faults.isDown = false;
    upload("2");
    await expect.poll(() => available(server), { timeout: 20_000 }).toEqual(["2"]);
  });

  it("starts without its store, serves what else there is, and the rest once it is back", async () => {
    upload("1");
    standIn.faults.isDown = true;
    const server = await start({
      models: [
        { name: "m", basePath: `${scheme}://b/models/m` },
        { name: "local", basePath: join(halfPlusTwo, "..") },
      ],
    });
    expect(await predict(server, "local")).toEqual({ predictions: [2.5, 4.5] });
    standIn.faults.isDown = false;
    await expect.poll(() => predict(server), { timeout: 20_000 }).toEqual({ predictions: [2.5, 4.5] });
  });

  it("loses no version where the store fails one call in ten", async () => {
    upload("1");
    standIn.faults.failOneIn = 10;
    const server = await start();
    for (let version = 2; version <= 12; version++) {
      upload(String(version));
      await expect.poll(() => available(server), { timeout: 30_000 }).toEqual([String(version)]);
      expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    }
    expect(standIn.calls.get("fault")).toBeGreaterThan(0);
  });

  it("serves a base path that is a SavedModel itself", async () => {
    uploadFolder(standIn.bucket("b"), halfPlusTwo, "models/m");
    const server = await start();
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    expect(await available(server)).toEqual(["1"]);
    expect(copies()).toEqual(["m"]);
  });

  /** What GetModelStatus says of the version in service. */
  async function status(server: ModelServer, model = "m"): Promise<{ version: string; code: string; message: string }> {
    const { body } = await rest(server, `/v1/models/${model}`);
    const states = JSON.parse(body).model_version_status as {
      version: string;
      state: string;
      status: { error_code: string; error_message: string };
    }[];
    const state = states.find((each) => each.state === "AVAILABLE");
    const { error_code = "", error_message = "" } = state?.status ?? {};
    return { version: state?.version ?? "none", code: error_code, message: error_message };
  }

  it("starts again without its store from the verified copies, and takes over from the store when it is back", async () => {
    upload("1");
    upload("2");
    await (await start()).close();
    standIn.faults.isDown = true;
    lines = [];
    const server = await start();
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    const { version, code, message } = await status(server);
    expect([version, code]).toEqual(["2", "UNAVAILABLE"]);
    expect(message).toContain(`the store of ${scheme}://b/models/m/2 cannot be asked`);
    expect(lines.join("\n")).toContain("servable m is served from the copies in the cache until it can");

    // The same version is confirmed in its place.
    standIn.faults.isDown = false;
    await expect.poll(() => status(server), { timeout: 20_000 }).toEqual({ version: "2", code: "OK", message: "" });
    expect(lines.join("\n")).toContain(`${scheme}://b/models/m/2 is what the copy in the cache is`);
    upload("3");
    await expect.poll(() => available(server), { timeout: 20_000 }).toEqual(["3"]);
    expect(await status(server)).toEqual({ version: "3", code: "OK", message: "" });
  });

  it("loads again what was replaced in the store while it was away, and unloads what is gone", async () => {
    upload("1");
    upload("1", "gone");
    const models = ["m", "gone"].map((name) => ({ name, basePath: `${scheme}://b/models/${name}` }));
    await (await start({ models })).close();
    standIn.faults.isDown = true;
    const server = await start({ models });
    expect((await status(server)).code).toBe("UNAVAILABLE");
    const bucket = standIn.bucket("b");
    bucket.put("models/m/1/assets/new", "x");
    for (const key of [...bucket.objects.keys()].filter((name) => name.startsWith("models/gone/1/")))
      bucket.objects.delete(key);
    bucket.put("models/gone/readme", "x");
    bucket.put("models/gone/2/x", "x");
    standIn.faults.isDown = false;
    await expect.poll(() => status(server), { timeout: 20_000 }).toEqual({ version: "1", code: "OK", message: "" });
    expect(lines.join("\n")).toContain("Reloading servable version {name: m version: 1}");
    expect(await predict(server)).toEqual({ predictions: [2.5, 4.5] });
    await expect.poll(() => status(server, "gone"), { timeout: 20_000 }).toMatchObject({ version: "none" });
  });

  it("does not serve a copy that is damaged", async () => {
    upload("1");
    await (await start()).close();
    const [home] = readdirSync(modelCacheDir);
    const [copy] = readdirSync(join(modelCacheDir, home!)).filter((name) => /\.[0-9a-f]{16}$/.test(name));
    const file = join(modelCacheDir, home!, copy!, "saved_model.pb");
    const content = readFileSync(file);
    content[content.length - 1]! ^= 1;
    writeFileSync(file, content);
    standIn.faults.isDown = true;
    const server = await start({ maxNumLoadRetries: 0 });
    expect((await status(server)).version).toBe("none");
    expect(lines.join("\n")).toContain("Loading servable: {name: m version: 1} failed: UNAVAILABLE");
  });

  it("finds the models of a folder as they come and go, with one request a poll", async () => {
    upload("1");
    upload("00000002", "n");
    const bucket = standIn.bucket("b");
    bucket.put("models/readme", "x");
    bucket.put("models/notes/readme", "x");
    bucket.put("models/unfinished/1/variables/x", "x");
    const server = await start({ models: [], modelFolders: [`${scheme}://b/models/`] });
    expect(server.core.list()).toMatchObject([
      { name: "m", basePath: `${scheme}://b/models/m`, origin: "folder" },
      { name: "n", basePath: `${scheme}://b/models/n`, origin: "folder" },
    ]);
    for (const name of ["m", "n"]) expect(await predict(server, name)).toEqual({ predictions: [2.5, 4.5] });

    // Polls do nothing but list, once each.
    standIn.calls.clear();
    await expect.poll(() => standIn.calls.get(lists) ?? 0, { timeout: 20_000 }).toBeGreaterThan(5);
    expect([...standIn.calls.keys()]).toEqual([lists]);

    upload("1", "late");
    for (const key of [...bucket.objects.keys()].filter((name) => name.startsWith("models/n/")))
      bucket.objects.delete(key);
    await expect.poll(() => predict(server, "late"), { timeout: 20_000 }).toEqual({ predictions: [2.5, 4.5] });
    await expect.poll(() => server.core.list().map(({ name }) => name)).toEqual(["late", "m"]);
    expect((await status(server, "n")).version).toBe("none");

    // Whoever starts it again while the store is away still finds them.
    await expect.poll(copies, { timeout: 20_000 }).toHaveLength(2);
    await server.close();
    standIn.faults.isDown = true;
    const again = await start({ models: [], modelFolders: [`${scheme}://b/models`] });
    expect(again.core.list().map(({ name }) => name)).toEqual(["late", "m"]);
    expect(await predict(again, "late")).toEqual({ predictions: [2.5, 4.5] });
    expect((await status(again, "late")).code).toBe("UNAVAILABLE");
    standIn.faults.isDown = false;
    await expect.poll(() => status(again, "late"), { timeout: 20_000 }).toMatchObject({ code: "OK" });
    expect((await status(again)).version).toBe("1");
  });

  it("counts the requests of a poll of a folder of models", async () => {
    for (let i = 0; i < 12; i++) upload("1", `n${i}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    standIn.calls.clear();
    const server = await start({
      models: [],
      modelFolders: [`${scheme}://b/models`],
      fileSystemPollWaitSeconds: 0,
    });
    expect(server.core.list()).toHaveLength(12);
    // One finds the models and one their versions, then one for each version that is copied.
    expect(standIn.calls.get(lists)).toBe(2 + 12);
  });

  it("polls many models under one prefix with one request", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
    for (const name of names) upload("1", name);
    // The last request of the server before.
    await new Promise((resolve) => setTimeout(resolve, 100));
    standIn.calls.clear();
    const server = await start({
      models: names.map((name) => ({ name, basePath: `${scheme}://b/models/${name}` })),
      fileSystemPollWaitSeconds: 0,
    });
    for (const name of names) expect(await predict(server, name)).toEqual({ predictions: [2.5, 4.5] });
    // One for the poll, one for each version that is copied.
    expect(standIn.calls.get(lists)).toBe(1 + names.length);
  });
});
