import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Where Linux says what part of the processors' time a container may have: control groups of version 2, and of version 1. */
const quotaFiles = {
  unified: "/sys/fs/cgroup/cpu.max",
  quota: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
  period: "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
};

let known: number | undefined;

/** How many processors this process can keep busy: those it may run on, or as many as its container's quota of their time amounts to. */
export function processorCount(): number {
  known ??= Math.min(availableParallelism(), quotaProcessors(textOf));
  return known;
}

/** The quota in whole processors, rounded up; infinite without one. `read` gives a file's text, undefined where there is none. */
export function quotaProcessors(read: (path: string) => string | undefined): number {
  const [quota, period] = read(quotaFiles.unified)?.trim().split(/\s+/) ?? [
    read(quotaFiles.quota),
    read(quotaFiles.period),
  ];
  const processors = Number(quota) / Number(period);
  // "max" and -1 stand for no limit.
  return processors > 0 ? Math.ceil(processors) : Number.POSITIVE_INFINITY;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
