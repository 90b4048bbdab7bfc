import type { FeatureStatistic, FeatureStatistics } from "./feature-statistic.js";

/** How far one feature has moved. */
export interface FeatureDrift {
  /**
   * The population stability index: the sum of (p - q) ln(p / q) over groups of values, p and q their shares now and then; missing values are a
   * group. Below 0.1 nothing has moved, above 0.25 much has.
   */
  readonly index: number;
  /** Shares of missing values, then and now. */
  readonly missing: readonly [before: number, after: number];
  /** Means, then and now, of numbers. */
  readonly mean?: readonly [before: number, after: number];
  /** Values that were not among the most frequent before and make a hundredth or more now, the most frequent first. */
  readonly newValues: readonly (number | string)[];
}

/** A share of zero counts as this much, so that the index stays finite: one in ten thousand. */
const leastShare = 1e-4;

/** The share from which on a value is worth a word. */
const notable = 0.01;

/** Numbers with at most this many values are compared value by value. */
const mostGroups = 20;

/** Compares the features of two statistics by name; features that only one has are left out. */
export function featureDrift(before: FeatureStatistics, after: FeatureStatistics): ReadonlyMap<string, FeatureDrift> {
  const drifts = new Map<string, FeatureDrift>();
  for (const [name, then] of Object.entries(before.features)) {
    const now = after.features[name];
    if (now !== undefined && now.count + now.missing > 0) drifts.set(name, driftOf(then, now));
  }
  return drifts;
}

function driftOf(then: FeatureStatistic, now: FeatureStatistic): FeatureDrift {
  const byValue = comparesByValue(then);
  const groups = byValue ? valueGroups(then, now) : rangeGroups(then, now);
  const missing = [missingShare(then), missingShare(now)] as const;
  let index = stability(...missing);
  for (const [p, q] of groups) index += stability(p * (1 - missing[0]), q * (1 - missing[1]));
  const known = new Set(then.top.map(({ value }) => textOf(value)));
  const added = byValue
    ? now.top.filter(({ value, count }) => count >= notable * now.count && !known.has(textOf(value)))
    : [];
  return {
    index,
    missing,
    ...(then.mean === undefined || now.mean === undefined ? {} : { mean: [then.mean, now.mean] as const }),
    newValues: added.map(({ value }) => (typeof value === "object" ? value.b64 : value)),
  };
}

/** Whether a feature is compared value by value: texts, and numbers that are few; others by the ranges between their deciles. */
export function comparesByValue(then: FeatureStatistic): boolean {
  return then.quantiles === undefined || (!then.distinctIsEstimate && then.distinct <= mostGroups);
}

/** The share of missing values. */
export function missingShare({ count, missing }: FeatureStatistic): number {
  return missing / (count + missing);
}

/** What a group adds to the population stability index, by its shares before and after. */
export function stability(before: number, after: number): number {
  const [p, q] = [Math.max(before, leastShare), Math.max(after, leastShare)];
  return (q - p) * Math.log(q / p);
}

function textOf(value: FeatureStatistic["top"][number]["value"]): string {
  return JSON.stringify(value);
}

/** Shares then and now of each value that was frequent, and of all others together. */
function valueGroups(then: FeatureStatistic, now: FeatureStatistic): [number, number][] {
  const counts = new Map(now.top.map(({ value, count }) => [textOf(value), count]));
  const groups = then.top.map(({ value, count }): [number, number] => [
    share(count, then),
    share(counts.get(textOf(value)) ?? 0, now),
  ]);
  const [p, q] = groups.reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
  return [...groups, [Math.max(0, 1 - p), now.count === 0 ? 0 : Math.max(0, 1 - q)]];
}

function share(count: number, { count: all }: FeatureStatistic): number {
  return all === 0 ? 0 : count / all;
}

/** Shares then and now of the ranges between the deciles of then. */
function rangeGroups(then: FeatureStatistic, now: FeatureStatistic): [number, number][] {
  const edges = rangeEdges(then);
  const [before, after] = [rangeShares(then, edges), rangeShares(now, edges)];
  return before.map((p, i) => [p, after[i]!]);
}

/** The deciles that part a feature's numbers into ten ranges, each with its upper end. */
export function rangeEdges({ quantiles }: FeatureStatistic): number[] {
  return Array.from({ length: 9 }, (_, i) => quantiles![String((i + 1) / 10)]!);
}

/** The shares of a feature's numbers in the ranges between edges. */
export function rangeShares(of: FeatureStatistic, edges: readonly number[]): number[] {
  const below = [0, ...edges.map((edge) => shareBelow(of, edge)), of.count === 0 ? 0 : 1];
  return below.slice(1).map((value, i) => value - below[i]!);
}

/** The share of values that are not greater, straight lines between the quantiles that are known. */
function shareBelow({ quantiles }: FeatureStatistic, value: number): number {
  if (quantiles === undefined) return 0;
  const points = Object.entries(quantiles)
    .map(([at, quantile]) => [Number(at), quantile] as const)
    .sort((a, b) => a[0] - b[0]);
  if (value < points[0]![1]) return 0;
  // The last of equal quantiles: all of those values are below or equal.
  const last = points.findLastIndex(([, quantile]) => quantile <= value);
  const [from, low] = points[last]!;
  const next = points[last + 1];
  return next === undefined ? from : from + ((next[0] - from) * (value - low)) / (next[1] - low);
}
