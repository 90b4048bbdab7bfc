import type { DType } from "../../core/dtype.js";

/** What a feature_statistics.json holds. */
export interface FeatureStatistics {
  readonly format: "tureen.feature-statistics/1";
  readonly rows: number;
  /** By the feature's name. */
  readonly features: Readonly<Record<string, FeatureStatistic>>;
}

/** One feature's values. */
export interface FeatureStatistic {
  readonly dtype: DType;
  /** Values of all rows, without missing ones. */
  readonly count: number;
  /** Rows without a value, NaNs, and empty strings. */
  readonly missing: number;
  /** Fewest and most values of a row. */
  readonly valuesPerRow: readonly [number, number];
  /** How many different values; an estimate (within about 2 %) where `distinctIsEstimate`. */
  readonly distinct: number;
  readonly distinctIsEstimate: boolean;
  /** The most frequent values, the most frequent first; counts are lower bounds where `topIsEstimate`. Strings that are no UTF-8 are `{"b64": …}`. */
  readonly top: readonly { readonly value: number | string | { readonly b64: string }; readonly count: number }[];
  readonly topIsEstimate: boolean;
  /** Only of numbers, as are the rest. */
  readonly mean?: number;
  /** The standard deviation of the values themselves (divided by their count). */
  readonly deviation?: number;
  readonly min?: number;
  readonly max?: number;
  readonly zeros?: number;
  /** Values by the share of all that are not greater, as "0.05"; of an even sample of the values where `quantilesAreEstimates`. */
  readonly quantiles?: Readonly<Record<string, number>>;
  readonly quantilesAreEstimates?: boolean;
}
