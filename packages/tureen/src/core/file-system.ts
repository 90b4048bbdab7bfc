import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { type StatusCodeName, StatusError } from "./status-error.js";

/**
 * What the operating system calls a failure, by Node's error code: the canonical code and the C library's text, as TensorFlow's
 * `IOError(context, errno)` pairs them.
 */
const ioErrors: Readonly<Record<string, readonly [StatusCodeName, string]>> = {
  ENOENT: ["NOT_FOUND", "No such file or directory"],
  ENOTDIR: ["FAILED_PRECONDITION", "Not a directory"],
  EISDIR: ["FAILED_PRECONDITION", "Is a directory"],
  ENOTEMPTY: ["FAILED_PRECONDITION", "Directory not empty"],
  EEXIST: ["ALREADY_EXISTS", "File exists"],
  EACCES: ["PERMISSION_DENIED", "Permission denied"],
  EPERM: ["PERMISSION_DENIED", "Operation not permitted"],
  EROFS: ["PERMISSION_DENIED", "Read-only file system"],
  ENOSPC: ["RESOURCE_EXHAUSTED", "No space left on device"],
  EDQUOT: ["RESOURCE_EXHAUSTED", "Disk quota exceeded"],
  EMFILE: ["RESOURCE_EXHAUSTED", "Too many open files"],
  ENFILE: ["RESOURCE_EXHAUSTED", "Too many open files in system"],
  EFBIG: ["RESOURCE_EXHAUSTED", "File too large"],
};

/** A file operation's failure as a StatusError: `<path>; No such file or directory`, as TensorFlow words it. */
export function fileError(error: unknown, path: string): StatusError {
  if (error instanceof StatusError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const known = code === undefined ? undefined : ioErrors[code];
  if (known !== undefined) return new StatusError(known[0], `${path}; ${known[1]}`, { cause: error });
  return new StatusError("UNKNOWN", `${path}; ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}

/** The whole file in a buffer of its own, which starts at offset 0 of its ArrayBuffer. */
export function readWholeFile(path: string): Uint8Array<ArrayBuffer> {
  try {
    const bytes = readFileSync(path);
    // Small files come from Node's shared pool, which would keep the pool alive and misalign views.
    if (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength) {
      return new Uint8Array(bytes.buffer as ArrayBuffer);
    }
    return new Uint8Array(bytes);
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Makes a folder and those above it; one that is there already is good.
 *
 * For Node's own `recursive`, which asks for ever where a file system refuses folders as absent (`/proc`).
 */
export function makeFolders(path: string): void {
  const above = dirname(path);
  try {
    if (isFolder(path)) return;
    if (above !== path && !existsSync(above)) makeFolders(above);
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path) || !isFolder(path)) throw fileError(error, path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The most that one read or write may ask for; Linux stops short of 2 GiB and Node refuses more. */
const maxTransferBytes = 2 ** 30;

/** Reads up to `target.length` bytes at `position`; fewer only where the file ends. Returns how many. */
export function readAt(fd: number, target: Uint8Array, position: number, path: string): number {
  let done = 0;
  try {
    while (done < target.length) {
      const read = readSync(fd, target, done, Math.min(target.length - done, maxTransferBytes), position + done);
      if (read === 0) break;
      done += read;
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return done;
}

/** Writes all the bytes at the file's current position. */
export function writeFully(fd: number, bytes: Uint8Array, path: string): void {
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done, Math.min(bytes.length - done, maxTransferBytes));
  } catch (error) {
    throw fileError(error, path);
  }
}

let temporaryFiles = 0;
/** Containers that share a file system have the same process ids. */
const ownNumber = `${process.pid}${Math.floor(Math.random() * 2 ** 40)}`;
/** Writes below this size are gathered: a system call costs as much as copying some ten thousand bytes. */
const gatherBytes = 64 * 1024;

/**
 * A file that appears under its name only once it is complete: readers see the old content or the new, never a part.
 *
 * Bytes go to a temporary sibling; `commit` syncs it to disk and renames it. The folder is made where it is missing.
 */
export class AtomicFile {
  readonly path: string;
  private readonly temporaryPath: string;
  private fd: number | undefined;
  private readonly gathered: Uint8Array = new Uint8Array(gatherBytes);
  private used = 0;

  constructor(path: string) {
    this.path = path;
    temporaryFiles += 1;
    this.temporaryPath = `${path}.tempstate${ownNumber}-${temporaryFiles}`;
    try {
      makeFolders(dirname(path));
      this.fd = openSync(this.temporaryPath, "w");
    } catch (error) {
      throw fileError(error, path);
    }
  }

  /** Appends bytes. */
  write(bytes: Uint8Array): void {
    const fd = this.openFd();
    if (bytes.length > gatherBytes - this.used) this.flush(fd);
    if (bytes.length > gatherBytes) {
      writeFully(fd, bytes, this.path);
    } else {
      this.gathered.set(bytes, this.used);
      this.used += bytes.length;
    }
  }

  /** Puts the file under its name. */
  commit(): void {
    const fd = this.openFd();
    this.fd = undefined;
    try {
      try {
        this.flush(fd);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(this.temporaryPath, this.path);
    } catch (error) {
      rmSync(this.temporaryPath, { force: true });
      throw fileError(error, this.path);
    }
  }

  /** Drops what was written; nothing happens to a file that is already committed. */
  discard(): void {
    if (this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
    rmSync(this.temporaryPath, { force: true });
  }

  private openFd(): number {
    if (this.fd === undefined) throw new StatusError("FAILED_PRECONDITION", `${this.path} is closed`);
    return this.fd;
  }

  private flush(fd: number): void {
    writeFully(fd, this.gathered.subarray(0, this.used), this.path);
    this.used = 0;
  }
}

/** Writes a whole file so that it appears complete or not at all. */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  const file = new AtomicFile(path);
  try {
    file.write(bytes);
    file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
}
