import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AtomicFile, fileError, readAt } from "../file-system.js";
import { StatusError } from "../status-error.js";
import { parseObjectUri } from "./object-uri.js";
import { openObjectStore } from "./open-object-store.js";

/**
 * An object that is written piece by piece: kept in a temporary file, and sent when it is complete.
 *
 * So a writer needs not wait for the network, nothing half-written is ever in the store, and what fails to arrive can be sent again. Up to
 * `partBytes` go in one request, more in parts of that size.
 */
export class SpooledUpload {
  private readonly path: string;
  private readonly partBytes: number;
  private readonly folder: string;
  private file: AtomicFile | undefined;
  private bytes = 0;

  constructor(path: string, partBytes: number) {
    this.path = path;
    this.partBytes = partBytes;
    this.folder = mkdtempSync(join(tmpdir(), "tureen-upload-"));
    this.file = new AtomicFile(join(this.folder, "object"));
  }

  /** Appends bytes. */
  write(bytes: Uint8Array): void {
    this.openFile().write(bytes);
    this.bytes += bytes.length;
  }

  /** Sends what was written. */
  async commit(): Promise<void> {
    const file = this.openFile();
    try {
      file.commit();
      const fd = openSync(file.path, "r");
      try {
        await this.send(fd);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw fileError(error, this.path);
    } finally {
      this.discard();
    }
  }

  /** Drops what was written. */
  discard(): void {
    if (this.file === undefined) return;
    this.file.discard();
    this.file = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async send(fd: number): Promise<void> {
    const { scheme, bucket, key } = parseObjectUri(this.path);
    const store = await openObjectStore(scheme);
    const piece = (start: number): Uint8Array => {
      const bytes = new Uint8Array(Math.min(this.partBytes, this.bytes - start));
      readAt(fd, bytes, start, this.path);
      return bytes;
    };
    if (this.bytes <= this.partBytes) {
      await store.put(bucket, key, piece(0));
      return;
    }
    const upload = await store.putParts(bucket, key);
    try {
      for (let start = 0, number = 1; start < this.bytes; start += this.partBytes, number++) {
        await upload.part(number, piece(start), start + this.partBytes >= this.bytes);
      }
      await upload.complete();
    } catch (error) {
      // What went wrong first is what counts.
      await upload.abort().catch(() => {});
      throw error;
    }
  }

  private openFile(): AtomicFile {
    if (this.file === undefined) throw new StatusError("FAILED_PRECONDITION", `${this.path} is closed`);
    return this.file;
  }
}
