import { Command, Option } from "commander";
import type { BatchOptions, DataFormat, OutputFormat } from "../cloud/batch/batch-options.js";
import { isHopeless } from "../cloud/batch/hopeless.js";
import type { ManifestKind } from "../cloud/batch/manifest.js";
import type { BatchResult } from "../cloud/batch/run-batch.js";
import { taskIndexOf } from "../cloud/batch/task-index.js";
import { processorCount } from "../core/processors.js";
import { invalidArgument } from "../core/status-error.js";
import { progressPrinter } from "./batch-progress.js";
import { fail } from "./failure-text.js";
import { count, list, whole } from "./option-values.js";

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
  readonly manifest?: ManifestKind;
  readonly image: string;
  readonly jobName: string;
  readonly parallelism?: number;
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
    .option("--workers <processes>", "worker processes, 0 for none but this one", whole, processorCount())
    .option(
      "--shard-index <n>",
      "this machine's part, from 0; else what Kubernetes, Cloud Run, AWS Batch or Slurm say",
      whole,
    )
    .option("--num-shards <n>", "how many machines share the job", count)
    .option("--quiet", "no progress line")
    .addOption(
      new Option(
        "--manifest <engine>",
        "print the job's manifest for this engine instead: each of --num-shards is a part",
      ).choices(["kubernetes", "cloud-run"]),
    )
    .option("--image <image>", "the container's image in the manifest", "tureen:latest")
    .option("--job-name <name>", "the job's name in the manifest", "tureen-batch")
    .option("--parallelism <n>", "parts at a time in the manifest; all unless said", count)
    .action((flags: BatchFlags) => (flags.manifest === undefined ? run(flags) : printManifest(flags, flags.manifest)));
}

/** The flags that say what to predict, as text once more. */
function predictionFlags(flags: BatchFlags): string[] {
  const values: Readonly<Record<string, string | number | undefined>> = {
    "model-dir": flags.modelDir,
    "input-paths": flags.inputPaths.join(","),
    "output-path": flags.outputPath,
    "data-format": flags.dataFormat,
    "output-data-format": flags.outputDataFormat,
    "batch-size": flags.batchSize,
    "signature-name": flags.signatureName,
    "key-field": flags.keyField,
    "shard-bytes": flags.shardBytes,
    // A container has what it asks for, not what its machine has.
    workers: 1,
  };
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}

async function printManifest(flags: BatchFlags, kind: ManifestKind): Promise<void> {
  try {
    const { numShards: shards, image, jobName: name, parallelism } = flags;
    if (shards === undefined) throw invalidArgument("--num-shards is needed beside --manifest.");
    const { batchManifest } = await import("../cloud/batch/manifest.js");
    const args = predictionFlags(flags);
    const manifest = batchManifest(kind, {
      name,
      image,
      shards,
      args,
      ...(parallelism === undefined ? {} : { parallelism }),
    });
    process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  } catch (error) {
    fail("batch", error, failureExit);
  }
}

async function run(flags: BatchFlags): Promise<void> {
  const {
    workers,
    shardIndex,
    numShards,
    quiet,
    outputDataFormat,
    manifest: _,
    image: __,
    jobName: ___,
    ...rest
  } = flags;
  const options: BatchOptions = { ...rest, outputFormat: outputDataFormat };
  const printer = progressPrinter(process.stderr, quiet === true);
  try {
    const { runBatch } = await import("../cloud/batch/run-batch.js");
    const part = partOf(shardIndex, numShards);
    const result = await runBatch(options, { workers, ...part, onProgress: printer.show });
    printer.end();
    report(result, options.outputPath);
  } catch (error) {
    printer.end();
    fail("batch", error, failureExit);
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

function report(result: BatchResult, outputPath: string): void {
  const { predictionCount, errorCount, shards, shardsSkipped, failures, seconds } = result;
  for (const { shard, error } of failures) process.stderr.write(`shard ${shard} failed: ${error.message}\n`);
  const skipped = shardsSkipped === 0 ? "" : `, ${shardsSkipped} of them earlier`;
  process.stdout.write(
    `${predictionCount} predictions, ${errorCount} errors in ${shards - failures.length} of ${shards} shards${skipped}; ${seconds.toFixed(1)} s\n`,
  );
  if (errorCount > 0)
    process.stderr.write(`which errors: ${outputPath.replace(/\/+$/, "")}/prediction.errors_stats-*\n`);
  if (failures.length > 0)
    process.exitCode = failures.every(({ error }) => isHopeless(error.code)) ? poisonExit : failureExit;
}
