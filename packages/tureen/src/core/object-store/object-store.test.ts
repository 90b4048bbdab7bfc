import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { storageOf } from "../storage/storage.js";
import { listAll } from "./list-all.js";
import { type ObjectStore, partBytes } from "./object-store.js";
import type { ObjectScheme } from "./object-uri.js";
import { openObjectStore, sdk } from "./open-object-store.js";
import type { StandIn } from "./testing/stand-in-server.js";
import { useStandIn } from "./testing/use-stand-in.js";

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >>> 8) * 7) & 255;
  return bytes;
}

describe.each<ObjectScheme>(["s3", "gs"])("%s, through the vendor's SDK", (scheme) => {
  let standIn: StandIn;
  let store: ObjectStore;
  const root = `${scheme}://bucket`;

  beforeAll(async () => {
    standIn = await useStandIn(scheme, { pageSize: 7 });
    store = await openObjectStore(scheme);
  });
  afterEach(() => {
    Object.assign(standIn.faults, { failOneIn: 0, delayMs: 0, isDown: false });
    standIn.bucket("bucket").objects.clear();
    standIn.calls.clear();
  });
  afterAll(() => standIn.close());

  it("puts, describes, reads, copies and removes objects", async () => {
    await store.put("bucket", "a/b c+d%é", Buffer.from("hello"));
    const info = await store.head("bucket", "a/b c+d%é");
    expect(info).toMatchObject({ key: "a/b c+d%é", bytes: 5, md5: "5d41402abc4b2a76b9719d911017c592" });
    expect(Math.abs(info!.modified - Date.now())).toBeLessThan(10_000);
    expect(text(await bytesOf(store.read("bucket", "a/b c+d%é")))).toBe("hello");
    expect(text(await bytesOf(store.read("bucket", "a/b c+d%é", { start: 1, end: 3 })))).toBe("el");
    expect(text(await bytesOf(store.read("bucket", "a/b c+d%é", { start: 3 })))).toBe("lo");
    expect(text(await bytesOf(store.read("bucket", "a/b c+d%é", { start: 3, end: 100 })))).toBe("lo");
    expect(text(await bytesOf(store.read("bucket", "a/b c+d%é", { start: 5, end: 100 })))).toBe("");
    await store.copy("bucket", "a/b c+d%é", "copy");
    expect(text(await bytesOf(store.read("bucket", "copy")))).toBe("hello");
    await store.delete("bucket", "copy");
    await store.delete("bucket", "copy");
    expect(await store.head("bucket", "copy")).toBeUndefined();
    await store.put("bucket", "empty", new Uint8Array());
    expect(text(await bytesOf(store.read("bucket", "empty")))).toBe("");
  });

  it("lists page by page, with and without a delimiter", async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `m/${String(i).padStart(2, "0")}/x`);
    for (const key of [...keys, "m/top", "n"]) standIn.bucket("bucket").put(key, key);
    const flat = await listAll(store, "bucket", "m/");
    expect(flat.objects.map(({ key }) => key)).toEqual([...keys, "m/top"]);
    expect(standIn.calls.get(scheme === "s3" ? "ListObjectsV2" : "list")).toBe(3);
    const grouped = await listAll(store, "bucket", "m/", "/");
    expect(grouped.prefixes).toEqual(keys.map((key) => key.slice(0, -1)));
    expect(grouped.objects.map(({ key, bytes }) => [key, bytes])).toEqual([["m/top", 5]]);
  });

  it("says what is missing, and what was replaced", async () => {
    await expect(bytesOf(store.read("bucket", "none"))).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining(`${scheme}://bucket/none`),
    });
    await store.put("bucket", "a", Buffer.from("old"));
    const { etag } = (await store.head("bucket", "a"))!;
    expect(text(await bytesOf(store.read("bucket", "a", { etag })))).toBe("old");
    await store.put("bucket", "a", Buffer.from("new"));
    await expect(bytesOf(store.read("bucket", "a", { etag }))).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  });

  it("uploads in parts what is large, and reads it back in ranges", async () => {
    const bytes = pattern(partBytes * 2 + 12_345);
    const writer = storageOf(root).create(`${root}/large`);
    for (let at = 0; at < bytes.length; at += 1_000_003) writer.write(bytes.subarray(at, at + 1_000_003));
    standIn.faults.failOneIn = 5;
    await writer.commit();
    expect(standIn.bucket("bucket").objects.get("large")?.bytes.equals(bytes)).toBe(true);
    expect(standIn.bucket("bucket").objects.get("large")?.isComposite).toBe(true);
    const half = await bytesOf(storageOf(root).read({ path: `${root}/large` }, 1000, 9_000_000));
    expect(half.equals(bytes.subarray(1000, 9_000_000))).toBe(true);
  });

  it("loses nothing where one call in four fails, before or after it is done, or in the middle of an answer", async () => {
    standIn.faults.failOneIn = 4;
    for (let i = 0; i < 40; i++) {
      const content = pattern(200_000 + i * 1000);
      await store.put("bucket", `f/${i}`, content);
      expect((await bytesOf(store.read("bucket", `f/${i}`))).equals(content)).toBe(true);
      expect((await store.head("bucket", `f/${i}`))?.bytes).toBe(content.length);
    }
    expect((await listAll(store, "bucket", "f/")).objects).toHaveLength(40);
    expect(standIn.calls.get("fault")).toBeGreaterThan(20);
  });

  it("does not go on with another content where a read breaks off", async () => {
    const first = pattern(3_000_000);
    await store.put("bucket", "a", first);
    const seen: Uint8Array[] = [];
    const reading = (async () => {
      for await (const chunk of store.read("bucket", "a")) {
        if (seen.length === 0) {
          standIn.bucket("bucket").put("a", Buffer.alloc(3_000_000, 1));
          standIn.faults.isDown = true;
          setTimeout(() => {
            standIn.faults.isDown = false;
          }, 100);
        }
        seen.push(chunk);
      }
    })();
    // Either the whole answer was under way already, or the new content is refused.
    await reading.then(
      () => expect(Buffer.concat(seen).equals(first)).toBe(true),
      (error) => expect(error).toMatchObject({ code: "FAILED_PRECONDITION" }),
    );
    await expect.poll(() => standIn.faults.isDown).toBe(false);
  });

  it("finds files by patterns", async () => {
    for (const key of ["in/a1.json", "in/a2.json", "in/b1.json", "in/.a3.json", "in/sub/a4.json", "other/a1.json"]) {
      standIn.bucket("bucket").put(key, key);
    }
    const found = async (glob: string): Promise<string[]> =>
      (await storageOf(root).match(`${root}/${glob}`)).map(({ path }) => path.slice(root.length + 1));
    expect(await found("in/a?.json")).toEqual(["in/a1.json", "in/a2.json"]);
    expect(await found("in/*")).toEqual(["in/a1.json", "in/a2.json", "in/b1.json"]);
    expect(await found("*/a1.json")).toEqual(["in/a1.json", "other/a1.json"]);
    expect(await found("in/*/a*")).toEqual(["in/sub/a4.json"]);
    expect(await storageOf(root).fileNames(`${root}/in`)).toEqual([".a3.json", "a1.json", "a2.json", "b1.json"]);
    expect(await storageOf(root).stat(`${root}/in/b1.json`)).toMatchObject({ bytes: 10 });
    expect(await storageOf(root).stat(`${root}/in/none`)).toBeUndefined();
    expect(await storageOf(root).readWhole(`${root}/in/none`)).toBeUndefined();
    await storageOf(root).write(`${root}/out/x`, Buffer.from("x"));
    expect(text(await storageOf(root).readWhole(`${root}/out/x`))).toBe("x");
  });

  it("gives up where the store stays away", async () => {
    standIn.faults.isDown = true;
    await expect(store.head("bucket", "a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

it("names the package that is missing", async () => {
  const missing = Object.assign(new Error("no"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(sdk("s3", "@aws-sdk/client-s3", () => Promise.reject(missing))).rejects.toThrow(
    "s3:// paths need the package @aws-sdk/client-s3: npm install @aws-sdk/client-s3",
  );
});
