import { closeSync, createReadStream, openSync } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { fileError, readAt } from "../../core/file-system.js";
import { dataLoss } from "../../core/status-error.js";
import { TfRecordSplitter } from "../../formats/tf-record.js";
import type { DataFormat } from "./batch-options.js";
import type { InputRange } from "./plan-shards.js";
import { QuoteScanner } from "./quote-scanner.js";

const chunkBytes = 256 * 1024;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The records of a range in lists of those that arrive together; lines come without their line breaks, empty ones not at all.
 *
 * DATA_LOSS for TFRecords and gzip streams that are broken; what came before them has been given.
 */
export async function* readRecords(range: InputRange, format: DataFormat): AsyncGenerator<Uint8Array[], void> {
  if (format === "tf-record" || format === "tf-record-gzip") yield* readTfRange(range, format === "tf-record-gzip");
  else yield* readLines(range, format === "csv");
}

async function* readTfRange(range: InputRange, isCompressed: boolean): AsyncGenerator<Uint8Array[], void> {
  const splitter = new TfRecordSplitter();
  for await (const chunk of isCompressed ? inflated(range.path) : chunks(range.path, range.start, range.end)) {
    const records = splitter.push(chunk);
    if (records.length > 0) yield records;
  }
  splitter.end();
}

async function* readLines(range: InputRange, isCsv: boolean): AsyncGenerator<Uint8Array[], void> {
  const { path, start } = range;
  if (path.endsWith(".gz")) {
    yield* splitLines(inflated(path), Number.POSITIVE_INFINITY, isCsv);
    return;
  }
  // Cuts of CSV files are ends of records; those of other lines lie anywhere, and the line that a cut goes through belongs to the part before.
  const isInside = start > 0 && !isCsv;
  const from = isInside ? afterLineFeed(path, start - 1) : start;
  yield* splitLines(chunks(path, from, Number.POSITIVE_INFINITY), range.end - from, isCsv);
}

/** Offset after the first line feed at `from` or later; infinity where there is none. */
function afterLineFeed(path: string, from: number): number {
  let position = from;
  for (const chunk of chunks(path, from, Number.POSITIVE_INFINITY)) {
    const at = chunk.indexOf(lineFeed);
    if (at >= 0) return position + at + 1;
    position += chunk.length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Lines that begin before `length` bytes have passed. */
async function* splitLines(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  length: number,
  isCsv: boolean,
): AsyncGenerator<Uint8Array[], void> {
  if (length <= 0) return;
  const scanner = isCsv ? new QuoteScanner() : undefined;
  let rest: Uint8Array[] = [];
  let lineStart = 0;
  let position = 0;
  for await (const chunk of source) {
    const lines: Uint8Array[] = [];
    let at = 0;
    for (const end of scanner?.recordEnds(chunk) ?? lineEnds(chunk)) {
      const piece = chunk.subarray(at, end - 1);
      const line = trimmed(rest.length === 0 ? piece : Buffer.concat([...rest, piece]));
      if (line.length > 0) lines.push(line);
      rest = [];
      at = end;
      lineStart = position + end;
      if (lineStart >= length) break;
    }
    if (lines.length > 0) yield lines;
    if (lineStart >= length) return;
    rest.push(chunk.subarray(at));
    position += chunk.length;
  }
  const last = trimmed(Buffer.concat(rest));
  if (last.length > 0) yield [last];
}

function* lineEnds(chunk: Uint8Array): Generator<number, void> {
  for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) yield at + 1;
}

function trimmed(line: Uint8Array): Uint8Array {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
}

function* chunks(path: string, start: number, end: number): Generator<Uint8Array, void> {
  if (!(start < end)) return;
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    for (let position = start; position < end; ) {
      // Records are views on their chunk, so that each read has one of its own.
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

async function* inflated(path: string): AsyncGenerator<Uint8Array, void> {
  const source = createReadStream(path, { highWaterMark: chunkBytes });
  const inflate = createGunzip({ chunkSize: chunkBytes });
  // What goes wrong reaches us through the stream that is read below.
  pipeline(source, inflate, () => {});
  try {
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code?.startsWith("Z_") ? dataLoss(`${path}: ${message}`) : fileError(error, path);
  } finally {
    source.destroy();
  }
}
