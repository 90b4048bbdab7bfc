import fc from "fast-check";
import { expect, test } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { toFlatArray } from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";

type Pair = readonly [{ readonly id: TensorValue; readonly words: TensorValue }, TensorValue];
type Step = (dataset: Dataset<Pair>) => Dataset<Pair>;

const count = fc.integer({ min: 0, max: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ size: fc.integer({ min: 1, max: 15 }), seed: fc.integer(), again: fc.boolean() }).map(
    ({ size, seed, again }): Step =>
      (d) =>
        d.shuffle(size, { seed, reshuffleEachIteration: again }),
  ),
  fc.integer({ min: 0, max: 3 }).map(
    (times): Step =>
      (d) =>
        d.repeat(times),
  ),
  fc.integer({ min: -1, max: 12 }).map(
    (n): Step =>
      (d) =>
        d.take(n),
  ),
  count.map(
    (n): Step =>
      (d) =>
        d.skip(n),
  ),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat()).map(
    ([n, i]): Step =>
      (d) =>
        d.shard(n, i % n),
  ),
  fc.constant<Step>((d) => d.prefetch(2)),
  fc.constant<Step>((d) => d.cache()),
);
const batch = fc.record({ size: fc.integer({ min: 1, max: 9 }), dropRemainder: fc.boolean() });

function arrays(rows: number): readonly [{ readonly id: Int32Array; readonly words: string[][] }, BigInt64Array] {
  return [
    {
      id: Int32Array.from({ length: rows }, (_, i) => i),
      words: Array.from({ length: rows }, (_, i) => [`a${i}`, `b${i}`]),
    },
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(i) << 40n),
  ];
}

function plain([{ id, words }, label]: Pair): unknown {
  return [id.shape, toFlatArray(id), words.shape, toFlatArray(words).map(String), label.shape, toFlatArray(label)];
}

async function listed(dataset: Dataset<Pair>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const element of dataset) all.push(plain(element));
  return all;
}

test("row numbers, elements and awaited elements give the same batches", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(step, { maxLength: 4 }),
      batch,
      async (rows, steps, { size, dropRemainder }) => {
        const slices = Dataset.fromTensorSlices(arrays(rows));
        const asElements = Dataset.fromGenerator(() => slices);
        const awaited = slices.map(async (element) => element);
        const through = (source: Dataset<Pair>): Dataset<Pair> =>
          steps.reduce((d, one) => one(d), source).batch(size, { dropRemainder });
        const [a, b, c] = [through(slices), through(asElements), through(awaited)];
        for (let pass = 0; pass < 2; pass++) {
          const expected = [...a].map(plain);
          expect([...b].map(plain)).toEqual(expected);
          expect(await listed(c)).toEqual(expected);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("a cache before take is kept where take reads to its end, and only there", () => {
  for (const [taken, isKept] of [
    [2, false],
    [3, true],
  ] as const) {
    const shuffled = (source: Dataset<Pair>): Dataset<Pair> =>
      source.shuffle(3, { seed: 7, reshuffleEachIteration: true }).cache().take(taken).batch(1);
    const rows = shuffled(Dataset.fromTensorSlices(arrays(2)));
    const elements = shuffled(Dataset.fromGenerator(() => Dataset.fromTensorSlices(arrays(2))));
    const passes = Array.from({ length: 8 }, () => String([...rows].map(plain)));
    expect(Array.from({ length: 8 }, () => String([...elements].map(plain)))).toEqual(passes);
    expect(new Set(passes).size === 1).toBe(isKept);
  }
});

test("unbatch undoes batch, however the last batch is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9 }), (rows, size) => {
      const slices = Dataset.fromTensorSlices(arrays(rows));
      expect([...slices.batch(size).unbatch()].map(plain)).toEqual([...slices].map(plain));
    }),
  );
});

test("a shuffle is a permutation, and no element comes before the buffer could hold it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer(),
      (rows, buffer, seed) => {
        const shuffled = [...Dataset.range(rows).shuffle(buffer, { seed })].map((x) =>
          Number((x.data as BigInt64Array)[0]),
        );
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
        shuffled.forEach((row, place) => {
          expect(row).toBeLessThan(place + buffer);
        });
      },
    ),
  );
});

test("a shuffle with a whole buffer is even", () => {
  // 24 orders of 4 rows, 300 of each expected: a chi-square above 49.7 has a chance of one in a thousand, and the seeds are fixed.
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 7200; seed++) {
    const [order] = [
      ...Dataset.fromTensorSlices(Int32Array.of(0, 1, 2, 3))
        .shuffle(4, { seed })
        .batch(4),
    ];
    const key = toFlatArray(order!).join("");
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  let chiSquare = (24 - seen.size) * 300;
  for (const times of seen.values()) chiSquare += (times - 300) ** 2 / 300;
  expect(chiSquare).toBeLessThan(49.7);
});
