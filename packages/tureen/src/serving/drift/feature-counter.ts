import {
  comparesByValue,
  type FeatureDrift,
  missingShare,
  rangeEdges,
  rangeShares,
  stability,
} from "../../estimator/export/feature-drift.js";
import type { FeatureStatistic } from "../../estimator/export/feature-statistic.js";

/** How a feature does in the requests of the last while. */
export interface LiveDrift extends FeatureDrift {
  /** Values that were compared. */
  readonly values: number;
  /** The index that so few values would have by chance alone, on average. */
  readonly noise: number;
}

/** Values that requests have and training had not: more than these are not told apart. */
const mostNewValues = 64;
/** Those that are named in a report. */
const namedValues = 10;

/** What was counted in one stretch of time. */
interface Counts {
  readonly slot: number;
  /** By group; the last one is of all other values. */
  readonly groups: Float64Array;
  missing: number;
  count: number;
  sum: number;
  finite: number;
  readonly added: Map<number | string, number>;
}

/**
 * Counts one feature's values in the groups that its training data were parted into, in as much memory as there are groups.
 *
 * Counts are kept by slots of time, numbered from anywhere; those before the last `slots` are forgotten. Texts are handed in with a letter for
 * each byte.
 */
export class FeatureCounter {
  readonly #then: FeatureStatistic;
  readonly #slots: number;
  /** Groups by value; undefined where they are ranges. */
  readonly #known: ReadonlyMap<number | string, number> | undefined;
  readonly #edges: readonly number[];
  /** Shares in training, by group. */
  readonly #shares: readonly number[];
  #kept: Counts[] = [];

  constructor(then: FeatureStatistic, slots: number) {
    this.#then = then;
    this.#slots = slots;
    if (comparesByValue(then)) {
      this.#edges = [];
      this.#known = new Map(then.top.map(({ value }, i) => [keyOf(value, then), i]));
      const shares = then.top.map(({ count }) => (then.count === 0 ? 0 : count / then.count));
      this.#shares = [...shares, Math.max(0, 1 - shares.reduce((a, b) => a + b, 0))];
    } else {
      this.#edges = rangeEdges(then);
      this.#shares = rangeShares(then, this.#edges);
    }
  }

  /** Whether its values are texts. */
  get isText(): boolean {
    return this.#then.dtype === "string";
  }

  /** A row without a value. */
  addMissing(slot: number): void {
    this.#at(slot).missing += 1;
  }

  add(slot: number, value: number | string): void {
    const counts = this.#at(slot);
    if (value === "" || Number.isNaN(value)) {
      counts.missing += 1;
      return;
    }
    counts.count += 1;
    if (typeof value === "number" && Number.isFinite(value)) {
      counts.sum += value;
      counts.finite += 1;
    }
    if (this.#known === undefined) {
      counts.groups[rangeOf(this.#edges, value as number)]! += 1;
      return;
    }
    const group = this.#known.get(value);
    counts.groups[group ?? counts.groups.length - 1]! += 1;
    if (group === undefined) noteNew(counts.added, value);
  }

  /** How far the feature has moved in the slots up to `slot`; undefined where there was none of it. */
  drift(slot: number): LiveDrift | undefined {
    this.#forget(slot);
    const groups = new Float64Array(this.#shares.length);
    const added = new Map<number | string, number>();
    let [missing, count, sum, finite] = [0, 0, 0, 0];
    for (const counts of this.#kept) {
      for (let i = 0; i < groups.length; i++) groups[i]! += counts.groups[i]!;
      for (const [value, times] of counts.added) added.set(value, (added.get(value) ?? 0) + times);
      missing += counts.missing;
      count += counts.count;
      sum += counts.sum;
      finite += counts.finite;
    }
    if (count + missing === 0) return undefined;
    const then = this.#then;
    const absent = [missingShare(then), missing / (count + missing)] as const;
    let index = stability(...absent);
    this.#shares.forEach((share, i) => {
      index += stability(share * (1 - absent[0]), (count === 0 ? 0 : groups[i]! / count) * (1 - absent[1]));
    });
    const used = this.#shares.filter((share, i) => share > 0 || groups[i]! > 0).length;
    return {
      index,
      missing: absent,
      ...(then.mean === undefined || finite === 0 ? {} : { mean: [then.mean, sum / finite] as const }),
      newValues: [...added]
        .filter(([, times]) => times >= notable * count)
        .sort((a, b) => b[1] - a[1])
        .slice(0, namedValues)
        .map(([value]) => shown(value)),
      values: count,
      // The statistic is a chi-squared one of so many degrees of freedom, over the two counts' harmonic sum.
      noise: used * (1 / (count + missing) + 1 / (then.count + then.missing)),
    };
  }

  #at(slot: number): Counts {
    const last = this.#kept.at(-1);
    if (last?.slot === slot) return last;
    this.#forget(slot);
    const groups = new Float64Array(this.#shares.length);
    const fresh: Counts = { slot, groups, missing: 0, count: 0, sum: 0, finite: 0, added: new Map() };
    this.#kept.push(fresh);
    return fresh;
  }

  #forget(slot: number): void {
    if (this.#kept.some((counts) => counts.slot <= slot - this.#slots))
      this.#kept = this.#kept.filter((counts) => counts.slot > slot - this.#slots);
  }
}

/** The share from which on a new value is worth a word, as in `featureDrift`. */
const notable = 0.01;

/** Misra and Gries' counts: whatever comes often enough is among them. */
function noteNew(added: Map<number | string, number>, value: number | string): void {
  const times = added.get(value);
  if (times !== undefined) added.set(value, times + 1);
  else if (added.size < mostNewValues) added.set(value, 1);
  else {
    for (const [other, left] of added) {
      if (left === 1) added.delete(other);
      else added.set(other, left - 1);
    }
  }
}

/** The first range whose upper end is not below the value. */
function rangeOf(edges: readonly number[], value: number): number {
  let i = 0;
  while (i < edges.length && value > edges[i]!) i += 1;
  return i;
}

/** A value of a statistics file as it is handed to `add`. */
function keyOf(value: FeatureStatistic["top"][number]["value"], { dtype }: FeatureStatistic): number | string {
  if (typeof value === "object") return Buffer.from(value.b64, "base64").toString("latin1");
  if (dtype === "string") return Buffer.from(String(value)).toString("latin1");
  return Number(value);
}

/** A counted value for people: texts are bytes, one a letter. */
function shown(value: number | string): number | string {
  return typeof value === "number" ? value : Buffer.from(value, "latin1").toString("utf8");
}
