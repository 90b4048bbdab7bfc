import { setImmediate as nextTurn } from "node:timers/promises";
import { StatusError } from "../../core/status-error.js";
import { storageOf } from "../../core/storage/storage.js";
import { encodeText } from "../../core/text.js";
import { chooseSignature } from "../predict/choose-signature.js";
import type { PredictModel } from "../predict/predict-online.js";
import { type BatchOptions, defaultBatchSize } from "./batch-options.js";
import { type DecodedRecord, type DecodeRecord, recordDecoder } from "./decode-record.js";
import { firstBytes } from "./input-bytes.js";
import type { InputRange, Shard } from "./plan-shards.js";
import { plainPredictor } from "./predict-plain.js";
import { type Outcome, predictRecords } from "./predict-records.js";
import { readRecords } from "./read-records.js";
import { csvHeader, resultWriter } from "./result-writer.js";
import { errorsPath, headerPath, noteFinished, resultsPath, type ShardResult } from "./shard-files.js";

/** How a shard is run. */
export interface RunShardOptions {
  readonly fingerprint: string;
  /** The number of shards of the plan. */
  readonly count: number;
  /** Told now and then how far the shard has come. */
  readonly onProgress?: (result: ShardResult) => void;
  /** Records, counted from the shard's beginning, that killed a worker before: they count as errors and are not tried. */
  readonly deadly?: ReadonlySet<number>;
  /** One record at a time; told of each before it is tried. */
  readonly onRecord?: (ordinal: number) => void;
  readonly signal?: AbortSignal;
}

/** Distinct error texts that are counted one by one; further ones share a count, so that memory stays bounded. */
const maxDistinctErrors = 1000;
/** Milliseconds between reports of progress. */
const progressMs = 250;

/**
 * Predicts a shard's records and writes its files: results, then error counts, then the note that it is finished, each complete or not at all.
 *
 * Running it again gives the same bytes. A record that fails is counted under its error and stops nothing; unreadable input, a missing
 * signature and a full disk do. CANCELLED where the signal says so.
 */
export async function runShard(
  model: PredictModel,
  shard: Shard,
  options: BatchOptions,
  run: RunShardOptions,
): Promise<ShardResult> {
  const { signatureName, keyField, outputFormat = "json" } = options;
  const signature = chooseSignature(model.signatures, signatureName);
  const columns = [...(keyField === undefined ? [] : [keyField]), ...signature.outputs.keys()];
  const form = outputFormat === "json" && keyField === undefined ? "bare" : "named";
  const batchSize = run.onRecord === undefined ? (options.batchSize ?? defaultBatchSize) : 1;
  const errors = new Map<string, number>();
  let predictionCount = 0;
  let errorCount = 0;
  let ordinal = 0;
  let reported = performance.now();

  const storage = storageOf(options.outputPath);
  const file = storage.create(resultsPath(options, shard.index, run.count));
  const write = resultWriter(outputFormat, file, keyField, columns);
  const fail = ({ message }: Error): void => {
    const key = errors.has(message) || errors.size < maxDistinctErrors ? message : "(other errors)";
    errors.set(key, (errors.get(key) ?? 0) + 1);
    errorCount += 1;
  };
  // Where one record is tried at a time, or some are left out, only the thorough way will do.
  const isPlain = run.onRecord === undefined && (run.deadly?.size ?? 0) === 0;
  const plain = isPlain ? plainPredictor(model, signature, options, form) : undefined;
  const flush = async (batch: readonly (DecodedRecord | Error)[]): Promise<void> => {
    const good = batch.filter((entry) => !(entry instanceof Error)) as DecodedRecord[];
    const outcomes = await predictRecords(model, good, { signatureName, form });
    let next = 0;
    for (const entry of batch) {
      const outcome: Outcome = entry instanceof Error ? entry : outcomes[next]!;
      if (!(entry instanceof Error)) next += 1;
      if (outcome instanceof Error) {
        fail(outcome);
      } else {
        write(outcome, (entry as DecodedRecord).key);
        predictionCount += 1;
      }
    }
    await breathe();
  };
  const flushPlain = async (records: readonly Uint8Array[], decode: DecodeRecord): Promise<void> => {
    const rows = records.length === 0 ? [] : await plain!(records);
    if (rows === undefined) {
      await flush(records.map((record) => decoded(decode, record)));
      return;
    }
    if (rows instanceof Uint8Array) file.write(rows);
    else for (const row of rows) write(row, undefined);
    predictionCount += records.length;
    await breathe();
  };
  const breathe = async (): Promise<void> => {
    if (run.signal?.aborted === true) throw new StatusError("CANCELLED", "The job was cancelled.");
    if (performance.now() - reported < progressMs) return;
    reported = performance.now();
    run.onProgress?.({ predictionCount, errorCount });
    // Runs are synchronous inside: without this no message or signal would ever be seen.
    await nextTurn();
  };
  try {
    for (const range of shard.ranges) {
      let batch: (DecodedRecord | Error)[] = [];
      let decode: DecodeRecord | undefined;
      let waiting: Uint8Array[] = [];
      for await (const records of readRecords(range, options.dataFormat)) {
        for (const record of records) {
          if (decode === undefined) {
            const header = options.dataFormat === "csv" ? await headerFor(range, record) : undefined;
            decode = recordDecoder(options.dataFormat, signature, keyField, header);
            if (header === record) continue;
          }
          if (plain !== undefined) {
            waiting.push(record);
            if (waiting.length < batchSize) continue;
            await flushPlain(waiting, decode);
            waiting = [];
            continue;
          }
          const isDeadly = run.deadly?.has(ordinal) === true;
          if (!isDeadly) run.onRecord?.(ordinal);
          ordinal += 1;
          batch.push(
            isDeadly ? new StatusError("INTERNAL", "The record ended the worker's process.") : decoded(decode, record),
          );
          if (batch.length < batchSize) continue;
          await flush(batch);
          batch = [];
        }
      }
      await flush(batch);
      if (decode !== undefined && plain !== undefined) await flushPlain(waiting, decode);
    }
    await file.commit();
  } catch (error) {
    file.discard();
    throw error;
  }
  const lines = [...errors]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([error, count]) => JSON.stringify({ error, count }));
  await storage.write(
    errorsPath(options, shard.index, run.count),
    encodeText(lines.map((line) => `${line}\n`).join("")),
  );
  if (outputFormat === "csv") await storage.write(headerPath(options), encodeText(csvHeader(columns)));
  const result = { predictionCount, errorCount };
  await noteFinished(options, run.fingerprint, shard.index, run.count, result);
  return result;
}

function decoded(decode: DecodeRecord, record: Uint8Array): DecodedRecord | Error {
  try {
    return decode(record);
  } catch (error) {
    return error as Error;
  }
}

/** Header lines are short; one that is longer than this has no fields that anybody means. */
const maxHeaderBytes = 1024 * 1024;

/** The header of a range's file: its first record, which for a later part is read from the file's beginning. */
async function headerFor(range: InputRange, first: Uint8Array): Promise<Uint8Array> {
  if (range.start === 0) return first;
  const isEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;
  const text = await firstBytes(range, maxHeaderBytes, (chunk) => chunk.some(isEnd));
  const end = text.findIndex(isEnd);
  return end < 0 ? text : text.subarray(0, end);
}
