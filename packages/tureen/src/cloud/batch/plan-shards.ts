import { createHash } from "node:crypto";
import { storageOf } from "../../core/storage/storage.js";
import { tfRecordFooterBytes, tfRecordHeaderBytes } from "../../formats/tf-record.js";
import { type BatchOptions, type DataFormat, defaultShardBytes } from "./batch-options.js";
import { findInputs, type InputFile } from "./find-inputs.js";
import { LeapingReader } from "./input-bytes.js";
import { QuoteScanner } from "./quote-scanner.js";

/** A part of a file: the records that begin at `start` or after it and before `end`. */
export interface InputRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Of an object that must not change until it has been read. */
  readonly etag?: string;
}

/** What one worker predicts in one go, into one file of results. */
export interface Shard {
  readonly index: number;
  readonly ranges: readonly InputRange[];
}

/** How a job is cut into shards. */
export interface ShardPlan {
  readonly shards: readonly Shard[];
  /** Changes with all that results depend on: inputs, cuts, model and options. */
  readonly fingerprint: string;
}

/** As many shards keep the cores of one machine busy to the end, */
const usualShards = 16;
/** unless they would be smaller than this. */
const leastShardBytes = 1024 * 1024;

/**
 * Cuts the inputs into shards of about `shardBytes`, at boundaries of records: the same inputs and options give the same plan in every process.
 *
 * Large files are cut, small ones put together; a compressed file stays whole. Errors as `findInputs`.
 */
export async function planShards(options: BatchOptions): Promise<ShardPlan> {
  const files = await findInputs(options.inputPaths);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { minShards, shardBytes = defaultShardBytes } = options;
  const share =
    minShards === undefined ? Math.max(Math.ceil(total / usualShards), leastShardBytes) : Math.ceil(total / minShards);
  const target = Math.max(1, Math.min(shardBytes, share));
  const groups: InputRange[][] = [];
  let room = 0;
  const ranges: InputRange[] = [];
  for (const file of files) ranges.push(...(await splitFile(file, options.dataFormat, target)));
  for (const range of ranges) {
    const size = range.end - range.start;
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = target;
    }
    groups.at(-1)!.push(range);
    room -= size;
  }
  if (groups.length === 0) groups.push([]);
  return {
    shards: groups.map((ranges, index) => ({ index, ranges })),
    fingerprint: fingerprint(options, files, groups),
  };
}

function fingerprint(options: BatchOptions, files: readonly InputFile[], groups: readonly InputRange[][]): string {
  const { outputPath: _, ...relevant } = options;
  return createHash("sha256")
    .update(JSON.stringify([relevant, files, groups]))
    .digest("hex");
}

async function splitFile(file: InputFile, format: DataFormat, target: number): Promise<InputRange[]> {
  const { path, bytes, etag } = file;
  if (bytes === 0) return [];
  const source = etag === undefined ? { path } : { path, etag };
  const isWhole = bytes <= target || format === "tf-record-gzip" || path.endsWith(".gz");
  if (isWhole) return [{ ...source, start: 0, end: bytes }];
  const cuts =
    format === "tf-record"
      ? await recordCuts(file, target)
      : format === "csv"
        ? await csvCuts(file, target)
        : evenCuts(bytes, target);
  const edges = [0, ...cuts, bytes];
  return cuts.concat(bytes).map((end, i) => ({ ...source, start: edges[i]!, end }));
}

/** Cuts of a file of lines: anywhere, because a reader takes the lines that begin in its part. */
function evenCuts(bytes: number, target: number): number[] {
  const parts = Math.ceil(bytes / target);
  return Array.from({ length: parts - 1 }, (_, i) => Math.round(((i + 1) * bytes) / parts));
}

/** Bytes that a walk from record to record has in hand: records that are longer are leapt over, shorter ones cost no read each. */
const walkBytes = 1024 * 1024;

/** Cuts of a TFRecord file: walks its frames by their lengths alone; a frame that cannot be is left to the reader to report. */
async function recordCuts(file: InputFile, target: number): Promise<number[]> {
  const cuts: number[] = [];
  const reader = new LeapingReader(file, walkBytes);
  let next = target;
  for (let at = 0; at + tfRecordHeaderBytes <= file.bytes; ) {
    if (at >= next) {
      cuts.push(at);
      next = at + target;
    }
    const found = reader.uint64At(at);
    const length = found instanceof Promise ? await found : found;
    if (length === undefined) break;
    at += tfRecordHeaderBytes + length + tfRecordFooterBytes;
  }
  return cuts;
}

/** Cuts of a CSV file: only a scan from its beginning tells whether a line break lies within quotes. */
async function csvCuts(file: InputFile, target: number): Promise<number[]> {
  const cuts: number[] = [];
  const scanner = new QuoteScanner();
  let next = target;
  let position = 0;
  for await (const chunk of storageOf(file.path).read(file, 0, file.bytes)) {
    for (const end of scanner.recordEnds(chunk)) {
      const at = position + end;
      if (at < next || at >= file.bytes) continue;
      cuts.push(at);
      next = at + target;
    }
    position += chunk.length;
  }
  return cuts;
}
