import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import type { BatchOptions, DataFormat, OutputFormat } from "../cloud/batch/batch-options.js";
import type { BatchResult } from "../cloud/batch/run-batch.js";
import { taskIndexOf } from "../cloud/batch/task-index.js";
import { invalidArgument, toStatusError } from "../core/status-error.js";
import { progressPrinter } from "./batch-progress.js";

/** A shard that cannot be done however often it is tried: what a Kubernetes podFailurePolicy can turn into FailIndex. */
const poisonExit = 42;
/** Anything else: trying again may help. */
const failureExit = 1;

interface BatchFlags {
  readonly modelDir: string;
  readonly inputPaths: readonly string[];
  readonly outputPath: string;
  readonly dataFormat: DataFormat;
  readonly outputDataFormat: OutputFormat;
  readonly batchSize?: number;
  readonly signatureName?: string;
  readonly keyField?: string;
  readonly shardBytes?: number;
  readonly workers: number;
  readonly shardIndex?: number;
  readonly numShards?: number;
  readonly quiet?: true;
}

/** `tureen batch`: batch prediction on this machine, or on this machine's part of a job, without a server. */
export function batchCommand(): Command {
  return new Command("batch")
    .description("Predict every record of files with a SavedModel; run again, it goes on where it was stopped.")
    .requiredOption("--model-dir <dir>", "folder of the SavedModel")
    .requiredOption("--input-paths <path,...>", "files to read; * and ? stand for parts of a name", list)
    .requiredOption("--output-path <dir>", "folder for the results")
    .addOption(
      new Option("--data-format <format>", "how records lie in the files")
        .choices(["json", "text", "csv", "tf-record", "tf-record-gzip"])
        .default("json"),
    )
    .addOption(
      new Option("--output-data-format <format>", "how predictions are written")
        .choices(["json", "csv", "tf-record"])
        .default("json"),
    )
    .option("--batch-size <records>", "records that go through the model at once (64)", count)
    .option("--signature-name <name>", "the signature; the only one, or serving_default, unless said")
    .option("--key-field <name>", "a field that goes from each record to its result, past the model")
    .option("--shard-bytes <bytes>", "about as much input makes a shard (67108864)", count)
    .option("--workers <processes>", "worker processes, 0 for none but this one", whole, availableParallelism())
    .option(
      "--shard-index <n>",
      "this machine's part, from 0; else what Kubernetes, Cloud Run, AWS Batch or Slurm say",
      whole,
    )
    .option("--num-shards <n>", "how many machines share the job", count)
    .option("--quiet", "no progress line")
    .action(run);
}

async function run(flags: BatchFlags): Promise<void> {
  const { workers, shardIndex, numShards, quiet, outputDataFormat, ...rest } = flags;
  const options: BatchOptions = { ...rest, outputFormat: outputDataFormat };
  const printer = progressPrinter(process.stderr, quiet === true);
  try {
    const { runBatch } = await import("../cloud/batch/run-batch.js");
    const part = partOf(shardIndex, numShards);
    const result = await runBatch(options, { workers, ...part, onProgress: printer.show });
    printer.end();
    report(result);
  } catch (error) {
    printer.end();
    process.stderr.write(`tureen batch: ${toStatusError(error).message}\n`);
    process.exitCode = failureExit;
  }
}

/** The part that the flags name, else the environment. */
function partOf(
  shardIndex: number | undefined,
  numShards: number | undefined,
): { shardIndex: number; numShards: number } {
  const task = taskIndexOf(process.env);
  const index = shardIndex ?? task?.index;
  const total = numShards ?? task?.count;
  if (index !== undefined && total === undefined) throw invalidArgument("--num-shards is needed beside a shard index.");
  if (index === undefined && total !== undefined && total > 1) {
    throw invalidArgument("--shard-index is needed beside --num-shards.");
  }
  return { shardIndex: index ?? 0, numShards: total ?? 1 };
}

function report(result: BatchResult): void {
  const { predictionCount, errorCount, shards, shardsSkipped, failures, seconds } = result;
  for (const { shard, error } of failures) process.stderr.write(`shard ${shard} failed: ${error.message}\n`);
  const skipped = shardsSkipped === 0 ? "" : `, ${shardsSkipped} of them earlier`;
  process.stdout.write(
    `${predictionCount} predictions, ${errorCount} errors in ${shards - failures.length} of ${shards} shards${skipped}; ${seconds.toFixed(1)} s\n`,
  );
  if (failures.length > 0)
    process.exitCode = failures.every(({ error }) => isPoison(error.code)) ? poisonExit : failureExit;
}

/** Whether the input or the model is at fault, so that another try would end in the same way. */
function isPoison(code: string): boolean {
  return code === "DATA_LOSS" || code === "INVALID_ARGUMENT" || code === "INTERNAL";
}

function list(text: string): readonly string[] {
  return text.split(",").filter((path) => path !== "");
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is no whole number.");
  return Number(text);
}

function count(text: string): number {
  const value = whole(text);
  if (value === 0) throw new InvalidArgumentError("It has to be at least 1.");
  return value;
}
