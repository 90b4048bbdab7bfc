import { isObjectUri, parseObjectUri } from "../../core/object-store/object-uri.js";
import { invalidArgument, notFound, unimplemented } from "../../core/status-error.js";
import { type StoredFile, storageOf } from "../../core/storage/storage.js";

/** A file of records. */
export type InputFile = StoredFile;

/**
 * The files that paths and patterns name, on disks and in object stores, in the order of their names, each once; `*` and `?` match within one
 * part of a path.
 *
 * NOT_FOUND where a path or pattern names no file, INVALID_ARGUMENT for a folder, UNIMPLEMENTED for schemes but `s3://` and `gs://`.
 */
export async function findInputs(paths: readonly string[]): Promise<InputFile[]> {
  if (paths.length === 0) throw invalidArgument("There are no input paths.");
  const found = new Map<string, InputFile>();
  for (const path of paths) {
    checkPath(path);
    for (const file of await matches(path)) found.set(file.path, file);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function matches(path: string): Promise<InputFile[]> {
  const storage = storageOf(path);
  if (/[*?]/.test(path)) {
    const files = await storage.match(path);
    if (files.length === 0) throw notFound(`No file matches ${path}`);
    return files;
  }
  const file = await storage.stat(path);
  if (file === undefined) throw notFound(`${path}; No such file or directory`);
  return [file];
}

/** UNIMPLEMENTED for a path that is neither on this machine's disks nor in a store that is known. */
export function checkPath(path: string): void {
  if (isObjectUri(path)) {
    parseObjectUri(path);
    return;
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1];
  if (scheme === undefined) return;
  throw unimplemented(`${path}: ${scheme}:// paths are not supported; give local, s3:// or gs:// paths.`);
}
