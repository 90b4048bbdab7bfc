import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { fileError } from "../../core/file-system.js";
import { dataLoss } from "../../core/status-error.js";
import { storageOf } from "../../core/storage/storage.js";
import { TfRecordSplitter } from "../../formats/tf-record.js";
import type { DataFormat } from "./batch-options.js";
import { bytesFrom } from "./input-bytes.js";
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
  const source = isCompressed ? inflated(range) : storageOf(range.path).read(range, range.start, range.end);
  for await (const chunk of source) {
    const records = splitter.push(chunk);
    if (records.length > 0) yield records;
  }
  splitter.end();
}

async function* readLines(range: InputRange, isCsv: boolean): AsyncGenerator<Uint8Array[], void> {
  const { path, start } = range;
  if (path.endsWith(".gz")) {
    yield* splitLines(inflated(range), Number.POSITIVE_INFINITY, isCsv);
    return;
  }
  // Cuts of CSV files are ends of records; those of other lines lie anywhere, and the line that a cut goes through belongs to the part before.
  const isInside = start > 0 && !isCsv;
  const from = isInside ? await afterLineFeed(range, start - 1) : start;
  if (from < range.end) yield* splitLines(bytesFrom(range, from), range.end - from, isCsv);
}

/** Offset after the first line feed at `from` or later; infinity where there is none. */
async function afterLineFeed(range: InputRange, from: number): Promise<number> {
  let position = from;
  for await (const chunk of storageOf(range.path).read(range, from, Number.POSITIVE_INFINITY)) {
    const at = chunk.indexOf(lineFeed);
    if (at >= 0) return position + at + 1;
    position += chunk.length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Lines that begin before `length` bytes have passed. */
async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  length: number,
  isCsv: boolean,
): AsyncGenerator<Uint8Array[], void> {
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

async function* inflated(range: InputRange): AsyncGenerator<Uint8Array, void> {
  const { path } = range;
  const source = Readable.from(storageOf(path).read(range, 0, range.end), { objectMode: false });
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
