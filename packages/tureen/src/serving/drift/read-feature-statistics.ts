import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FeatureStatistics } from "../../estimator/export/feature-statistic.js";
import type { Log } from "../log.js";

/** The statistics that an export carries of its training data; undefined for one without, or with a file that is none, which is logged. */
export function readFeatureStatistics(directory: string, log: Log): FeatureStatistics | undefined {
  const file = join(directory, "assets.extra", "feature_statistics.json");
  try {
    const statistics = JSON.parse(readFileSync(file, "utf8")) as FeatureStatistics;
    if (statistics.format === "tureen.feature-statistics/1") return statistics;
    log.warning("drift", `${file} is of another format: its model's requests are not compared with it.`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      log.warning("drift", `${file} cannot be read: ${(error as Error).message}`);
  }
  return undefined;
}
