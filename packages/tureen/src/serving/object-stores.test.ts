import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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
