import { open, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type ObjectStore, partBytes } from "../../core/object-store/object-store.js";
import { parseObjectUri } from "../../core/object-store/object-uri.js";
import { openObjectStore } from "../../core/object-store/open-object-store.js";
import { listFolder } from "../../core/object-store/remote-folder.js";
import { dataLoss } from "../../core/status-error.js";

/** Uploads that go on at once: what matters for models of many small files. */
const concurrency = 8;

/**
 * Sends a folder of the disk to an object store, and looks whether the store has all of it.
 *
 * Nobody may know of `uri` before this resolves: until then some of the files are there. DATA_LOSS where the store lists other files or sizes.
 */
export async function uploadModel(folder: string, uri: string): Promise<void> {
  const { scheme, bucket, key } = parseObjectUri(uri);
  const store = await openObjectStore(scheme);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const sizes = new Map<string, number>();
  const waiting = [...names];
  const send = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const path = name.split(sep).join("/");
      sizes.set(path, await sendFile(store, bucket, `${key}/${path}`, join(folder, name)));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, send));
  const { files } = await listFolder(store, uri);
  const isWhole = files.length === sizes.size && files.every(([path, { bytes }]) => sizes.get(path) === bytes);
  if (!isWhole) throw dataLoss(`${uri}: the store has not got what was sent`);
}

/** Sends a file, in parts where it is large; returns its size. */
async function sendFile(store: ObjectStore, bucket: string, key: string, path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const piece = async (start: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(Math.min(partBytes, size - start));
      for (let got = 0; got < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, got, bytes.length - got, start + got);
        if (bytesRead === 0) throw dataLoss(`${path} became shorter while it was sent`);
        got += bytesRead;
      }
      return bytes;
    };
    if (size <= partBytes) {
      await store.put(bucket, key, await piece(0));
      return size;
    }
    const upload = await store.putParts(bucket, key);
    try {
      for (let start = 0, number = 1; start < size; start += partBytes, number++) {
        await upload.part(number, await piece(start), start + partBytes >= size);
      }
      await upload.complete();
    } catch (error) {
      // What went wrong first is what counts.
      await upload.abort().catch(() => {});
      throw error;
    }
    return size;
  } finally {
    await file.close();
  }
}
