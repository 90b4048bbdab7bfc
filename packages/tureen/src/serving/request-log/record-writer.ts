import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { tfRecordFrameSize, writeTfRecordFrame } from "../../formats/tf-record.js";

/** How a log's files are made. */
export interface RecordFiles {
  /** Path and beginning of the names: `<prefix>.<time>.<number>.<ending>`. */
  readonly prefix: string;
  readonly format: "tfrecord" | "jsonl";
  /** A file that holds so many records is followed by the next one. */
  readonly maxRecords: number;
  /** Told of what could not be written, with the number of records that are lost. */
  readonly onError: (error: unknown, records: number) => void;
}

/** Bytes that may wait for the disk; what comes beyond that is dropped, as requests must not wait for a slow one. */
const maxWaitingBytes = 64 * 1024 * 1024;

/** Appends records to files one after another, off the path of the requests. */
export class RecordWriter {
  private readonly files: RecordFiles;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | undefined;
  private handle: FileHandle | undefined;
  private records = 0;
  private number = 0;

  constructor(files: RecordFiles) {
    this.files = files;
  }

  /** Queues a record; false where it is dropped because the disk is too slow. */
  append(record: Uint8Array): boolean {
    if (this.waitingBytes + record.length > maxWaitingBytes) return false;
    this.waiting.push(record);
    this.waitingBytes += record.length;
    this.writing ??= this.drain();
    return true;
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    await this.writing;
    await this.closeFile();
  }

  private async drain(): Promise<void> {
    // A turn of the event loop, so that records that come together are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const records = this.waiting.splice(0, this.files.maxRecords - this.records);
      for (const { length } of records) this.waitingBytes -= length;
      try {
        this.handle ??= await this.nextFile();
        await this.handle.appendFile(this.framed(records));
        this.records += records.length;
        if (this.records >= this.files.maxRecords) await this.closeFile();
      } catch (error) {
        this.files.onError(error, records.length);
        await this.closeFile().catch(() => {});
      }
    }
    this.writing = undefined;
  }

  private async nextFile(): Promise<FileHandle> {
    const { prefix, format } = this.files;
    const time = new Date().toISOString().replace(/[-:]|\..*/g, "");
    this.number += 1;
    await mkdir(dirname(prefix), { recursive: true });
    return open(`${prefix}.${time}.${process.pid}-${String(this.number).padStart(5, "0")}.${format}`, "a");
  }

  private async closeFile(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    this.records = 0;
    await handle?.close();
  }

  private framed(records: readonly Uint8Array[]): Uint8Array {
    if (this.files.format === "jsonl") return Buffer.concat(records.flatMap((record) => [record, newLine]));
    let size = 0;
    for (const { length } of records) size += tfRecordFrameSize(length);
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const record of records) at = writeTfRecordFrame(bytes, at, record);
    return bytes;
  }
}

const newLine = Uint8Array.of(10);
