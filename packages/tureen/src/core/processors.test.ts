import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { processorCount, quotaProcessors } from "./processors.js";

const files = (texts: Readonly<Record<string, string>>) => (path: string) =>
  texts[path.slice("/sys/fs/cgroup/".length)];

describe("processorCount", () => {
  it("reads the quota of a container", () => {
    expect(quotaProcessors(files({ "cpu.max": "200000 100000\n" }))).toBe(2);
    expect(quotaProcessors(files({ "cpu.max": "50000 100000\n" }))).toBe(1);
    expect(quotaProcessors(files({ "cpu.max": "250000 100000\n" }))).toBe(3);
    expect(quotaProcessors(files({ "cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n" }))).toBe(4);
  });

  it("takes no quota for no limit", () => {
    expect(quotaProcessors(files({ "cpu.max": "max 100000\n" }))).toBe(Number.POSITIVE_INFINITY);
    expect(quotaProcessors(files({ "cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n" }))).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(quotaProcessors(files({}))).toBe(Number.POSITIVE_INFINITY);
  });

  it("is never more than the processors there are", () => {
    expect(processorCount()).toBeGreaterThanOrEqual(1);
    expect(processorCount()).toBeLessThanOrEqual(availableParallelism());
  });
});
