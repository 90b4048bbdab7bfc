import type { Log } from "../log.js";
import { DriftMonitor, type DriftOptions } from "./drift-monitor.js";
import type { DriftWatch } from "./drift-report.js";
import { readFeatureStatistics } from "./read-feature-statistics.js";

/** Makes monitors of versions, by their folders; undefined for one whose export has no feature statistics. */
export function driftWatcher(options: DriftOptions, log: Log): (path: string) => DriftWatch | undefined {
  return (path) => {
    const statistics = readFeatureStatistics(path, log);
    if (statistics === undefined) return undefined;
    const count = Object.keys(statistics.features).length;
    log.info("drift", `Comparing requests with the statistics of ${count} features in ${path}`);
    return new DriftMonitor(statistics, options);
  };
}
