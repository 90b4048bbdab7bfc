import { availableParallelism } from "node:os";
import type { BatchingParameters } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { invalidArgument } from "../../core/status-error.js";

/** BatchingParameters with its defaults filled in. */
export interface BatchOptions {
  readonly maxBatchSize: number;
  readonly timeoutMs: number;
  readonly maxEnqueuedBatches: number;
  readonly threads: number;
  readonly threadPoolName: string;
  /** Sizes that a batch is padded to, ascending; none for no padding. */
  readonly allowedBatchSizes: readonly number[];
  readonly padVariableLengthInputs: boolean;
  readonly splitLargeBatches: boolean;
  readonly maxExecutionBatchSize: number;
}

/** Defaults of TensorFlow's SharedBatchScheduler (kernels/batching_util/shared_batch_scheduler.h). */
const defaults = { maxBatchSize: 1000, maxEnqueuedBatches: 10 };

/** The options of a BatchingParameters message; INVALID_ARGUMENT where the allowed sizes do not end in the largest batch. */
export function batchOptions(parameters: BatchingParameters): BatchOptions {
  const maxBatchSize = Number(parameters.maxBatchSize ?? defaults.maxBatchSize);
  const splitLargeBatches = parameters.enableLargeBatchSplitting ?? false;
  const maxExecutionBatchSize = splitLargeBatches
    ? Number(parameters.maxExecutionBatchSize ?? maxBatchSize)
    : maxBatchSize;
  const allowedBatchSizes = parameters.allowedBatchSizes.map(Number);
  const last = allowedBatchSizes[allowedBatchSizes.length - 1];
  if (last !== undefined && last !== maxBatchSize) {
    throw invalidArgument(
      `Last entry in allowed_batch_sizes must match max_batch_size; last entry was ${last}; expected ${maxBatchSize}`,
    );
  }
  return Object.freeze({
    maxBatchSize,
    timeoutMs: Number(parameters.batchTimeoutMicros ?? 0n) / 1000,
    maxEnqueuedBatches: Number(parameters.maxEnqueuedBatches ?? defaults.maxEnqueuedBatches),
    threads: Number(parameters.numBatchThreads ?? availableParallelism()),
    threadPoolName: parameters.threadPoolName ?? "batch_threads",
    allowedBatchSizes,
    padVariableLengthInputs: parameters.padVariableLengthInputs,
    splitLargeBatches,
    maxExecutionBatchSize,
  });
}

/** The size that a batch of `size` rows runs with. */
export function paddedSize(options: BatchOptions, size: number): number {
  return options.allowedBatchSizes.find((allowed) => allowed >= size) ?? size;
}
