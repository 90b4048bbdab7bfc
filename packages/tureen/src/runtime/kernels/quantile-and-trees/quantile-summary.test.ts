import { describe, expect, it } from "vitest";
import { summarize, summaryRows } from "./quantile-summary.js";

describe("summarize", () => {
  it.each([
    ["numbers", Array.from({ length: 300 }, (_, i) => Math.round(Math.sin(i) * 100) / 8)],
    ["infinities", [1, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY, 1]],
    ["zeros of both signs", [1, -0, 0, -1, 0]],
  ])("gives ascending values, their weights and ranks: %s", (_, numbers) => {
    const values = Float32Array.from(numbers);
    const rows = summaryRows(summarize(values, new Float32Array(values.length).fill(0.5), values.length));
    const different = [...new Set(values)].sort((a, b) => a - b);
    let rank = 0;
    const expected = different.flatMap((value) => {
      const weight = values.filter((other) => other === value).length / 2;
      rank += weight;
      return [value, weight, rank - weight, rank];
    });
    expect(Array.from(rows, (value) => value + 0)).toEqual(expected.map((value) => value + 0));
  });

  it("adds weights that differ, and keeps values that are no numbers apart", () => {
    const values = Float32Array.of(2, 1, 2, Number.NaN, Number.NaN);
    const rows = summaryRows(summarize(values, Float32Array.of(1, 2, 3, 4, 5), 5));
    const [one, two] = [
      [1, 2, 0, 2],
      [2, 4, 2, 6],
    ];
    expect(Array.from(rows)).toEqual([...one!, ...two!, Number.NaN, 4, 6, 10, Number.NaN, 5, 10, 15]);
  });
});
