import { closeSync, createReadStream, createWriteStream, fsyncSync, openSync, statSync } from "node:fs";
import { pipeline as pipe, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  constants,
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  type Gunzip,
  gunzipSync,
  type Inflate,
  inflateSync,
} from "node:zlib";
import { fileError, readAt, readWholeFile, writeFully } from "../core/file-system.js";
import { dataLoss, failedPrecondition, type StatusError } from "../core/status-error.js";
import {
  encodeTfRecords,
  readTfRecords,
  TfRecordSplitter,
  tfRecordChecksum,
  tfRecordFooterBytes,
  tfRecordFrameSize,
  tfRecordHeaderBytes,
  writeTfRecordFrame,
  writeTfRecordHeader,
} from "./tf-record.js";

/** How a whole TFRecord file is compressed: TensorFlow's `compression_type`, where "" is none. */
export type TfRecordCompression = "" | "GZIP" | "ZLIB";

/** What the readers take. */
export interface TfRecordReadOptions {
  /** "" unless said. */
  readonly compression?: TfRecordCompression;
}

/** Bytes that one read asks for: large enough that the system call costs nothing, small enough for a worker's cache. */
const chunkBytes = 256 * 1024;
/** A file that ends within its compressed stream gives what it holds, as in TensorFlow: the writer may still be at work. */
const inflateOptions = { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: chunkBytes } as const;

function inflateError(error: unknown, path: string): StatusError {
  const failure = error as NodeJS.ErrnoException;
  if (typeof failure.code === "string" && failure.code.startsWith("Z_")) {
    return dataLoss(`inflate() failed with error ${failure.errno}: ${failure.message}`);
  }
  return fileError(error, path);
}

function decompressor(compression: "GZIP" | "ZLIB"): Gunzip | Inflate {
  return compression === "GZIP" ? createGunzip(inflateOptions) : createInflate(inflateOptions);
}

/**
 * The records of a TFRecord file as they are read, in lists of those that arrived together.
 *
 * NOT_FOUND for a missing file; DATA_LOSS as `readTfRecords`, offsets counted in the decompressed stream.
 */
export async function* readTfRecordBatches(
  path: string,
  options: TfRecordReadOptions = {},
): AsyncGenerator<Uint8Array[], void> {
  const compression = options.compression ?? "";
  const splitter = new TfRecordSplitter();
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  const inflate = compression === "" ? undefined : decompressor(compression);
  // The outcome reaches us through the stream that is read below.
  const stream = inflate === undefined ? source : pipe(source, inflate, () => {});
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      const records = splitter.push(chunk);
      if (records.length > 0) yield records;
    }
  } catch (error) {
    throw inflateError(error, path);
  } finally {
    source.destroy();
  }
  if (compression === "GZIP" && inflate!.bytesWritten < source.bytesRead) throw trailingBytes();
  splitter.end();
}

function trailingBytes(): StatusError {
  // Node drops what follows the last gzip member; TensorFlow takes it for the header of another (but ignores it after a ZLIB stream).
  return dataLoss("inflate() failed with error -3: incorrect header check");
}

/** The records of a TFRecord file one by one; see `readTfRecordBatches`, which costs less per record. */
export async function* readTfRecordFile(
  path: string,
  options: TfRecordReadOptions = {},
): AsyncGenerator<Uint8Array, void> {
  for await (const records of readTfRecordBatches(path, options)) yield* records;
}

/** The records of a TFRecord file without waiting; a compressed file is decompressed whole, in memory. Errors as `readTfRecordBatches`. */
export function* readTfRecordFileSync(path: string, options: TfRecordReadOptions = {}): Generator<Uint8Array, void> {
  for (const records of readTfRecordBatchesSync(path, options)) yield* records;
}

/** The same in lists of those that were read together, which costs less per record. */
export function* readTfRecordBatchesSync(
  path: string,
  options: TfRecordReadOptions = {},
): Generator<readonly Uint8Array[], void> {
  const compression = options.compression ?? "";
  if (compression !== "") {
    for (const record of readTfRecords(inflateWhole(path, compression))) yield [record];
    return;
  }
  const splitter = new TfRecordSplitter();
  const fd = open(path, "r");
  try {
    for (let position = 0; ; ) {
      const chunk = new Uint8Array(chunkBytes);
      const read = readAt(fd, chunk, position, path);
      if (read === 0) break;
      position += read;
      yield splitter.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(fd);
  }
  splitter.end();
}

function inflateWhole(path: string, compression: "GZIP" | "ZLIB"): Uint8Array {
  const bytes = readWholeFile(path);
  if (bytes.length === 0) return bytes;
  const inflate = compression === "GZIP" ? gunzipSync : inflateSync;
  let result: { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };
  try {
    result = inflate(bytes, { ...inflateOptions, info: true }) as unknown as typeof result;
  } catch (error) {
    throw inflateError(error, path);
  }
  if (compression === "GZIP" && result.engine.bytesWritten < bytes.length) throw trailingBytes();
  return result.buffer;
}

function open(path: string, flags: "r" | "w" | "a" | "wx"): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Writes an uncompressed TFRecord file record by record, through a buffer.
 *
 * `mode` is "truncate" unless said; "append" goes on after what is there, "create" is ALREADY_EXISTS where the file exists.
 */
export class TfRecordWriter {
  readonly path: string;
  private fd: number | undefined;
  private readonly buffer: Uint8Array = new Uint8Array(chunkBytes);
  private used = 0;

  constructor(path: string, options: { readonly mode?: "truncate" | "append" | "create" } = {}) {
    this.path = path;
    this.fd = open(path, options.mode === "append" ? "a" : options.mode === "create" ? "wx" : "w");
  }

  /** Appends a record; it reaches the file with the next `flush` at the latest. */
  write(record: Uint8Array): void {
    const fd = this.openFd();
    const size = tfRecordFrameSize(record.length);
    if (size > this.buffer.length - this.used) this.flush();
    if (size <= this.buffer.length) {
      this.used = writeTfRecordFrame(this.buffer, this.used, record);
      return;
    }
    writeTfRecordHeader(this.buffer, 0, record.length);
    writeFully(fd, this.buffer.subarray(0, tfRecordHeaderBytes), this.path);
    writeFully(fd, record, this.path);
    new DataView(this.buffer.buffer).setUint32(0, tfRecordChecksum(record), true);
    writeFully(fd, this.buffer.subarray(0, tfRecordFooterBytes), this.path);
  }

  /** Hands what is buffered to the operating system. */
  flush(): void {
    const fd = this.openFd();
    if (this.used === 0) return;
    writeFully(fd, this.buffer.subarray(0, this.used), this.path);
    this.used = 0;
  }

  /** Flushes, and waits until the disk has it. */
  sync(): void {
    this.flush();
    try {
      fsyncSync(this.openFd());
    } catch (error) {
      throw fileError(error, this.path);
    }
  }

  /** Flushes and closes; closing twice does nothing. */
  close(): void {
    if (this.fd === undefined) return;
    try {
      this.flush();
    } finally {
      const fd = this.fd;
      this.fd = undefined;
      closeSync(fd);
    }
  }

  private openFd(): number {
    if (this.fd === undefined) throw failedPrecondition("Writer is closed.");
    return this.fd;
  }
}

/** What `writeTfRecordFile` takes. */
export interface TfRecordWriteOptions {
  /** "" unless said. */
  readonly compression?: TfRecordCompression;
  /** Whether to go on after what the file holds; a gzip file gets another member. Not for ZLIB, which has no members. */
  readonly append?: boolean;
  /** zlib's level, 0 to 9; its own default unless said. */
  readonly level?: number;
}

/** Writes records to a TFRecord file as they come, with backpressure; returns how many. */
export async function writeTfRecordFile(
  path: string,
  records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: TfRecordWriteOptions = {},
): Promise<number> {
  const compression = options.compression ?? "";
  const append = options.append === true;
  if (append && compression === "ZLIB" && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw failedPrecondition(`${path}: a ZLIB file cannot be appended to`);
  }
  let count = 0;
  async function* frames(): AsyncGenerator<Uint8Array, void> {
    let pending: Uint8Array[] = [];
    let size = 0;
    for await (const record of records) {
      pending.push(record);
      size += tfRecordFrameSize(record.length);
      count += 1;
      if (size < chunkBytes) continue;
      yield encodeTfRecords(pending);
      pending = [];
      size = 0;
    }
    if (size > 0) yield encodeTfRecords(pending);
  }
  const source = Readable.from(frames(), { objectMode: false });
  const target = createWriteStream(path, { flags: append ? "a" : "w" });
  const level = options.level === undefined ? {} : { level: options.level };
  try {
    if (compression === "") await pipeline(source, target);
    else await pipeline(source, compression === "GZIP" ? createGzip(level) : createDeflate(level), target);
  } catch (error) {
    throw fileError(error, path);
  }
  return count;
}
