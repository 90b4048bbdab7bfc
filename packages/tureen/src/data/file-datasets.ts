import { closeSync, fstatSync, openSync } from "node:fs";
import { checkOptions } from "../core/check-options.js";
import { fileError, readAt } from "../core/file-system.js";
import { scalarShape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import type { TfRecordCompression } from "../formats/tf-record-file.js";
import { Dataset } from "./dataset.js";

/** How a TFRecord file is read. */
export interface TfRecordDatasetOptions {
  /** "GZIP", "ZLIB" or "" for none, which it is unless said. */
  readonly compressionType?: TfRecordCompression | undefined;
}

/**
 * The records of TFRecord files, one file after the other, as string scalars: TensorFlow's `TFRecordDataset`.
 *
 * Files are opened as a pass reaches them and read in pieces. NOT_FOUND for a missing file, DATA_LOSS for a corrupted one.
 */
export function tfRecordDataset(
  files: string | readonly string[],
  options: TfRecordDatasetOptions = {},
): Dataset<TensorValue> {
  checkOptions("tfRecordDataset", options, { compressionType: "optional" });
  const { compressionType = "" } = options;

  return Dataset.fromTfRecords(typeof files === "string" ? [files] : [...files], compressionType);
}

/**
 * The lines of text files, one file after the other, as string scalars without their ends: TensorFlow's `TextLineDataset`.
 *
 * A line ends with \n or the file; every \r is dropped, wherever it stands. Files are read in pieces. NOT_FOUND for a missing file.
 */
export function textLineDataset(files: string | readonly string[]): Dataset<TensorValue> {
  const list = typeof files === "string" ? [files] : files;
  return Dataset.fromGenerator<TensorValue>(
    function* () {
      for (const file of list) {
        for (const bytes of readLines(file)) yield tensorValue("string", scalarShape, [bytes]);
      }
    },
    { elementSpec: { dtype: "string", shape: scalarShape } },
  );
}

/** How records of a fixed size lie in a file. */
export interface FixedLengthRecordOptions {
  /** Bytes before the first record, which are passed over. */
  readonly headerBytes?: number | undefined;
  /** Bytes after the last record. */
  readonly footerBytes?: number | undefined;
}

/**
 * Records of `recordBytes` bytes each, one file after the other, as string scalars: TensorFlow's `FixedLengthRecordDataset`.
 *
 * NOT_FOUND for a missing file, INVALID_ARGUMENT for one that holds no whole number of records.
 */
export function fixedLengthRecordDataset(
  files: string | readonly string[],
  recordBytes: number,
  options: FixedLengthRecordOptions = {},
): Dataset<TensorValue> {
  checkOptions("fixedLengthRecordDataset", options, { headerBytes: "optional", footerBytes: "optional" });
  const { headerBytes = 0, footerBytes = 0 } = options;
  const list = typeof files === "string" ? [files] : files;
  if (!(recordBytes > 0)) throw invalidArgument("`record_bytes` must be > 0");
  for (const [name, bytes] of [
    ["header_bytes", headerBytes],
    ["footer_bytes", footerBytes],
  ] as const) {
    if (!(bytes >= 0)) throw invalidArgument(`\`${name}\` must be >= 0`);
  }
  return Dataset.fromGenerator<TensorValue>(
    function* () {
      for (const file of list) {
        for (const bytes of readRecords(file, recordBytes, headerBytes, footerBytes)) {
          yield tensorValue("string", scalarShape, [bytes]);
        }
      }
    },
    { elementSpec: { dtype: "string", shape: scalarShape } },
  );
}

function* readRecords(file: string, size: number, header: number, footer: number): Generator<Uint8Array> {
  const fd = openForReading(file);
  try {
    const body = fstatSync(fd).size - header - footer;
    if (body % size !== 0) {
      throw invalidArgument(
        `Excluding the header (${header} bytes) and footer (${footer} bytes), input file "${file}" has body length ${body} bytes, which is not an exact multiple of the record length (${size} bytes).`,
      );
    }
    const atOnce = Math.max(1, Math.floor(chunkBytes / size)) * size;
    for (let at = 0; at < body; at += atOnce) {
      const chunk = new Uint8Array(Math.min(atOnce, body - at));
      readAt(fd, chunk, header + at, file);
      for (let start = 0; start < chunk.length; start += size) yield chunk.subarray(start, start + size);
    }
  } finally {
    closeSync(fd);
  }
}

/** Bytes that one read asks for: as much as TensorFlow's default buffer of text lines. */
const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function* readLines(file: string): Generator<Uint8Array> {
  const fd = openForReading(file);
  try {
    let rest: Uint8Array = new Uint8Array(0);
    for (let position = 0; ; ) {
      const chunk = new Uint8Array(chunkBytes);
      const read = readAt(fd, chunk, position, file);
      if (read === 0) break;
      position += read;
      let start = 0;
      for (let end = lineEnd(chunk, 0, read); end >= 0; end = lineEnd(chunk, start, read)) {
        yield withoutReturns(joined(rest, chunk.subarray(start, end)));
        rest = chunk.subarray(0, 0);
        start = end + 1;
      }
      rest = joined(rest, chunk.subarray(start, read));
    }
    if (rest.length > 0) yield withoutReturns(rest);
  } finally {
    closeSync(fd);
  }
}

function openForReading(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    throw fileError(error, file);
  }
}

function lineEnd(chunk: Uint8Array, start: number, length: number): number {
  const end = chunk.indexOf(lineFeed, start);
  return end < length ? end : -1;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function withoutReturns(line: Uint8Array): Uint8Array {
  return line.includes(carriageReturn) ? line.filter((byte) => byte !== carriageReturn) : line;
}
