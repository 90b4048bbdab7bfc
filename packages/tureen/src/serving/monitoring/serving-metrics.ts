import {
  type Counter,
  counter,
  exponentialLimits,
  type Gauge,
  gauge,
  type Histogram,
  histogram,
  type Metric,
} from "./metrics.js";

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
  /** All of them, by name. */
  readonly all: readonly Metric[];
}

/** Where the process's own numbers come from. */
export interface ProcessNumbers {
  /** Models with their loaded versions and bytes. */
  loadedModels(): readonly { readonly name: string; readonly version: bigint; readonly memoryBytes: number }[];
}

/** Fresh metrics for one server. */
export function servingMetrics(): ServingMetrics {
  // About ten microseconds to twenty minutes.
  const latency = exponentialLimits(10, 1.8, 33);
  const metrics = {
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
  const all: Metric[] = Object.values(metrics);
  return Object.freeze({ ...metrics, all: Object.freeze(all.sort((a, b) => (a.name < b.name ? -1 : 1))) });
}

/** Gauges of the process that TensorFlow Serving does not have: memory and loaded models. */
export function processGauges(numbers: ProcessNumbers): readonly Gauge[] {
  return [
    gauge("/tureen/process/resident_memory_bytes", [], () => [{ labels: [], value: process.memoryUsage.rss() }]),
    gauge("/tureen/serving/model_memory_bytes", ["model_name", "version"], () =>
      numbers
        .loadedModels()
        .map(({ name, version, memoryBytes }) => ({ labels: [name, String(version)], value: memoryBytes })),
    ),
  ];
}
