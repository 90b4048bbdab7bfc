import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type BatchingParameters,
  BatchingParametersSchema,
} from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { readTextProto } from "../config/read-text-proto.js";
import type { Log } from "../log.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import type { Servable } from "../servable/servable.js";
import { type BatchOptions, batchOptions } from "./batch-options.js";
import { BatchQueue, BatchThreads } from "./batch-queue.js";

/** A model's own parameters, in its version's folder. */
const perModelFile = "batching_params.pbtxt";

/**
 * Gives servables batching queues; all of them share the threads of the common parameters.
 *
 * With `perModel`, queues follow the version's own file, and a version without one is not batched.
 */
export function batchingWrapper(
  common: BatchingParameters,
  perModel: boolean,
  metrics: ServingMetrics,
  log: Log,
): (servable: Servable, path: string) => Servable {
  const shared = batchOptions(perModel ? { ...common, allowedBatchSizes: [] } : common);
  const threads = new BatchThreads(shared.threads);
  return (servable, path) => {
    if (!perModel) return batchedServable(servable, shared, threads, metrics, log);
    const file = join(path, perModelFile);
    if (!existsSync(file)) return servable;
    const own = batchOptions(readTextProto(BatchingParametersSchema, file, log));
    return batchedServable(servable, { ...own, threadPoolName: shared.threadPoolName }, threads, metrics, log);
  };
}

/** The servable with a queue for each pair of input names and output names that requests use. */
export function batchedServable(
  servable: Servable,
  batch: BatchOptions,
  threads: BatchThreads,
  metrics: ServingMetrics,
  log: Log,
): Servable {
  log.info("batching", "Wrapping session to perform batch processing");
  const queues = new Map<string, BatchQueue>();
  return {
    ...servable,
    queuedRows: () => [...queues.values()].reduce((sum, queue) => sum + queue.queuedRows, 0),
    run: (feeds, fetches, options) => {
      const key = `${[...feeds.keys()].sort().join(",")}->${fetches.join(",")}`;
      let queue = queues.get(key);
      if (queue === undefined) {
        queue = new BatchQueue({ batch, run: servable.run, fetches, threads, metrics, model: servable.name });
        queues.set(key, queue);
      }
      return queue.submit(feeds, options);
    },
  };
}
