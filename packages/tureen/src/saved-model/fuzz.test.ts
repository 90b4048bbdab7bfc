import { expect, it } from "vitest";
import { type FuzzResult, fuzzModel } from "./testing/fuzz.js";

const fixture = (path: string): string => new URL(path, import.meta.url).pathname;

// Ten thousand of them: interop/saved-model/fuzz.ts.
it.each([
  ["tour", fixture("./fixtures/tour"), 1],
  ["loop_v1", fixture("./fixtures/loop_v1"), 2],
  ["half_plus_two", fixture("../serving/fixtures/half_plus_two/00000123"), 3],
] as const)("ends in a status or a loaded model for every mutation of %s", async (_, directory, seed) => {
  const results: FuzzResult[] = [];
  await fuzzModel(
    directory,
    Array.from({ length: 100 }, (_, i) => seed * 1_000_000 + i),
    (result) => results.push(result),
  );
  expect(
    results.flatMap((result) => (result.defect === undefined ? [] : [`${result.seed}: ${result.defect}`])),
  ).toEqual([]);
  expect(
    new Set(results.map((result) => result.outcome)).size,
    "all mutations end alike: they are not reached",
  ).toBeGreaterThan(2);
  expect(Math.max(...results.map((result) => result.milliseconds))).toBeLessThan(10_000);
});
