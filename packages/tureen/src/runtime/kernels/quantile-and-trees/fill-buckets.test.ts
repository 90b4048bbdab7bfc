import { describe, expect, it } from "vitest";
import { fillBuckets } from "./fill-buckets.js";

/** The definition: the first boundary that is not below the value, the last where all are, 0 for NaN. */
function bucketOf(boundaries: Float32Array, value: number): number {
  const found = boundaries.findIndex((boundary) => !(boundary < value));
  return found < 0 ? boundaries.length - 1 : found;
}

const uniform = Float32Array.from({ length: 101 }, (_, i) => i / 100);
const skewed = Float32Array.from({ length: 60 }, (_, i) => 1.7 ** i - 1);

describe("fillBuckets", () => {
  it.each([
    ["even", uniform],
    ["crowded", skewed],
    ["one", Float32Array.of(0.25)],
    ["two next to each other", Float32Array.of(1, 1 + 2 ** -23)],
    ["the largest floats", Float32Array.of(-3.4028234663852886e38, 0, 3.4028234663852886e38)],
    ["an infinite end", Float32Array.of(0, 0.5, Number.POSITIVE_INFINITY)],
    ["infinite ends", Float32Array.of(Number.NEGATIVE_INFINITY, 0.5, Number.POSITIVE_INFINITY)],
  ])("finds the first boundary that is not below: %s", (_, boundaries) => {
    const { MAX_SAFE_INTEGER, NaN: none, NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
    const special = [none, NEGATIVE_INFINITY, POSITIVE_INFINITY, -0, 0, MAX_SAFE_INTEGER, -MAX_SAFE_INTEGER];
    const near = Array.from(boundaries).flatMap((value) => [value, value - 1e-4, value + 1e-4]);
    const spread = Array.from({ length: 2000 }, (_, i) => Math.tan(i) * 3);
    const values = Float32Array.from([...special, ...near, ...spread]);
    const buckets = new Int32Array(values.length);
    fillBuckets(buckets, values, boundaries);
    expect(Array.from(buckets)).toEqual(Array.from(values, (value) => bucketOf(boundaries, value)));
    const few = new Int32Array(special.length);
    fillBuckets(few, values.subarray(0, special.length), boundaries);
    expect(few).toEqual(buckets.subarray(0, special.length));
  });
});
