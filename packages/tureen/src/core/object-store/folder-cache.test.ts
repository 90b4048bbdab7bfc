import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FolderCache } from "./folder-cache.js";
import type { ObjectScheme } from "./object-uri.js";
import { openObjectStore } from "./open-object-store.js";
import { downloadFolder, listFolder } from "./remote-folder.js";
import type { StandIn } from "./testing/stand-in-server.js";
import { useStandIn } from "./testing/use-stand-in.js";

const root = mkdtempSync(join(tmpdir(), "folder-cache-"));
let directories = 0;

function newCache(): FolderCache {
  directories += 1;
  return new FolderCache(join(root, String(directories)));
}

/** Names of the copies in a cache, each of which has its manifest; marks of users are left out. */
function copies(cache: FolderCache): string[] {
  const names = readdirSync(cache.directory).flatMap((home) => readdirSync(join(cache.directory, home)));
  const isManifest = (name: string): boolean => name.endsWith(".files.json");
  const folders = names.filter((name) => !name.includes(".use.") && !isManifest(name)).sort();
  expect(names.filter(isManifest).sort()).toEqual(folders.map((name) => `${name}.files.json`));
  return folders.map((name) => name.replace(/\.[0-9a-f]{16}$/, ""));
}

describe.each<ObjectScheme>(["s3", "gs"])("FolderCache of %s", (scheme) => {
  let standIn: StandIn;
  const uri = `${scheme}://b/m/1`;
  const reads = scheme === "s3" ? "GetObject" : "media";

  beforeAll(async () => {
    standIn = await useStandIn(scheme);
  });
  afterEach(() => {
    Object.assign(standIn.faults, { failOneIn: 0, isDown: false });
    standIn.bucket("b").objects.clear();
    standIn.calls.clear();
  });
  afterAll(async () => {
    await standIn.close();
    rmSync(root, { recursive: true, force: true });
  });

  it("copies a folder once, for as long as its content is the same", async () => {
    const bucket = standIn.bucket("b");
    bucket.put("m/1/saved_model.pb", "graph");
    bucket.put("m/1/variables/data", "values");
    bucket.put("m/1/assets/", "");
    bucket.put("m/10/saved_model.pb", "other");
    const cache = newCache();
    const first = await cache.fetch(uri);
    expect(readFileSync(join(first.path, "saved_model.pb"), "utf8")).toBe("graph");
    expect(readFileSync(join(first.path, "variables/data"), "utf8")).toBe("values");
    expect(readdirSync(first.path).sort()).toEqual(["saved_model.pb", "variables"]);
    expect(standIn.calls.get(reads)).toBe(2);

    // Another process, after a restart.
    const second = await new FolderCache(cache.directory).fetch(uri);
    expect(second.path).toBe(first.path);
    expect(standIn.calls.get(reads)).toBe(2);

    bucket.put("m/1/saved_model.pb", "GRAPH");
    const third = await cache.fetch(uri);
    expect(readFileSync(join(third.path, "saved_model.pb"), "utf8")).toBe("GRAPH");
    // Somebody still has the older one.
    expect(readFileSync(join(first.path, "saved_model.pb"), "utf8")).toBe("graph");
    for (const copy of [first, second, third]) copy.release();
    (await cache.fetch(uri)).release();
    expect(copies(cache)).toEqual(["1"]);
  });

  it("makes good a copy that lost a file", async () => {
    standIn.bucket("b").put("m/1/saved_model.pb", "graph");
    const cache = newCache();
    const { path, release } = await cache.fetch(uri);
    release();
    writeFileSync(join(path, "saved_model.pb"), "cut");
    expect(readFileSync(join((await cache.fetch(uri)).path, "saved_model.pb"), "utf8")).toBe("graph");
  });

  it("never takes a copy away from somebody who has it, however many copy at once", async () => {
    standIn.bucket("b").put("m/1/saved_model.pb", "graph");
    for (let round = 0; round < 5; round++) {
      const cache = newCache();
      const fetches = Array.from({ length: 20 }, async (_, i) => {
        await sleep(i / 2);
        const { path, release } = await new FolderCache(cache.directory).fetch(uri);
        for (let turn = 0; turn < 5; turn++) {
          expect(readFileSync(join(path, "saved_model.pb"), "utf8")).toBe("graph");
          await sleep(1);
        }
        release();
      });
      await Promise.all(fetches);
      expect(copies(cache)).toEqual(["1"]);
    }
  });

  it("gives whole copies, and no others, without asking the store", async () => {
    const bucket = standIn.bucket("b");
    for (const version of ["1", "2"]) bucket.put(`m/${version}/saved_model.pb`, version);
    bucket.put("n/1/saved_model.pb", "n");
    const cache = newCache();
    for (const path of ["m/1", "m/2", "n/1"]) (await cache.fetch(`${scheme}://b/${path}`)).release();
    standIn.faults.isDown = true;
    const later = new FolderCache(cache.directory);
    expect(later.kept(`${scheme}://b/m/`)).toEqual([`${scheme}://b/m/1`, `${scheme}://b/m/2`]);
    expect(later.kept(`${scheme}://b`, "all")).toEqual([`${scheme}://b/m/1`, `${scheme}://b/m/2`, `${scheme}://b/n/1`]);
    expect(later.kept(`${scheme}://b/none`)).toEqual([]);
    const kept = await later.fetchKept(uri);
    expect(readFileSync(join(kept!.path, "saved_model.pb"), "utf8")).toBe("1");
    kept!.release();
    // Of the right size, and not what was copied.
    writeFileSync(join(kept!.path, "saved_model.pb"), "x");
    expect(await later.fetchKept(uri)).toBeUndefined();
    expect(await later.fetchKept(`${scheme}://b/m/3`)).toBeUndefined();
    expect(await later.fetchKept(`${scheme}://b/m/2`)).toMatchObject({
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it("removes copies that nobody wants and nobody uses", async () => {
    const cache = newCache();
    for (const version of ["1", "2", "3"]) standIn.bucket("b").put(`m/${version}/saved_model.pb`, version);
    const held = await cache.fetch(`${scheme}://b/m/1`);
    (await cache.fetch(`${scheme}://b/m/2`)).release();
    (await cache.fetch(`${scheme}://b/m/3`)).release();
    cache.prune(`${scheme}://b/m`, new Set(["3"]));
    expect(copies(cache)).toEqual(["1", "3"]);
    held.release();
    cache.prune(`${scheme}://b/m`, new Set(["3"]));
    expect(copies(cache)).toEqual(["3"]);
  });

  it("copies all of it from a store that fails one call in ten", async () => {
    const content = Buffer.alloc(300_000, "abc");
    for (let i = 0; i < 60; i++) standIn.bucket("b").put(`m/1/f${i}`, content.subarray(0, 200_000 + i));
    standIn.faults.failOneIn = 10;
    const { path } = await newCache().fetch(uri);
    for (let i = 0; i < 60; i++) {
      expect(readFileSync(join(path, `f${i}`)).equals(content.subarray(0, 200_000 + i))).toBe(true);
    }
    expect(standIn.calls.get("fault")).toBeGreaterThan(2);
  });

  it("takes no content that its checksum does not fit, and leaves nothing behind", async () => {
    const object = standIn.bucket("b").put("m/1/saved_model.pb", "graph");
    standIn.bucket("b").objects.set("m/1/saved_model.pb", { ...object, bytes: Buffer.from("grape") });
    const cache = newCache();
    await expect(cache.fetch(uri)).rejects.toMatchObject({ code: "DATA_LOSS" });
    expect(copies(cache)).toEqual([]);
  });

  it("refuses what was replaced since it was listed, and keys that lead out of the folder", async () => {
    const store = await openObjectStore(scheme);
    standIn.bucket("b").put("m/1/saved_model.pb", "graph");
    const folder = await listFolder(store, uri);
    standIn.bucket("b").put("m/1/saved_model.pb", "GRAPH");
    await expect(downloadFolder(store, folder, join(root, scheme))).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
    });
    standIn.bucket("b").put("m/1/../../x", "graph");
    await expect(listFolder(store, uri)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(listFolder(store, `${scheme}://b/none`)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
