import { listAll } from "../object-store/list-all.js";
import { type ObjectInfo, partBytes } from "../object-store/object-store.js";
import { joinPath, objectUri, parseObjectUri } from "../object-store/object-uri.js";
import { openObjectStore } from "../object-store/open-object-store.js";
import { SpooledUpload } from "../object-store/spooled-upload.js";
import { StatusError } from "../status-error.js";
import { nameMatcher } from "./name-matcher.js";
import type { Storage, StoredFile, StoredFileWriter } from "./storage.js";

/** How far a read goes on at a time once it has gone past what it was asked for: a line's end is seldom farther. */
const beyondBytes = 256 * 1024;

/** Files in object stores: S3 and what speaks its protocol, Google Cloud Storage. */
export const objectStorage: Storage = Object.freeze({
  async stat(path: string): Promise<StoredFile | undefined> {
    const { store, bucket, key } = await locate(path);
    const info = await store.head(bucket, key);
    return info === undefined ? undefined : fileOf(path, info);
  },

  async fileNames(folder: string): Promise<string[]> {
    const { store, bucket, key } = await locate(folder);
    const prefix = key === "" ? "" : `${key}/`;
    const { objects } = await listAll(store, bucket, prefix, "/");
    return objects.map((object) => object.key.slice(prefix.length)).filter((name) => name !== "");
  },

  async match(pattern: string): Promise<StoredFile[]> {
    const { store, scheme, bucket, key } = await locate(pattern);
    const wild = key.search(/[*?]/);
    const prefix = wild < 0 ? key : key.slice(0, wild);
    const isFlat = wild < 0 || !key.slice(wild).includes("/");
    const { objects } = await listAll(store, bucket, prefix, isFlat ? "/" : undefined);
    const matches = nameMatcher(key);
    return objects
      .filter((object) => matches(object.key))
      .map((object) => fileOf(objectUri({ scheme, bucket, key: object.key }), object));
  },

  async *read(
    { path, etag }: Pick<StoredFile, "path" | "etag">,
    start: number,
    end: number,
  ): AsyncGenerator<Uint8Array, void> {
    const { store, bucket, key } = await locate(path);
    const match = etag === undefined ? {} : { etag };
    if (end !== Number.POSITIVE_INFINITY) {
      if (start < end) yield* store.read(bucket, key, { start, end, ...match });
      return;
    }
    // Readers stop early here: what was asked for in one go would have to be thrown away with its connection.
    for (let position = start; ; position += beyondBytes) {
      let got = 0;
      for await (const chunk of store.read(bucket, key, { start: position, end: position + beyondBytes, ...match })) {
        got += chunk.length;
        yield chunk;
      }
      if (got < beyondBytes) return;
    }
  },

  async readWhole(path: string): Promise<Uint8Array | undefined> {
    const { store, bucket, key } = await locate(path);
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of store.read(bucket, key)) chunks.push(chunk);
    } catch (error) {
      if (error instanceof StatusError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
    return Buffer.concat(chunks);
  },

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const { store, bucket, key } = await locate(path);
    await store.put(bucket, key, bytes);
  },

  create(path: string): StoredFileWriter {
    return new SpooledUpload(path, partBytes);
  },

  async makeFolder(): Promise<void> {},

  async remove(path: string): Promise<void> {
    const { store, bucket, key } = await locate(path);
    await store.delete(bucket, key);
  },
});

async function locate(
  path: string,
): Promise<{ store: Awaited<ReturnType<typeof openObjectStore>> } & ReturnType<typeof parseObjectUri>> {
  const location = parseObjectUri(path);
  return { ...location, store: await openObjectStore(location.scheme) };
}

function fileOf(path: string, { bytes, modified, etag }: ObjectInfo): StoredFile {
  return { path: joinPath(path), bytes, modified, etag };
}
