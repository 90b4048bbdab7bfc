import { joinPath } from "../../core/object-store/object-uri.js";
import { failedPrecondition } from "../../core/status-error.js";
import { storageOf } from "../../core/storage/storage.js";
import { decodeText, encodeText } from "../../core/text.js";
import type { BatchOptions } from "./batch-options.js";

/** What a shard came to. */
export interface ShardResult {
  readonly predictionCount: number;
  readonly errorCount: number;
}

/** Where finished shards are noted; the leading dot keeps it out of patterns such as `*`. */
const notesFolder = ".tureen-batch";

/** `00002-of-00010`, as Cloud ML Engine numbers files. */
export function shardName(index: number, count: number): string {
  const digits = (value: number): string => String(value).padStart(5, "0");
  return `${digits(index)}-of-${digits(count)}`;
}

/** The path of a shard's results. */
export function resultsPath({ outputPath, outputFormat }: BatchOptions, index: number, count: number): string {
  return joinPath(outputPath, `prediction.results-${shardName(index, count)}${outputFormat === "csv" ? ".csv" : ""}`);
}

/** The path of a shard's error counts: a JSON object a line. */
export function errorsPath({ outputPath }: BatchOptions, index: number, count: number): string {
  return joinPath(outputPath, `prediction.errors_stats-${shardName(index, count)}`);
}

/** The path of the file with the names of CSV results' columns. */
export function headerPath({ outputPath }: BatchOptions): string {
  return joinPath(outputPath, "prediction.results_header.csv");
}

/** Notes that a shard's files are complete: written last, so that a crash before it means that the shard is done again. */
export async function noteFinished(
  options: BatchOptions,
  fingerprint: string,
  index: number,
  count: number,
  result: ShardResult,
): Promise<void> {
  const text = JSON.stringify({ fingerprint, predictionCount: result.predictionCount, errorCount: result.errorCount });
  const path = notePath(options, index, count);
  await storageOf(path).write(path, encodeText(`${text}\n`));
}

/** What a finished shard of the very same plan came to; undefined where it is still to be done. */
export async function finishedShard(
  options: BatchOptions,
  fingerprint: string,
  index: number,
  count: number,
): Promise<ShardResult | undefined> {
  const path = notePath(options, index, count);
  const bytes = await storageOf(path).readWhole(path);
  if (bytes === undefined) return undefined;
  let note: Partial<ShardResult> & { readonly fingerprint?: string };
  try {
    note = JSON.parse(decodeText(bytes));
  } catch {
    return undefined;
  }
  const { predictionCount, errorCount } = note;
  if (note.fingerprint !== fingerprint || predictionCount === undefined || errorCount === undefined) return undefined;
  return { predictionCount, errorCount };
}

function notePath({ outputPath }: BatchOptions, index: number, count: number): string {
  return joinPath(outputPath, notesFolder, `${shardName(index, count)}.json`);
}

/** Makes the folder for the results where it is missing. */
export async function prepareOutput({ outputPath }: BatchOptions): Promise<void> {
  await storageOf(outputPath).makeFolder(outputPath);
}

/** FAILED_PRECONDITION where the folder holds results of a plan with another number of shards: readers would take both. */
export async function checkResults({ outputPath }: BatchOptions, count: number): Promise<void> {
  for (const name of await storageOf(outputPath).fileNames(outputPath)) {
    const other = /^prediction\.results-\d+-of-(\d+)(\.csv)?$/.exec(name)?.[1];
    if (other === undefined || Number(other) === count) continue;
    throw failedPrecondition(
      `${outputPath} holds results of ${Number(other)} shards and this job has ${count}: give another folder, or remove them.`,
    );
  }
}

/** Removes what killed workers left half written; only once no worker writes any more. */
export async function removeLeftovers({ outputPath }: BatchOptions): Promise<void> {
  const storage = storageOf(outputPath);
  for (const name of await storage.fileNames(outputPath)) {
    if (/^prediction\..*\.tempstate\d+-\d+$/.test(name)) await storage.remove(joinPath(outputPath, name));
  }
}
