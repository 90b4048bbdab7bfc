import { isObjectUri } from "../object-store/object-uri.js";
import { localStorage } from "./local-storage.js";
import { objectStorage } from "./object-storage.js";

/** A file, on a disk or in an object store. */
export interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of the last change. */
  readonly modified: number;
  /** An object's etag: reads of the file fail once it is another one. Files on disks have none. */
  readonly etag?: string;
}

/** A file that is being written; it appears under its name, complete, with `commit`. */
export interface StoredFileWriter {
  write(bytes: Uint8Array): void;
  commit(): Promise<void>;
  /** Drops what was written; nothing happens to a file that is already committed. */
  discard(): void;
}

/** Files by path: `storageOf(path)` gives the one that has the path. Everything rejects with a StatusError that names the path. */
export interface Storage {
  /** Undefined where there is no file of that name; INVALID_ARGUMENT for a folder on a disk. */
  stat(path: string): Promise<StoredFile | undefined>;
  /** The names of the files directly in a folder, in order; none where there is no such folder. */
  fileNames(folder: string): Promise<string[]>;
  /** The files that a pattern names, in the order of their paths: `*` and `?` match within one part of the path. */
  match(pattern: string): Promise<StoredFile[]>;
  /** The bytes of a file from `start` up to `end` (or its end), in chunks that share no memory with one another. */
  read(file: Pick<StoredFile, "path" | "etag">, start: number, end: number): AsyncIterable<Uint8Array>;
  /** The whole file; undefined where there is none. */
  readWhole(path: string): Promise<Uint8Array | undefined>;
  /** Writes a whole file so that it appears complete or not at all. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Begins a file of any size. */
  create(path: string): StoredFileWriter;
  /** Makes a folder and those above it; nothing to do where folders are only parts of names. */
  makeFolder(path: string): Promise<void>;
  /** Removes a file; nothing happens where there is none. */
  remove(path: string): Promise<void>;
}

/** Where a path's file lies: in an object store for `s3://` and `gs://`, else on this machine's disks. */
export function storageOf(path: string): Storage {
  return isObjectUri(path) ? objectStorage : localStorage;
}
