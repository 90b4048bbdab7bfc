import { dataLoss } from "../core/status-error.js";
import { extendCrc32c, maskCrc32c } from "./crc32c.js";

/** Bytes before a record's data: its length (uint64) and the masked CRC-32C of those eight bytes. */
export const tfRecordHeaderBytes = 12;
/** Bytes after a record's data: its masked CRC-32C. */
export const tfRecordFooterBytes = 4;

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Checks the masked checksum that follows the bytes from `start` to `end`; DATA_LOSS naming `offset` where it is another. */
function check(bytes: Uint8Array, start: number, end: number, offset: number): void {
  if (readWord(bytes, end) === maskCrc32c(extendCrc32c(0, bytes, start, end))) return;
  throw dataLoss(`corrupted record at ${offset}${offset === 0 ? " (Is this even a TFRecord file?)" : ""}`);
}

function truncated(offset: number): Error {
  // The lone quote is TensorFlow's.
  return dataLoss(`truncated record at ${offset}' failed with Read less bytes than requested`);
}

/** The data length that the header at `at` states, once its checksum holds. */
function readLength(bytes: Uint8Array, at: number, offset: number): number {
  check(bytes, at, at + 8, offset);
  return readWord(bytes, at) + readWord(bytes, at + 4) * 2 ** 32;
}

/**
 * The records of a TFRecord file's bytes, each a view on them.
 *
 * Wrong checksums and a record cut short are DATA_LOSS with TensorFlow's text; N in "corrupted record at N" is the offset of the header or of the
 * data, whichever is wrong. A header cut short ends the file, as in TensorFlow: that is how a file looks whose writer is still at work.
 */
export function* readTfRecords(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; bytes.length - at >= tfRecordHeaderBytes; ) {
    const length = readLength(bytes, at, at);
    const data = at + tfRecordHeaderBytes;
    if (length > bytes.length - data - tfRecordFooterBytes) throw truncated(at);
    check(bytes, data, data + length, data);
    yield bytes.subarray(data, data + length);
    at = data + length + tfRecordFooterBytes;
  }
}

/** Cuts a stream of chunks into records; the same checks and errors as `readTfRecords`. */
export class TfRecordSplitter {
  private chunks: Uint8Array[] = [];
  private available = 0;
  /** Bytes that the next step takes, from the start of the chunks. */
  private needed = tfRecordHeaderBytes;
  private offset = 0;
  /** What is wrong behind the records that were given out last. */
  private failure: unknown;

  /**
   * The records that the chunk completes: views on it where they lie in it whole. The caller no longer writes to the chunk.
   *
   * DATA_LOSS for damaged ones, after the records before them were given out.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.failure !== undefined) throw this.failure;
    const records: Uint8Array[] = [];
    try {
      this.split(chunk, records);
    } catch (error) {
      if (records.length === 0) throw error;
      this.failure = error;
    }
    return records;
  }

  private split(chunk: Uint8Array, records: Uint8Array[]): void {
    this.chunks.push(chunk);
    this.available += chunk.length;
    if (this.available < this.needed) return;
    const bytes = this.chunks.length === 1 ? chunk : concatenate(this.chunks, this.available);
    let at = 0;
    this.needed = tfRecordHeaderBytes;
    while (bytes.length - at >= tfRecordHeaderBytes) {
      const length = readLength(bytes, at, this.offset);
      const data = at + tfRecordHeaderBytes;
      const frame = tfRecordHeaderBytes + length + tfRecordFooterBytes;
      if (frame > bytes.length - at) {
        this.needed = frame;
        break;
      }
      check(bytes, data, data + length, this.offset + tfRecordHeaderBytes);
      records.push(bytes.subarray(data, data + length));
      at += frame;
      this.offset += frame;
    }
    this.chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.available = bytes.length - at;
  }

  /** Tells that no more chunks come; DATA_LOSS where a record is left incomplete. */
  end(): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.available >= tfRecordHeaderBytes) throw truncated(this.offset);
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The bytes that a record of `length` bytes takes in a file. */
export function tfRecordFrameSize(length: number): number {
  return tfRecordHeaderBytes + length + tfRecordFooterBytes;
}

/** Writes a record's frame into `target` at `at`; returns the offset after it. */
export function writeTfRecordFrame(target: Uint8Array, at: number, record: Uint8Array): number {
  writeTfRecordHeader(target, at, record.length);
  const data = at + tfRecordHeaderBytes;
  target.set(record, data);
  writeWord(target, data + record.length, tfRecordChecksum(record));
  return data + record.length + tfRecordFooterBytes;
}

/** Writes the header of a record of `length` bytes. */
export function writeTfRecordHeader(target: Uint8Array, at: number, length: number): void {
  writeWord(target, at, length);
  writeWord(target, at + 4, Math.floor(length / 2 ** 32));
  writeWord(target, at + 8, maskCrc32c(extendCrc32c(0, target, at, at + 8)));
}

/** The four bytes' worth that follow a record's data. */
export function tfRecordChecksum(record: Uint8Array): number {
  return maskCrc32c(extendCrc32c(0, record));
}

/** The bytes of a TFRecord file that holds the records. */
export function encodeTfRecords(records: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const record of records) size += tfRecordFrameSize(record.length);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const record of records) at = writeTfRecordFrame(bytes, at, record);
  return bytes;
}
