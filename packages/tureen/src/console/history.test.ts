import { afterEach, describe, expect, it } from "vitest";
import { servingMetrics } from "../serving/monitoring/serving-metrics.js";
import { HistoryKeeper } from "./history.js";
import { percentile } from "./percentile.js";

describe("percentile", () => {
  it("interpolates within a bucket", () => {
    expect(percentile([10, 20, 40], [0, 10, 0, 0], 0.5)).toBe(15);
    expect(percentile([10, 20, 40], [10, 0, 10, 0], 0.75)).toBe(30);
    expect(percentile([10, 20, 40], [1, 0, 0, 0], 0.99)).toBeCloseTo(9.9);
  });

  it("knows no more of the last bucket than where it begins, and nothing of an empty histogram", () => {
    expect(percentile([10, 20], [0, 0, 3], 0.99)).toBe(20);
    expect(percentile([10, 20], [0, 0, 0], 0.5)).toBeUndefined();
  });
});

describe("HistoryKeeper", () => {
  let keeper: HistoryKeeper;
  afterEach(() => keeper.close());

  it("turns counters into rates, model by model", async () => {
    const metrics = servingMetrics();
    metrics.requestCount.increment(["a", "OK"], 1000);
    keeper = new HistoryKeeper(metrics, () => []);
    metrics.requestCount.increment(["a", "OK"], 3);
    metrics.requestCount.increment(["a", "INTERNAL"]);
    for (const micros of [500, 500, 500]) metrics.requestLatency.observe(["a", "Predict", "GRPC"], micros);
    await new Promise((resolve) => setTimeout(resolve, 20));
    keeper.sample(["a", "quiet"]);
    const { models, time, residentBytes } = keeper.read();
    const { a, quiet } = models;
    // What was counted before the keeper began is not part of any rate.
    expect(a!.requestsPerSecond[0]! / a!.errorsPerSecond[0]!).toBeCloseTo(4);
    expect(a!.median[0]).toBeGreaterThan(0.3);
    expect(a!.percentile99[0]).toBeLessThan(1);
    expect(quiet).toEqual({ requestsPerSecond: [0], errorsPerSecond: [0], median: [null], percentile99: [null] });
    expect([time.length, residentBytes.length]).toEqual([1, 1]);
  });

  it("keeps lists of one length, ten minutes at most, and forgets models that are gone", () => {
    keeper = new HistoryKeeper(servingMetrics(), () => []);
    for (let i = 0; i < 320; i++) keeper.sample(i < 10 ? ["old"] : ["old", "new"]);
    const { models, time } = keeper.read();
    expect(time).toHaveLength(300);
    for (const model of Object.values(models)) for (const list of Object.values(model)) expect(list).toHaveLength(300);
    keeper.sample(["new"]);
    expect(Object.keys(keeper.read().models)).toEqual(["new"]);
  });
});
