import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { InputFn } from "../input.js";
import type { FeatureStatistics } from "./feature-statistic.js";
import { FeatureSummary } from "./feature-summary.js";
import { visitInputRows } from "./input-rows.js";

/** Where the statistics of an export come from. */
export interface FeatureStatisticsOptions {
  /** The input whose features are counted, such as that of training; labels are left out. */
  readonly inputFn: InputFn;
  /** Rows that are read; 100,000 unless said, so that an endless input ends. */
  readonly maxRows?: number | undefined;
  /** Most frequent values that are listed; 20 unless said. */
  readonly topValues?: number | undefined;
}

/** The name of the file below `assets.extra`. */
export const featureStatisticsFile = "feature_statistics.json";

/** Counts the features of an input's first rows. INVALID_ARGUMENT for an input without rows. */
export async function featureStatistics(options: FeatureStatisticsOptions): Promise<FeatureStatistics> {
  checkOptions("featureStatistics", options, { inputFn: "required", maxRows: "optional", topValues: "optional" });
  const { inputFn, maxRows = 100_000, topValues = 20 } = options;

  if (!(maxRows > 0)) throw invalidArgument(`Must specify maxRows > 0, given: ${maxRows}`);
  const summaries = new Map<string, FeatureSummary>();
  let rows = 0;
  await visitInputRows(inputFn, maxRows, (batch) => {
    rows += batch.rows;
    for (const [name, values] of batch.features) {
      let summary = summaries.get(name);
      if (summary === undefined) {
        summary = new FeatureSummary(values.dtype);
        summaries.set(name, summary);
      }
      summary.add(values);
    }
  });
  if (rows === 0) throw invalidArgument("The input of `featureStatistics` has no rows");
  const features = Object.fromEntries([...summaries].map(([name, summary]) => [name, summary.statistic(topValues)]));
  return { format: "tureen.feature-statistics/1", rows, features };
}
