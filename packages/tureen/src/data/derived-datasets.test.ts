import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type TensorValue, toNested, toTensor } from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";
import { tfRecordDataset } from "./file-datasets.js";

const numberOf = (x: TensorValue): number => Number(x.data[0]);
const int64 = (x: number): TensorValue => toTensor(x, "int64");
const numbers = (dataset: Iterable<TensorValue>): number[] => [...dataset].map(numberOf);
/** The numbers below `count`, each of which has to be waited for. */
const slow = (count: number): Dataset<TensorValue> =>
  Dataset.fromGenerator(
    async function* () {
      for (let i = 0; i < count; i++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield int64(i);
      }
    },
    { elementSpec: { dtype: "int64", shape: [] } },
  );
async function waited(dataset: AsyncIterable<TensorValue>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const element of dataset) list.push([toNested(element)].flat().map(Number));
  return list;
}

describe("where elements have to be waited for", () => {
  test("stages give what they give of elements that are here", async () => {
    const groups = { keyFunc: (x: TensorValue) => numberOf(x) % 3, windowSize: 2 };
    const pipelines: readonly ((source: Dataset<TensorValue>) => Dataset<TensorValue>)[] = [
      (source) => source.scan(0, (sum, x) => [sum + numberOf(x), int64(sum)] as const),
      (source) => source.scan(0, async (sum, x) => [sum + numberOf(x), int64(sum)] as const),
      (source) => source.takeWhile((x) => numberOf(x) < 5),
      (source) => source.takeWhile(async (x) => numberOf(x) < 5),
      (source) => source.concatenate(source).unique(),
      (source) => source.enumerate(3).map(([i, x]) => int64(10 * numberOf(i) + numberOf(x))),
      (source) => source.window(3, { shift: 2 }).flatMap((window) => window.batch(3)),
      (source) => source.groupByWindow({ ...groups, reduceFunc: (_, group) => group.batch(2) }),
      (source) =>
        source.groupByWindow({ ...groups, keyFunc: async (x) => numberOf(x) % 3, reduceFunc: (_, group) => group }),
      (source) =>
        Dataset.chooseFromDatasets(
          [source, source],
          source.map((x) => int64(numberOf(x) % 2)),
        ),
      (source) => Dataset.sampleFromDatasets([source, source], { seed: 5 }),
      (source) =>
        source
          .map(async (x) => {
            if (numberOf(x) === 4) throw new Error("no four");
            return x;
          })
          .ignoreErrors(),
    ];
    for (const pipeline of pipelines) {
      const here = await waited(pipeline(Dataset.range(8)));
      expect(here.length).toBeGreaterThan(3);
      expect(await waited(pipeline(slow(8)))).toEqual(here);
    }
  });

  test("reduce gives a promise only there", async () => {
    const sum = (a: number, x: TensorValue): number => a + numberOf(x);
    expect(Dataset.range(10).reduce(5, sum)).toBe(50);
    await expect(slow(10).reduce(5, sum)).resolves.toBe(50);
    await expect(Dataset.range(10).reduce(5, async (a, x) => a + numberOf(x))).resolves.toBe(50);
    expect(Dataset.range(0).reduce("nothing", () => "something")).toBe("nothing");
  });
});

describe("element specs", () => {
  const scalar = { dtype: "int64", shape: [] };
  test("come of the stages' own", () => {
    expect(Dataset.range(3).enumerate().elementSpec()).toEqual([scalar, scalar]);
    expect(Dataset.range(3).unique().elementSpec()).toEqual(scalar);
    expect(Dataset.range(3).window(2).elementSpec()).toEqual({ dtype: "variant", shape: [] });
    expect(Dataset.chooseFromDatasets([Dataset.range(3)], Dataset.range(1)).elementSpec()).toEqual(scalar);
  });

  test("of what a function makes of datasets leave the sizes open that the first element does not settle", () => {
    const pairs = Dataset.range(5).batch(2, { dropRemainder: true });
    expect(pairs.flatMap((x) => Dataset.fromTensorSlices(x).batch(2)).elementSpec()).toEqual({
      ...scalar,
      shape: [-1],
    });
    const group = { keyFunc: numberOf, windowSize: 2 };
    expect(
      Dataset.range(5)
        .groupByWindow({ ...group, reduceFunc: (_, of) => of.map((x) => x).batch(2) })
        .elementSpec(),
    ).toEqual({ ...scalar, shape: [-1] });
  });

  test("of buckets are those of any bucket", () => {
    const rows = Dataset.fromTensorSlices(toTensor([1, 2, 3], "int64")).map(
      (x) => toTensor(Array<number>(numberOf(x)).fill(7)),
      {
        elementSpec: { dtype: "float32", shape: [-1] },
      },
    );
    const options = {
      elementLengthFunc: (x: TensorValue) => x.shape[0]!,
      bucketBoundaries: [2, 4],
      bucketBatchSizes: [2, 2, 2],
    };
    const spec = { dtype: "float32", shape: [-1, -1] };
    expect(rows.bucketBySequenceLength(options).elementSpec()).toEqual(spec);
    expect(rows.bucketBySequenceLength({ ...options, padToBucketBoundary: true }).elementSpec()).toEqual(spec);
    expect(rows.bucketBySequenceLength({ ...options, paddedShapes: [9] }).elementSpec()).toEqual({
      ...spec,
      shape: [-1, 9],
    });
  });

  test("an element that is too long for its boundaries is refused", () => {
    const rows = Dataset.fromTensors([1, 2, 3]).bucketBySequenceLength({
      elementLengthFunc: (x) => x.shape[0]!,
      bucketBoundaries: [2],
      bucketBatchSizes: [1, 1],
      padToBucketBoundary: true,
    });
    expect(() => [...rows]).toThrow(
      "When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries).",
    );
  });
});

test("windows of records are datasets by name", () => {
  const rows = Dataset.fromTensorSlices({ a: Int32Array.of(1, 2, 3), b: ["x", "y", "z"] });
  const windows = [...rows.window(2)];
  expect(windows.map(({ a }) => numbers(a as unknown as Dataset<TensorValue>))).toEqual([[1, 2], [3]]);
  const pairs = rows.window(2).flatMap(({ a, b }) => Dataset.zip({ a: a.batch(2), b: b.batch(2) }));
  expect([...pairs].map(({ b }) => (b as TensorValue).shape)).toEqual([[2], [1]]);
});

test("samples follow their weights and their seed", () => {
  const sample = (seed: number): number[] =>
    numbers(
      Dataset.sampleFromDatasets([Dataset.fromTensors(int64(0)).repeat(), Dataset.fromTensors(int64(1)).repeat()], {
        weights: [1, 3],
        seed,
      }).take(4000),
    );
  const ones = sample(7).filter((x) => x === 1).length;
  expect(ones / 4000).toBeGreaterThan(0.72);
  expect(ones / 4000).toBeLessThan(0.78);
  expect(sample(7)).toEqual(sample(7));
  expect(sample(8)).not.toEqual(sample(7));
});

test("shuffled files are all there, in the seed's order", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tureen-list-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, `part-${i}`), "");
  const list = (options?: { readonly shuffle?: boolean; readonly seed?: number }): string[] =>
    [...Dataset.listFiles(`${folder}/part-*`, options)].map((path) =>
      Buffer.from(path.data[0] as Uint8Array).toString(),
    );
  const inOrder = list({ shuffle: false });
  expect(inOrder).toHaveLength(20);
  expect(list({ seed: 3 }).toSorted()).toEqual(inOrder);
  expect(list({ seed: 3 })).toEqual(list({ seed: 3 }));
  expect(list({ seed: 3 })).not.toEqual(inOrder);
});

describe("ignored errors", () => {
  test("that end a source for good end the pass", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tureen-ignore-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    writeFileSync(join(folder, "broken"), "this is no TFRecord file at all");
    expect([...tfRecordDataset(join(folder, "broken")).ignoreErrors()]).toEqual([]);
    const failing = Dataset.fromGenerator(function* () {
      yield int64(1);
      throw new Error("the line is dead");
    });
    expect(numbers(failing.ignoreErrors())).toEqual([1]);
  });

  test("are told where one asks for it", () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => write.mockRestore());
    const odd = (x: TensorValue): TensorValue => {
      if (numberOf(x) % 2 === 0) throw new Error(`${numberOf(x)} is even`);
      return x;
    };
    expect(numbers(Dataset.range(4).map(odd).ignoreErrors({ logWarning: true }))).toEqual([1, 3]);
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      "Error raised with error message Error: 0 is even\n",
      "Error raised with error message Error: 2 is even\n",
    ]);
  });
});

test("apply puts a step of one's own into the chain", () => {
  const doubled = (dataset: Dataset<TensorValue>): Dataset<TensorValue> => dataset.map((x) => int64(2 * numberOf(x)));
  expect(numbers(Dataset.range(3).apply(doubled).skip(1))).toEqual([2, 4]);
});
