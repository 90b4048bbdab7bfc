import { describe, expect, it } from "vitest";
import { counter, exponentialLimits, gauge, histogram } from "./metrics.js";
import { prometheusPage } from "./prometheus-page.js";
import { servingMetrics } from "./serving-metrics.js";

describe("prometheusPage", () => {
  it("prints counters, histograms and gauges as TensorFlow Serving's exporter does", () => {
    const requests = counter("/test/request_count", ["model_name", "status"]);
    requests.increment(["m", "OK"]);
    requests.increment(["m", "OK"], 2);
    requests.increment(['a"\\', "NOT_FOUND"]);
    const latency = histogram("/test/latency", ["model"], [10, 18, 1.5e6]);
    for (const value of [3, 10, 17, 5e6]) latency.observe(["m"], value);
    const memory = gauge("/test/memory", [], () => [{ labels: [], value: 12 }]);
    expect(prometheusPage([requests, latency, memory])).toBe(
      [
        "# TYPE :test:request_count counter",
        ':test:request_count{model_name="m",status="OK"} 3',
        ':test:request_count{model_name="a\\"\\\\",status="NOT_FOUND"} 1',
        "# TYPE :test:latency histogram",
        ':test:latency_bucket{model="m",le="10"} 1',
        ':test:latency_bucket{model="m",le="18"} 3',
        ':test:latency_bucket{model="m",le="1.5e+06"} 3',
        ':test:latency_bucket{model="m",le="+Inf"} 4',
        ':test:latency_sum{model="m"} 5.00003e+06',
        ':test:latency_count{model="m"} 4',
        "# TYPE :test:memory gauge",
        ":test:memory{} 12",
        "",
      ].join("\n"),
    );
  });

  it("has a type line for every metric before anything was counted", () => {
    const page = prometheusPage(servingMetrics().all);
    for (const name of [
      "request_count counter",
      "request_latency histogram",
      "runtime_latency histogram",
      "model_warmup_latency histogram",
    ]) {
      expect(page).toContain(`# TYPE :tensorflow:serving:${name}\n`);
    }
  });

  it("has TensorFlow's buckets: so many in all, the last without a limit", () => {
    const limits = exponentialLimits(10, 1.8, 33);
    expect(limits).toHaveLength(32);
    expect(limits.slice(0, 3)).toEqual([10, 18, 32.4]);
  });
});
