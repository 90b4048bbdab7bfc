import type { DType } from "../../core/dtype.js";
import { decodeText, encodeText } from "../../core/text.js";
import type { FeatureStatistic } from "./feature-statistic.js";
import type { FeatureValues } from "./input-rows.js";
import { ValueCounts } from "./value-counts.js";

/** Values that quantiles are taken of exactly; beyond, an even sample of as many stands for all (an error of about 0.2 % of the ranks). */
const sampleSize = 65_536;

/** Every twentieth, and the tails. */
const shares: readonly number[] = [0, 0.01, ...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99, 1];

/** Counts one feature's values as they pass. */
export class FeatureSummary {
  readonly #dtype: DType;
  readonly #counts = new ValueCounts();
  readonly #sample: number[] = [];
  #rows = 0;
  #count = 0;
  #missing = 0;
  #fewest = Number.POSITIVE_INFINITY;
  #most = 0;
  #mean = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #zeros = 0;
  // A sample has to be the same for the same data, so the generator is a fixed one (a linear congruential one modulo 2^32, Knuth's factor).
  #random = 1;

  constructor(dtype: DType) {
    this.#dtype = dtype;
  }

  add({ dtype, data, ends }: FeatureValues): void {
    const isText = dtype === "string";
    let at = 0;
    for (let row = 0; row < ends.length; row++) {
      const end = ends[row]!;
      const values = end - at;
      this.#rows++;
      if (values < this.#fewest) this.#fewest = values;
      if (values > this.#most) this.#most = values;
      if (values === 0) this.#missing++;
      for (; at < end; at++) {
        if (isText) this.#addText((data as readonly Uint8Array[])[at]!);
        else this.#addNumber(Number((data as ArrayLike<number | bigint>)[at]));
      }
    }
  }

  #addText(text: Uint8Array): void {
    if (text.length === 0) {
      this.#missing++;
      return;
    }
    this.#count++;
    this.#counts.add(Buffer.from(text.buffer, text.byteOffset, text.length).toString("latin1"));
  }

  #addNumber(value: number): void {
    if (Number.isNaN(value)) {
      this.#missing++;
      return;
    }
    this.#count++;
    // Welford's recurrence keeps its digits where the mean is far from zero.
    const step = value - this.#mean;
    this.#mean += step / this.#count;
    this.#squares += step * (value - this.#mean);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value === 0) this.#zeros++;
    this.#counts.add(value);
    if (this.#sample.length < sampleSize) this.#sample.push(value);
    else {
      this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
      const place = Math.floor((this.#random / 2 ** 32) * this.#count);
      if (place < sampleSize) this.#sample[place] = value;
    }
  }

  /** What has passed so far. */
  statistic(topValues: number): FeatureStatistic {
    const { distinct, isExact } = this.#counts;
    return {
      dtype: this.#dtype,
      count: this.#count,
      missing: this.#missing,
      valuesPerRow: [this.#rows === 0 ? 0 : this.#fewest, this.#most],
      distinct,
      distinctIsEstimate: !isExact,
      top: this.#counts.top(topValues).map(([value, count]) => ({ value: shown(value), count })),
      topIsEstimate: !isExact,
      ...(this.#dtype === "string" || this.#count === 0 ? {} : this.#numbers()),
    };
  }

  #numbers(): Partial<FeatureStatistic> {
    const sorted = Float64Array.from(this.#sample).sort();
    const quantiles: Record<string, number> = {};
    for (const share of shares) {
      // The ends are those of all values, not of the sample.
      const exact = share === 0 ? this.#min : share === 1 ? this.#max : undefined;
      quantiles[String(share)] = exact ?? sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
    }
    return {
      mean: this.#mean,
      deviation: Math.sqrt(this.#squares / this.#count),
      min: this.#min,
      max: this.#max,
      zeros: this.#zeros,
      quantiles,
      quantilesAreEstimates: this.#count > sampleSize,
    };
  }
}

/** A counted value as JSON has it: texts are counted by their bytes, one a letter. */
function shown(value: number | string): number | string | { readonly b64: string } {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  const bytes = Buffer.from(value, "latin1");
  const text = decodeText(bytes);
  return Buffer.compare(encodeText(text), bytes) === 0 ? text : { b64: bytes.toString("base64") };
}
