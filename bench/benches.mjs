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
    name: "graphs",
    script: "bench/graphs.ts",
    reference: ["bench/graphs_reference.py"],
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
];
