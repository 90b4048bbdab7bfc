import { closeSync, openSync, readdirSync, statSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AtomicFile, fileError, readAt, writeFileAtomically } from "../file-system.js";
import { invalidArgument } from "../status-error.js";
import { nameMatcher } from "./name-matcher.js";
import type { Storage, StoredFile, StoredFileWriter } from "./storage.js";

/** Bytes of a read: large enough that the system call costs nothing, small enough for a worker's cache. */
const chunkBytes = 256 * 1024;

/** The machine's own disks. */
export const localStorage: Storage = Object.freeze({
  async stat(path: string): Promise<StoredFile | undefined> {
    let stat: ReturnType<typeof statSync>;
    try {
      stat = statSync(path, { throwIfNoEntry: false });
    } catch (error) {
      throw fileError(error, path);
    }
    if (stat === undefined) return undefined;
    if (stat.isDirectory()) throw invalidArgument(`${path} is a folder: give ${join(path, "*")}`);
    return { path, bytes: stat.size, modified: stat.mtimeMs };
  },

  async fileNames(folder: string): Promise<string[]> {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw fileError(error, folder);
    }
  },

  async match(pattern: string): Promise<StoredFile[]> {
    const files: StoredFile[] = [];
    for (const path of expand(pattern).sort()) {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isFile() === true) files.push({ path, bytes: stat.size, modified: stat.mtimeMs });
    }
    return files;
  },

  async *read({ path }: Pick<StoredFile, "path">, start: number, end: number): AsyncGenerator<Uint8Array, void> {
    yield* readChunks(path, start, end);
  },

  async readWhole(path: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw fileError(error, path);
    }
  },

  async write(path: string, bytes: Uint8Array): Promise<void> {
    writeFileAtomically(path, bytes);
  },

  create(path: string): StoredFileWriter {
    const file = new AtomicFile(path);
    return {
      write: (bytes) => file.write(bytes),
      commit: async () => file.commit(),
      discard: () => file.discard(),
    };
  },

  async makeFolder(path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true });
    } catch (error) {
      throw fileError(error, path);
    }
  },

  async remove(path: string): Promise<void> {
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw fileError(error, path);
    }
  },
});

/** The bytes of a file from `start` up to `end` or its end, in chunks of their own. */
export function* readChunks(path: string, start: number, end: number): Generator<Uint8Array, void> {
  if (!(start < end)) return;
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    for (let position = start; position < end; ) {
      // Readers keep views on their chunk, so that each read has one of its own.
      const chunk = new Uint8Array(Math.min(chunkBytes, end - position));
      const read = readAt(fd, chunk, position, path);
      if (read === 0) return;
      yield chunk.subarray(0, read);
      position += read;
    }
  } finally {
    closeSync(fd);
  }
}

function expand(pattern: string): string[] {
  const parts = pattern.split("/");
  let folders = [parts[0] === "" ? "/" : "."];
  for (const part of parts) {
    if (part !== "") folders = folders.flatMap((folder) => matchesIn(folder, part));
  }
  return folders.map((path) => (parts[0] === "" || parts[0] === "." ? path : path.replace(/^\.\//, "")));
}

function matchesIn(folder: string, part: string): string[] {
  const under = (name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);
  if (!/[*?]/.test(part)) return [under(part)];
  const matches = nameMatcher(part);
  try {
    return readdirSync(folder).filter(matches).map(under);
  } catch {
    // A folder that is not there, or is none, holds no match.
    return [];
  }
}
