import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ObjectScheme } from "../../core/object-store/object-uri.js";
import type { StandIn } from "../../core/object-store/testing/stand-in-server.js";
import { useStandIn } from "../../core/object-store/testing/use-stand-in.js";
import { defaultLimits } from "../cloud-context.js";
import { loadPredictModel } from "../predict/load-predict-model.js";
import { type DeployStore, openDeployStore, type Wanted } from "./deploy-store.js";
import { modelCopies } from "./model-copies.js";

// Made by TensorFlow 2.15: interop/serving/make_fixtures.py.
const halfPlusTwo = new URL("../../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "deploy-store-"));
let folders = 0;

afterAll(() => rmSync(root, { recursive: true, force: true }));

const nobody: Wanted = { owners: new Set(), paths: new Set() };
const seen: string[] = [];

async function check(folder: string): Promise<void> {
  seen.push(folder);
  (await loadPredictModel(folder)).close();
}

describe.each<ObjectScheme>(["s3", "gs"])("a deployment store in %s", (scheme) => {
  let standIn: StandIn;
  let dataDir: string;

  function open(owner: string, databaseId = "db"): DeployStore {
    folders += 1;
    dataDir = join(root, String(folders));
    return openDeployStore({ store: `${scheme}://b/some/prefix/`, dataDir, databaseId, owner });
  }
  const keys = (): string[] => [...standIn.bucket("b").objects.keys()].sort();

  beforeAll(async () => {
    standIn = await useStandIn(scheme, { pageSize: 3 });
  });
  afterEach(() => {
    Object.assign(standIn.faults, { failOneIn: 0, isDown: false });
    standIn.bucket("b").objects.clear();
  });
  afterAll(() => standIn.close());

  it("keeps models under paths of their own, from which servers take copies, and removes them", async () => {
    const store = open("me");
    const added = await store.add(halfPlusTwo, defaultLimits, check);
    await added.settle(true);
    expect(added.path.startsWith(`${scheme}://b/some/prefix/db/me.`)).toBe(true);
    const prefix = added.path.slice(`${scheme}://b/`.length);
    const files = readdirSync(halfPlusTwo, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).replace(halfPlusTwo, prefix));
    expect(keys()).toEqual(files.sort());
    // What was looked at is what was sent, and nothing of it stays on the disk.
    expect(seen.at(-1)!.startsWith(join(dataDir, "incoming", "me."))).toBe(true);
    expect(readdirSync(join(dataDir, "incoming"))).toEqual([]);

    // Another server, from the store's copy.
    const copies = modelCopies(join(root, `replica-${scheme}`), store.root);
    const copy = await copies.take(added.path);
    (await loadPredictModel(copy.path)).close();
    copies.prune([]);
    expect(existsSync(copy.path)).toBe(true);
    copy.release();
    copies.prune([added.path]);
    expect(existsSync(copy.path)).toBe(true);
    copies.prune([]);
    expect(existsSync(copy.path)).toBe(false);

    const again = await store.add(added.path, defaultLimits, check);
    expect(again.path).not.toBe(added.path);
    await again.settle(false);
    expect(keys()).toEqual(files.sort());
    await store.remove(added.path);
    expect(keys()).toEqual([]);
  });

  it("keeps nothing of a model that is not good", async () => {
    const store = open("me");
    const refuse = (): Promise<void> => Promise.reject(new Error("bad"));
    await expect(store.add(halfPlusTwo, defaultLimits, refuse)).rejects.toThrow("bad");
    await expect(store.add("/none", defaultLimits, check)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(keys()).toEqual([]);
    expect(readdirSync(join(dataDir, "incoming"))).toEqual([]);
    expect(() => openDeployStore({ store: "hdfs://host/x", dataDir, databaseId: "db", owner: "me" })).toThrow(
      "hdfs:// models are not supported",
    );
  });

  it("loses nothing where one call in ten fails", async () => {
    const store = open("me");
    standIn.faults.failOneIn = 10;
    const paths: string[] = [];
    for (let i = 0; i < 8; i++) {
      const added = await store.add(halfPlusTwo, defaultLimits, check);
      await added.settle(true);
      paths.push(added.path);
    }
    const copies = modelCopies(join(root, `faults-${scheme}`), store.root);
    for (const path of paths) {
      const copy = await copies.take(path);
      (await loadPredictModel(copy.path)).close();
      copy.release();
    }
    await store.sweep(async () => ({ ...nobody, paths: new Set(paths) }), true);
    for (const path of paths) (await copies.take(path)).release();
    for (const path of paths) await store.remove(path);
    expect(keys()).toEqual([]);
  });

  it("sweeps up what crashes left, and nothing that somebody has, adds, or that is another database's", async () => {
    const bucket = standIn.bucket("b");
    for (const name of ["gone.1", "gone.2", "other.1", "me.1"])
      bucket.put(`some/prefix/db/${name}/saved_model.pb`, "x");
    bucket.put("some/prefix/db2/gone.1/saved_model.pb", "x");
    bucket.put("some/prefix/gone.1", "x");
    const store = open("me");
    const added = await store.add(halfPlusTwo, defaultLimits, check);
    const stored = (name: string): boolean => keys().includes(`some/prefix/db/${name}/saved_model.pb`);
    const find = async (): Promise<Wanted> => ({
      owners: new Set(["other", "me"]),
      paths: new Set([`${scheme}://b/some/prefix/db/gone.2`]),
    });
    await store.sweep(find, true);
    expect(["gone.1", "gone.2", "other.1", "me.1"].map(stored)).toEqual([false, true, true, false]);
    expect(stored(added.path.replace(/.*\//, ""))).toBe(true);
    expect(keys()).toContain("some/prefix/db2/gone.1/saved_model.pb");
    expect(keys()).toContain("some/prefix/gone.1");

    // Once it is settled without a row that has it, it is a leftover; a store that charges for looking is not asked each time.
    await added.settle(true);
    await store.sweep(find, false);
    expect(stored(added.path.replace(/.*\//, ""))).toBe(true);
    await store.sweep(find, true);
    expect(stored(added.path.replace(/.*\//, ""))).toBe(false);
  });
});

describe("a deployment store in a folder", () => {
  it("sweeps up half a copy of its own only where nobody makes it any more", async () => {
    const from = join(root, "many-files");
    mkdirSync(from);
    for (let i = 0; i < 300; i++) writeFileSync(join(from, `asset-${i}`), "x");
    const dataDir = join(root, "local");
    const store = openDeployStore({ dataDir, databaseId: "db", owner: "me" });
    mkdirSync(join(store.root, "me.1.tempstate"), { recursive: true });

    let isAdded = false;
    const adding = store
      .add(from, defaultLimits, async () => {})
      .finally(() => {
        isAdded = true;
      });
    let sweeps = 0;
    let halves = 0;
    while (!isAdded) {
      await store.sweep(async () => ({ ...nobody, owners: new Set(["me"]) }), true);
      sweeps += 1;
      if (readdirSync(store.root).some((name) => name.endsWith(".tempstate"))) halves += 1;
    }
    const added = await adding;
    expect(readdirSync(added.path).length).toBe(300);
    expect(readdirSync(store.root)).toEqual([added.path.slice(store.root.length + 1)]);
    expect([sweeps, halves].every((count) => count > 2)).toBe(true);
    await added.settle(true);
  });
});
