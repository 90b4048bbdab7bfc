import { expect, it } from "vitest";
import { histogramOf } from "./histogram.js";

/** Each number below, at and above a limit, and what is at the ends. */
function edges(): number[] {
  const values = [0, -0, 5e-324, -5e-324, 1e-300, Number.MAX_VALUE / 2, -Number.MAX_VALUE, 1e20, -1e25];
  const double = new Float64Array(1);
  const bits = new BigInt64Array(double.buffer);
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) {
    for (const step of [-1n, 0n, 1n]) {
      double[0] = limit;
      bits[0]! += step;
      values.push(double[0]!, -double[0]!);
    }
  }
  return values;
}

it("counts a value in the first bucket whose limit is above it", () => {
  const values = edges();
  const { bucketLimits, buckets, num } = histogramOf(values);
  expect(num).toBe(values.length);
  let below = Number.NEGATIVE_INFINITY;
  bucketLimits.forEach((limit, i) => {
    const inside = values.filter((value) => value >= below && value < limit).length;
    expect([limit, buckets[i]]).toEqual([limit, inside]);
    below = limit;
  });
  expect(bucketLimits.length).toBeGreaterThan(1500);
});
