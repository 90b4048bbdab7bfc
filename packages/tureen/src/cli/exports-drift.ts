import { join } from "node:path";
import { readWholeFile } from "../core/file-system.js";
import { invalidArgument } from "../core/status-error.js";
import { decodeText } from "../core/text.js";
import { featureDrift } from "../estimator/export/feature-drift.js";
import type { FeatureStatistics } from "../estimator/export/feature-statistic.js";
import { featureStatisticsFile } from "../estimator/export/feature-statistics.js";
import { requestStatistics } from "../serving/request-log/request-statistics.js";

/** The exit code where a feature has moved too far: neither success nor an error. */
const driftExit = 3;

/** Compares logged requests with an export's statistics and prints a line a feature, the farthest first. */
export function exportsDrift(
  directory: string,
  logs: readonly string[],
  { limit, json }: { readonly limit: number; readonly json?: true },
): void {
  if (!(limit > 0)) throw invalidArgument(`--limit must be a positive number, given: ${limit}`);
  const known = readStatistics(join(directory, "assets.extra", featureStatisticsFile));
  const requests = requestStatistics(logs, known);
  const drifts = [...featureDrift(known, requests)].sort((a, b) => b[1].index - a[1].index);
  if (drifts.some(([, { index }]) => index > limit)) process.exitCode = driftExit;
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ rows: requests.rows, features: Object.fromEntries(drifts) })}\n`);
    return;
  }
  const width = Math.max(...drifts.map(([name]) => name.length));
  const lines = drifts.map(([name, { index, missing, mean, newValues }]) => {
    const parts = [`${name.padEnd(width)}  ${index > limit ? "MOVED" : "  ok "}  index ${index.toFixed(3)}`];
    parts.push(`missing ${percent(missing[0])} -> ${percent(missing[1])}`);
    if (mean !== undefined) parts.push(`mean ${short(mean[0])} -> ${short(mean[1])}`);
    if (newValues.length > 0) parts.push(`new: ${newValues.slice(0, 3).join(", ")}`);
    return `${parts.join("  ")}\n`;
  });
  process.stdout.write(`${requests.rows} rows in requests, ${known.rows} in training\n${lines.join("")}`);
}

function readStatistics(file: string): FeatureStatistics {
  const statistics = JSON.parse(decodeText(readWholeFile(file))) as FeatureStatistics;
  if (statistics.format !== "tureen.feature-statistics/1") throw invalidArgument(`${file} is of another format`);
  return statistics;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
