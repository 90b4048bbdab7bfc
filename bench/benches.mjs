/** The benchmarks: a script that prints lines of JSON, its reference that prints the same, and the figures to show ("more" or "less" is better). */
export const benches = [
  {
    name: "training",
    script: "bench/training.ts",
    reference: ["bench/training_reference.py"],
    figures: [
      ["stepsPerSecond", "steps/s", "more"],
      ["examplesPerSecond", "examples/s", "more"],
    ],
  },
  {
    // It starts its reference itself: both take turns.
    name: "training-census",
    script: "bench/training-census.ts",
    figures: [
      ["stepsPerSecond", "steps/s", "more"],
      ["bestStepsPerSecond", "steps/s best", "more"],
      ["cpuMillis", "ms CPU a step", "less"],
      ["firstStepSeconds", "s to step 1", "less"],
      ["exportSeconds", "s an export", "less"],
    ],
  },
  {
    name: "training-trees",
    script: "bench/training-trees.ts",
    figures: [
      ["seconds", "s", "less"],
      ["cpuSeconds", "s CPU", "less"],
    ],
  },
  {
    name: "graphs",
    script: "bench/graphs.ts",
    reference: ["bench/graphs_reference.py"],
    figures: [["micros", "µs a run", "less"]],
  },
  {
    // It starts its reference itself: their runs take turns.
    name: "engine",
    script: "bench/engine.ts",
    figures: [
      ["micros", "µs a run", "less"],
      ["firstMicros", "µs first run", "less"],
      ["ortMicros", "µs onnxruntime", "less"],
    ],
  },
  {
    // Of each network both placements are timed; the reference is the better one.
    name: "placement",
    script: "bench/placement.ts",
    figures: [["micros", "µs a run", "less"]],
  },
  {
    // It starts its reference itself: both serve the same export.
    name: "requests",
    script: "bench/requests.ts",
    figures: [
      ["requestsPerSecond", "requests/s", "more"],
      ["cpuMicros", "µs CPU", "less"],
      ["p50Millis", "ms median", "less"],
    ],
  },
  {
    // Only where BENCH_PEER names a server to compare with, which it starts itself.
    name: "requests-peer",
    script: "bench/requests-peer.ts",
    figures: [
      ["requestsPerSecond", "requests/s", "more"],
      ["cpuMicros", "µs CPU", "less"],
      ["p50Millis", "ms median", "less"],
      ["startMillis", "ms to the first answer", "less"],
      ["megabytes", "MB", "less"],
    ],
  },
  {
    name: "requests-json",
    script: "bench/requests-json.ts",
    figures: [["micros", "µs", "less"]],
  },
  {
    // The reference is the same server without batching.
    name: "requests-batching",
    script: "bench/requests-batching.ts",
    figures: [
      ["requestsPerSecond", "requests/s", "more"],
      ["cpuMicros", "µs CPU", "less"],
    ],
  },
  {
    // It starts its reference itself, each model in a process of its own.
    name: "loading",
    script: "bench/loading.ts",
    figures: [
      ["millis", "ms to open", "less"],
      ["warmMillis", "ms with warm-up", "less"],
      ["firstMillis", "ms first run", "less"],
      ["warmFirstMillis", "ms first, warm", "less"],
      ["steadyMillis", "ms a run", "less"],
      ["peakMegabytes", "MB at most", "less"],
      ["megabytes", "MB in all", "less"],
      ["runsPerSecond", "runs/s", "more"],
      ["delayP99Millis", "ms loop, p99", "less"],
    ],
  },
  {
    // It starts its reference itself: both read the same file.
    name: "batch",
    script: "bench/batch.ts",
    figures: [
      ["recordsPerSecond", "records/s", "more"],
      ["cpuMicros", "µs CPU a record", "less"],
      ["peakMegabytes", "MB", "less"],
    ],
  },
  {
    name: "soak",
    script: "bench/soak.ts",
    figures: [
      ["requests", "requests", "more"],
      ["failures", "failures", "less"],
      ["startMiB", "MiB at first", "less"],
      ["endMiB", "MiB at last", "less"],
      ["p99Millis", "ms, p99", "less"],
    ],
  },
];
