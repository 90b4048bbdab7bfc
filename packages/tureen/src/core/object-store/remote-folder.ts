import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32c, extendCrc32c } from "../crc32c.js";
import { fileError } from "../file-system.js";
import { dataLoss, invalidArgument, notFound } from "../status-error.js";
import { listAll } from "./list-all.js";
import type { ObjectInfo, ObjectStore } from "./object-store.js";
import { parseObjectUri } from "./object-uri.js";

/** A folder in an object store and what it holds. */
export interface RemoteFolder {
  readonly uri: string;
  readonly bucket: string;
  /** The objects below the folder, by their paths within it, in the order of these. */
  readonly files: readonly (readonly [path: string, info: ObjectInfo])[];
  /** Changes with any file's name, size or content. */
  readonly digest: string;
}

/** Bytes of a read: several go on at once, as one connection seldom fills a line. */
const rangeBytes = 16 * 1024 * 1024;
/** Reads that go on at once. */
const concurrency = 8;

/** Lists a folder and all below it. NOT_FOUND where there is nothing, INVALID_ARGUMENT for keys that are no paths. */
export async function listFolder(store: ObjectStore, uri: string): Promise<RemoteFolder> {
  const { bucket, key } = parseObjectUri(uri);
  const prefix = key === "" ? "" : `${key}/`;
  const { objects } = await listAll(store, bucket, prefix);
  return remoteFolder(uri, objects);
}

/** The folder that a listing's objects make up; `objects` are those whose keys begin with the folder's. Errors as `listFolder`. */
export function remoteFolder(uri: string, objects: readonly ObjectInfo[]): RemoteFolder {
  const { bucket, key } = parseObjectUri(uri);
  const start = key === "" ? 0 : key.length + 1;
  const files: [string, ObjectInfo][] = [];
  for (const info of objects) {
    const path = info.key.slice(start);
    // Consoles make folders by putting an empty object of that name.
    if (path === "" || path.endsWith("/")) continue;
    if (path.split("/").some((part) => part === "" || part === "." || part === "..") || path.includes("\0")) {
      throw invalidArgument(`${uri}: the key ${JSON.stringify(info.key)} is no path of a file`);
    }
    files.push([path, info]);
  }
  if (files.length === 0) throw notFound(`${uri}; No such file or directory`);
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  const facts = files.map(([path, { bytes, etag, md5, crc32c: sum }]) => [path, bytes, etag, md5, sum]);
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  return { uri, bucket, files, digest };
}

/**
 * Copies a folder to the disk: every file has the listed size and, where the store knows it, the listed checksum, and is on the disk when
 * this resolves.
 *
 * DATA_LOSS for content that twice is not what its checksum says, FAILED_PRECONDITION for a file that was replaced since the listing.
 */
export async function downloadFolder(store: ObjectStore, folder: RemoteFolder, destination: string): Promise<void> {
  const slots = new Slots(concurrency);
  const stop = new AbortController();
  await Promise.all(
    folder.files.map(async ([path, info]) => {
      try {
        await downloadFile(store, folder, info, join(destination, path), slots, stop.signal);
      } catch (error) {
        stop.abort();
        throw fileError(error, `${folder.uri}/${path}`);
      }
    }),
  );
}

async function downloadFile(
  store: ObjectStore,
  folder: RemoteFolder,
  info: ObjectInfo,
  path: string,
  slots: Slots,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w+");
  try {
    for (let attempt = 1; ; attempt++) {
      await Promise.all(
        Array.from({ length: Math.ceil(info.bytes / rangeBytes) }, (_, i) =>
          slots.run(async () => {
            const end = Math.min((i + 1) * rangeBytes, info.bytes);
            let position = i * rangeBytes;
            const { etag } = info;
            for await (const chunk of store.read(folder.bucket, info.key, { start: position, end, etag })) {
              if (signal.aborted) return;
              await file.write(chunk, 0, chunk.length, position);
              position += chunk.length;
            }
            if (position < end)
              throw dataLoss(`${folder.uri}: ${info.key} ended after ${position} of ${info.bytes} bytes`);
          }),
        ),
      );
      if (signal.aborted || (await isIntact(file, info))) break;
      if (attempt === 1) continue;
      // An etag that is no MD5 after all: of content that the store has encrypted with a key of its own.
      const { md5, crc32c: sum } = (await store.head(folder.bucket, info.key)) ?? info;
      if (md5 === undefined && sum === undefined) break;
      throw dataLoss(`${folder.uri}: the checksum of ${info.key} does not match its content`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Whether a file's content fits its checksum; true where the store did not know one. */
export async function isIntact(file: FileHandle, info: Pick<ObjectInfo, "md5" | "crc32c">): Promise<boolean> {
  const hash = info.crc32c === undefined && info.md5 !== undefined ? createHash("md5") : undefined;
  if (hash === undefined && info.crc32c === undefined) return true;
  let sum = crc32c(new Uint8Array());
  const chunk = new Uint8Array(1024 * 1024);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    if (hash === undefined) sum = extendCrc32c(sum, chunk, 0, bytesRead);
    else hash.update(chunk.subarray(0, bytesRead));
  }
  return hash === undefined ? sum === info.crc32c : hash.digest("hex") === info.md5;
}

/** Lets so many tasks run at once. */
class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async run(task: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
