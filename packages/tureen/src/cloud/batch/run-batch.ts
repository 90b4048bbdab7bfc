import { invalidArgument, StatusError, toStatusError } from "../../core/status-error.js";
import { checkModelFolder, loadPredictModel } from "../predict/load-predict-model.js";
import type { BatchOptions } from "./batch-options.js";
import { checkPath } from "./find-inputs.js";
import { planShards, type Shard } from "./plan-shards.js";
import { runShard } from "./run-shard.js";
import { checkResults, finishedShard, prepareOutput, removeLeftovers, type ShardResult } from "./shard-files.js";
import { processRunner, type ShardRunner } from "./worker-process.js";

/** How a batch prediction is run; nothing here changes its results. */
export interface RunBatchOptions {
  /** Worker processes; 0 (the default) predicts in this one. */
  readonly workers?: number;
  /** This machine's part of a job that several share: the shards whose number leaves `shardIndex` when divided by `numShards`. */
  readonly shardIndex?: number;
  readonly numShards?: number;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** Ends the job with CANCELLED; what is finished stays. */
  readonly signal?: AbortSignal;
}

/** How far a batch prediction has come; finished shards of earlier runs count along. */
export interface BatchProgress extends ShardResult {
  readonly shards: number;
  readonly shardsDone: number;
}

/** What a batch prediction came to. */
export interface BatchResult extends BatchProgress {
  /** Shards that an earlier run had finished. */
  readonly shardsSkipped: number;
  /** Shards that could not be done and why. */
  readonly failures: readonly { readonly shard: number; readonly error: StatusError }[];
  readonly seconds: number;
}

/**
 * Runs a batch prediction, or one machine's part of it, and resolves once every shard is finished or has failed.
 *
 * Run again after a crash it does what is left: the results are those of a run without one. Errors as `findInputs` for the inputs, and
 * PredictionError for a model that does not load; FAILED_PRECONDITION where the folder holds results that are cut in another way; CANCELLED
 * where the signal says so.
 */
export async function runBatch(options: BatchOptions, run: RunBatchOptions = {}): Promise<BatchResult> {
  const { shardIndex = 0, numShards = 1, workers = 0, signal } = run;
  if (!(shardIndex >= 0 && shardIndex < numShards)) {
    throw invalidArgument(`Shard index ${shardIndex} is not below the number of shards, ${numShards}.`);
  }
  checkPath(options.outputPath);
  // Before anything is written, and once instead of for each shard.
  checkModelFolder(options.modelDir);
  const complete: BatchOptions = numShards === 1 ? options : { ...options, minShards: numShards };
  const began = performance.now();
  const { shards, fingerprint } = await planShards(complete);
  await prepareOutput(options);
  await checkResults(complete, shards.length);
  const mine = shards.filter(({ index }) => index % numShards === shardIndex);
  const results = new Map<number, ShardResult>();
  await Promise.all(
    mine.map(async ({ index }) => {
      const result = await finishedShard(complete, fingerprint, index, shards.length);
      if (result !== undefined) results.set(index, result);
    }),
  );
  const shardsSkipped = results.size;
  const underWay = new Map<number, ShardResult>();
  const progress = (): BatchProgress => ({
    shards: mine.length,
    shardsDone: results.size,
    ...sum([...results.values(), ...underWay.values()]),
  });
  const failures: { shard: number; error: StatusError }[] = [];
  const queue = mine.filter(({ index }) => !results.has(index));
  const work = async (runner: ShardRunner): Promise<void> => {
    for (let shard = queue.shift(); shard !== undefined; shard = queue.shift()) {
      const { index } = shard;
      checkAborted(signal);
      try {
        const result = await runner.run(shard, (soFar) => {
          underWay.set(index, soFar);
          run.onProgress?.(progress());
        });
        results.set(index, result);
      } catch (error) {
        checkAborted(signal);
        failures.push({ shard: index, error: toStatusError(error) });
      } finally {
        underWay.delete(index);
      }
      run.onProgress?.(progress());
    }
  };
  if (queue.length > 0) {
    const runners =
      workers === 0
        ? [await inlineRunner(complete, fingerprint, shards.length, signal)]
        : Array.from({ length: Math.min(workers, queue.length) }, () =>
            processRunner(complete, fingerprint, shards.length),
          );
    const closeAll = (): void => {
      for (const runner of runners) runner.close();
    };
    signal?.addEventListener("abort", closeAll);
    try {
      await Promise.all(runners.map(work));
    } finally {
      signal?.removeEventListener("abort", closeAll);
      closeAll();
    }
  }
  // Other machines may still be writing their own shards.
  if (numShards === 1) await removeLeftovers(complete);
  return { ...progress(), shardsSkipped, failures, seconds: (performance.now() - began) / 1000 };
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new StatusError("CANCELLED", "The job was cancelled.");
}

async function inlineRunner(
  options: BatchOptions,
  fingerprint: string,
  count: number,
  signal: AbortSignal | undefined,
): Promise<ShardRunner> {
  const model = await loadPredictModel(options.modelDir, { isBlocking: true });
  return {
    run: (shard: Shard, onProgress) =>
      runShard(model, shard, options, { fingerprint, count, onProgress, ...(signal === undefined ? {} : { signal }) }),
    close: () => model.close(),
  };
}

function sum(results: readonly ShardResult[]): ShardResult {
  let predictionCount = 0;
  let errorCount = 0;
  for (const result of results) {
    predictionCount += result.predictionCount;
    errorCount += result.errorCount;
  }
  return { predictionCount, errorCount };
}
