import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { fileError, readAt } from "../../core/file-system.js";
import { tfRecordFooterBytes, tfRecordHeaderBytes } from "../../formats/tf-record.js";
import { type BatchOptions, type DataFormat, defaultShardBytes } from "./batch-options.js";
import { findInputs, type InputFile } from "./find-inputs.js";
import { QuoteScanner } from "./quote-scanner.js";

/** A part of a file: the records that begin at `start` or after it and before `end`. */
export interface InputRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
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
export function planShards(options: BatchOptions): ShardPlan {
  const files = findInputs(options.inputPaths);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { minShards, shardBytes = defaultShardBytes } = options;
  const share =
    minShards === undefined ? Math.max(Math.ceil(total / usualShards), leastShardBytes) : Math.ceil(total / minShards);
  const target = Math.max(1, Math.min(shardBytes, share));
  const groups: InputRange[][] = [];
  let room = 0;
  for (const range of files.flatMap((file) => splitFile(file, options.dataFormat, target))) {
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

function splitFile(file: InputFile, format: DataFormat, target: number): InputRange[] {
  const { path, bytes } = file;
  if (bytes === 0) return [];
  const isWhole = bytes <= target || format === "tf-record-gzip" || path.endsWith(".gz");
  if (isWhole) return [{ path, start: 0, end: bytes }];
  const cuts =
    format === "tf-record"
      ? recordCuts(file, target)
      : format === "csv"
        ? csvCuts(file, target)
        : evenCuts(bytes, target);
  const edges = [0, ...cuts, bytes];
  return cuts.concat(bytes).map((end, i) => ({ path, start: edges[i]!, end }));
}

/** Cuts of a file of lines: anywhere, because a reader takes the lines that begin in its part. */
function evenCuts(bytes: number, target: number): number[] {
  const parts = Math.ceil(bytes / target);
  return Array.from({ length: parts - 1 }, (_, i) => Math.round(((i + 1) * bytes) / parts));
}

/** Cuts of a TFRecord file: walks its frames by their lengths alone; a frame that cannot be is left to the reader to report. */
function recordCuts({ path, bytes }: InputFile, target: number): number[] {
  return withFile(path, (fd) => {
    const cuts: number[] = [];
    const header = new Uint8Array(tfRecordHeaderBytes);
    const view = new DataView(header.buffer);
    let next = target;
    for (let at = 0; at + tfRecordHeaderBytes <= bytes; ) {
      if (at >= next) {
        cuts.push(at);
        next = at + target;
      }
      readAt(fd, header, at, path);
      at += tfRecordHeaderBytes + Number(view.getBigUint64(0, true)) + tfRecordFooterBytes;
    }
    return cuts;
  });
}

/** Bytes that the scan for quotes reads at a time. */
const scanBytes = 1024 * 1024;

/** Cuts of a CSV file: only a scan from its beginning tells whether a line break lies within quotes. */
function csvCuts({ path, bytes }: InputFile, target: number): number[] {
  return withFile(path, (fd) => {
    const cuts: number[] = [];
    const scanner = new QuoteScanner();
    const chunk = new Uint8Array(scanBytes);
    let next = target;
    for (let position = 0; position < bytes; position += chunk.length) {
      const read = readAt(fd, chunk, position, path);
      for (const end of scanner.recordEnds(chunk.subarray(0, read))) {
        const at = position + end;
        if (at < next || at >= bytes) continue;
        cuts.push(at);
        next = at + target;
      }
    }
    return cuts;
  });
}

function withFile<T>(path: string, use: (fd: number) => T): T {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
