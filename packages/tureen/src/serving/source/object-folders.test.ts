import { describe, expect, it } from "vitest";
import { openObjectStore } from "../../core/object-store/open-object-store.js";
import { retrying } from "../../core/object-store/retrying.js";
import { useStandIn } from "../../core/object-store/testing/use-stand-in.js";
import { type BasePathFolders, ObjectFolders } from "./object-folders.js";

async function scan(folders: ObjectFolders, paths: readonly string[]): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  await folders.scan(paths, (path, result) => {
    found[path] = "children" in result ? (result satisfies BasePathFolders) : result.code;
  });
  return found;
}

describe("ObjectFolders", () => {
  it("finds the versions of fifty models in one listing", async () => {
    const standIn = await useStandIn("s3");
    const bucket = standIn.bucket("b");
    const paths = Array.from({ length: 50 }, (_, i) => `s3://b/models/m${i}`);
    for (let i = 0; i < 50; i++) {
      for (const file of [
        "1/saved_model.pb",
        "1/variables/variables.index",
        "2/saved_model.pb",
        "3/variables/x",
        "notes/a",
      ]) {
        bucket.put(`models/m${i}/${file}`, "x");
      }
    }
    bucket.put("models/m1-other/7/saved_model.pb", "x");
    bucket.put("bare/saved_model.pb", "x");
    bucket.put("bare/variables/x", "x");
    bucket.put("bare/readme", "x");
    const folders = new ObjectFolders();
    for (let poll = 1; poll <= 3; poll++) {
      const found = await scan(folders, paths);
      expect(Object.keys(found)).toHaveLength(50);
      for (const path of paths) expect(found[path]).toEqual({ children: ["1", "2", "notes"], incomplete: ["3"] });
      expect(Object.fromEntries(standIn.calls)).toEqual({ ListObjectsV2: poll });
    }
    const bare = { "s3://b/bare": { children: ["saved_model.pb", "variables"], incomplete: [] } };
    expect(await scan(folders, ["s3://b/bare"])).toEqual(bare);
    expect(await scan(folders, ["s3://b/bare", "s3://b/none"])).toMatchObject(bare);
    await standIn.close();
  });

  it("lists each base path by itself where the prefix holds much else", async () => {
    const standIn = await useStandIn("gs", { pageSize: 10 });
    const bucket = standIn.bucket("b");
    for (const model of ["m1", "m2"])
      for (const version of [1, 2]) bucket.put(`${model}/${version}/saved_model.pb`, "x");
    for (let i = 0; i < 50; i++) bucket.put(`junk/${i}`, "x");
    const folders = new ObjectFolders();
    const calls: number[] = [];
    for (let poll = 0; poll < 3; poll++) {
      standIn.calls.clear();
      const found = await scan(folders, ["gs://b/m1", "gs://b/m2/", "gs://b/none"]);
      expect(found["gs://b/m1"]).toEqual({ children: ["1", "2"], incomplete: [] });
      expect(found["gs://b/m2/"]).toEqual({ children: ["1", "2"], incomplete: [] });
      expect(found["gs://b/none"]).toEqual({ children: [], incomplete: [] });
      calls.push(standIn.calls.get("list")!);
    }
    // Three pages in vain, three base paths and four versions that are new; then the base paths alone.
    expect(calls).toEqual([10, 3, 3]);
    await standIn.close();
  });

  it("tells of what it can look at where something else fails", async () => {
    const standIn = await useStandIn("s3");
    standIn.bucket("b").put("m/1/saved_model.pb", "x");
    const folders = new ObjectFolders(async (scheme) => {
      const store = await openObjectStore(scheme);
      return retrying(
        {
          ...store,
          list: (bucket, prefix, options) => store.list(bucket === "gone" ? "" : bucket, prefix, options),
        },
        { attempts: 1, waitMs: 0, maxWaitMs: 0 },
      );
    });
    const found = await scan(folders, ["s3://b/m", "s3://gone/m"]);
    expect(found["s3://b/m"]).toEqual({ children: ["1"], incomplete: [] });
    expect(typeof found["s3://gone/m"]).toBe("string");
    await standIn.close();
  });
});
