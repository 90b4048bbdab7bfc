import { type Counter, counter, exponentialLimits, type Histogram, histogram, type Metric } from "./metrics.js";

/** What a server counts; names, labels and buckets as in TensorFlow Serving (servables/tensorflow/util.cc). */
export interface ServingMetrics {
  readonly requestCount: Counter;
  readonly requestLatency: Histogram;
  readonly runtimeLatency: Histogram;
  readonly exampleCounts: Histogram;
  readonly exampleCountTotal: Counter;
  readonly requestLogCount: Counter;
  readonly warmupLatency: Histogram;
  readonly warmupRecordsRead: Counter;
  readonly loadAttemptCount: Counter;
  readonly loadLatency: Counter;
  readonly graphRuns: Counter;
  readonly graphRunMicros: Counter;
  readonly batchingQueueLatency: Histogram;
  readonly batchingRunCount: Counter;
  readonly batchingInputSize: Histogram;
  readonly batchingProcessedSize: Histogram;
  readonly batchingPaddingSize: Histogram;
  /** Requests by the servable and signature that answered, and their outcome; TensorFlow Serving does not have it. */
  readonly signatureRequests: Counter;
  /** Microseconds of a request in each stage: decode, queue, compute, encode. */
  readonly stageLatency: Histogram;
  /** Rows, padding included, of the batches that requests were run in. */
  readonly batchRows: Histogram;
  /** Loads that ended, by model, version and outcome. */
  readonly loadCount: Counter;
  /** Requests turned away before a model saw them, by reason. */
  readonly refusedCount: Counter;
  /** All of them, by name. */
  readonly all: readonly Metric[];
}

/** Fresh metrics for one server. */
export function servingMetrics(): ServingMetrics {
  // About ten microseconds to twenty minutes.
  const latency = exponentialLimits(10, 1.8, 33);
  const tensorflow = {
    requestCount: counter("/tensorflow/serving/request_count", ["model_name", "status"]),
    requestLatency: histogram("/tensorflow/serving/request_latency", ["model_name", "API", "entrypoint"], latency),
    runtimeLatency: histogram("/tensorflow/serving/runtime_latency", ["model_name", "API", "runtime"], latency),
    exampleCounts: histogram("/tensorflow/serving/request_example_counts", ["model"], exponentialLimits(1, 2, 15)),
    exampleCountTotal: counter("/tensorflow/serving/request_example_count_total", ["model"]),
    requestLogCount: counter("/tensorflow/serving/request_log_count", ["model_name", "status_code"]),
    warmupLatency: histogram("/tensorflow/serving/model_warmup_latency", ["model_path", "status"], latency),
    warmupRecordsRead: counter("/tensorflow/serving/model_warmup_records_read", ["model_path", "status"]),
    loadAttemptCount: counter("/tensorflow/cc/saved_model/load_attempt_count", ["model_path", "status"]),
    loadLatency: counter("/tensorflow/cc/saved_model/load_latency", ["model_path"]),
    graphRuns: counter("/tensorflow/core/graph_runs", []),
    graphRunMicros: counter("/tensorflow/core/graph_run_time_usecs", []),
    batchingQueueLatency: histogram(
      "/tensorflow/serving/batching_session/queuing_latency",
      ["thread_pool_name"],
      exponentialLimits(100, 1.2, 52),
    ),
    batchingRunCount: counter("/tensorflow/serving/batching_session/wrapped_run_count", []),
    batchingInputSize: histogram(
      "/tensorflow/serving/batching_session/input_batch_size",
      ["model_name"],
      exponentialLimits(1, 2, 15),
    ),
    batchingProcessedSize: histogram(
      "/tensorflow/serving/batching_session/processed_batch_size",
      ["model_name"],
      exponentialLimits(1, 2, 15),
    ),
    batchingPaddingSize: histogram(
      "/tensorflow/serving/batching_session/padding_size",
      ["model_name"],
      exponentialLimits(1, 2, 15),
    ),
  };
  const own = {
    signatureRequests: counter("/tureen/serving/request_count", ["model_name", "version", "signature", "status"]),
    stageLatency: histogram("/tureen/serving/stage_latency", ["model_name", "version", "signature", "stage"], latency),
    batchRows: histogram(
      "/tureen/serving/batch_rows",
      ["model_name", "version", "signature"],
      exponentialLimits(1, 2, 15),
    ),
    loadCount: counter("/tureen/serving/load_count", ["model_name", "version", "status"]),
    refusedCount: counter("/tureen/serving/refused_request_count", ["status"]),
  };
  const metrics = { ...tensorflow, ...own };
  const all: Metric[] = Object.values(metrics);
  return Object.freeze({ ...metrics, all: Object.freeze(all.sort((a, b) => (a.name < b.name ? -1 : 1))) });
}
