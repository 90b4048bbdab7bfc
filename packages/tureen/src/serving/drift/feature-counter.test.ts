import { expect, it } from "vitest";
import { Dataset } from "../../data/index.js";
import { featureDrift } from "../../estimator/export/feature-drift.js";
import type { FeatureStatistics } from "../../estimator/export/feature-statistic.js";
import { featureStatistics } from "../../estimator/export/index.js";
import { FeatureCounter } from "./feature-counter.js";

const count = 2000;
/** Numbers from 0 to 1 that look random and are the same in every run: multiples of the golden ratio. */
const spread = (seed: number): number[] => Array.from({ length: count }, (_, i) => ((i + seed) * 0.6180339887) % 1);
const cities = ["Bonn", "Ulm", "Kiel", "Kiel"];

function statisticsOf(rows: Readonly<Record<string, readonly (number | string)[]>>): Promise<FeatureStatistics> {
  return featureStatistics({ inputFn: () => Dataset.fromTensorSlices(rows as never).batch(500) });
}

function counted(known: FeatureStatistics, name: string, values: readonly (number | string)[]): FeatureCounter {
  const counter = new FeatureCounter(known.features[name]!, 2);
  for (const value of values) counter.add(0, typeof value === "string" ? Buffer.from(value).toString("latin1") : value);
  return counter;
}

const before = {
  age: spread(1),
  city: spread(2).map((x) => cities[Math.floor(x * 4)]!),
  rooms: spread(3).map((x) => Math.floor(x * 5)),
};

it("agrees with the comparison of two files of statistics", async () => {
  const after = {
    age: spread(4).map((x) => x * 0.8 + 0.3),
    city: spread(5).map((x) => (x < 0.1 ? "Zürich" : x < 0.2 ? "" : cities[Math.floor(x * 4)]!)),
    rooms: spread(6).map((x) => (x < 0.5 ? Number.NaN : Math.floor(x * 7))),
  };
  const [known, now] = await Promise.all([statisticsOf(before), statisticsOf(after)]);
  const expected = featureDrift(known, now);
  for (const name of ["age", "city", "rooms"] as const) {
    const drift = counted(known, name, after[name]).drift(0)!;
    const wanted = expected.get(name)!;
    // Ranges are counted here and interpolated there.
    expect(drift.index).toBeCloseTo(wanted.index, name === "age" ? 1 : 9);
    expect(drift.index).toBeGreaterThan(0.25);
    expect(drift.missing).toEqual(wanted.missing);
    expect(drift.newValues).toEqual(wanted.newValues);
    if (wanted.mean !== undefined) expect(drift.mean![1]).toBeCloseTo(wanted.mean[1], 6);
  }
  expect(expected.get("city")!.newValues).toEqual(["Zürich"]);
});

it("finds nothing beyond chance where values are like before", async () => {
  const known = await statisticsOf(before);
  for (const name of ["age", "city", "rooms"] as const) {
    const { index, noise, newValues } = counted(known, name, before[name].slice(0, 500)).drift(0)!;
    expect(index).toBeLessThan(3 * noise);
    expect(newValues).toEqual([]);
  }
});

it("forgets slots that are over, and takes infinities for what they are", async () => {
  const known = await statisticsOf(before);
  const counter = counted(known, "age", [Number.POSITIVE_INFINITY, 0.5]);
  counter.addMissing(1);
  expect(counter.drift(1)).toMatchObject({ values: 2, mean: [expect.any(Number), 0.5], missing: [0, 1 / 3] });
  expect(counter.drift(2)).toMatchObject({ values: 0, missing: [0, 1] });
  expect(counter.drift(3)).toBeUndefined();
});

it("counts new values in bounded memory", async () => {
  const known = await statisticsOf(before);
  const counter = new FeatureCounter(known.features["city"]!, 2);
  for (let i = 0; i < 100_000; i++) counter.add(0, i % 3 === 0 ? "Rom" : `city ${i}`);
  expect(counter.drift(0)!.newValues).toContain("Rom");
  expect(counter.drift(0)!.newValues.length).toBeLessThanOrEqual(10);
});
