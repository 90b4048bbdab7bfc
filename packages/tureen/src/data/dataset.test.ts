import { describe, expect, test } from "vitest";
import {
  floatValue,
  scalarValue,
  stringValue,
  type TensorValue,
  tensorValue,
  toFlatArray,
  toNested,
} from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";

const numbers = (dataset: Iterable<TensorValue>): unknown[] => [...dataset].map((value) => toNested(value));
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("elements", () => {
  test("records and pairs keep their nesting and the order of their names", () => {
    const dataset = Dataset.fromTensorSlices([
      {
        z: [
          [1, 2],
          [3, 4],
        ],
        a: ["x", "y"],
      },
      Int32Array.of(7, 8),
    ]);
    const [[features, label]] = [...dataset.batch(2)] as unknown as [[{ z: TensorValue; a: TensorValue }, TensorValue]];
    expect(Object.keys(features)).toEqual(["z", "a"]);
    expect(features.z).toEqual(floatValue([1, 2, 3, 4], [2, 2]));
    expect(features.a).toEqual(stringValue(["x", "y"]));
    expect(label).toEqual(tensorValue("int32", [2], Int32Array.of(7, 8)));
  });

  test("a list of numbers is one tensor, a list with TensorValues a tuple", () => {
    expect([
      ...Dataset.fromTensors([
        [1, 2],
        [3, 4],
      ]),
    ]).toEqual([floatValue([1, 2, 3, 4], [2, 2])]);
    const pair = [floatValue([1]), floatValue([2])] as const;
    expect([...Dataset.fromTensors(pair)]).toEqual([pair]);
    expect(() => Dataset.fromTensors([Float32Array.of(1), Int32Array.of(1)])).toThrow("use toTensor");
  });

  test("every dtype is gathered bit by bit", () => {
    const nan = new Float64Array(new BigUint64Array([0x7ff0_0000_dead_beefn, 0xfff8_0000_0000_0001n]).buffer);
    const dataset = Dataset.fromTensorSlices({
      bool: tensorValue("bool", [2], Uint8Array.of(1, 0)),
      half: tensorValue("float16", [2, 3], Uint16Array.of(1, 2, 3, 4, 5, 6)),
      double: tensorValue("float64", [2], nan),
      complex: tensorValue("complex64", [2, 1], Float32Array.of(1, 2, 3, 4)),
      long: tensorValue(
        "int64",
        [2, 200],
        BigInt64Array.from({ length: 400 }, (_, i) => BigInt(i) << 33n),
      ),
      bytes: tensorValue("string", [2], [Uint8Array.of(0xff), Uint8Array.of(0)]),
    });
    const [reversed] = [...dataset.skip(1).concatenate(dataset.take(1)).batch(2)];
    const [gathered] = [...dataset.repeat(2).skip(1).shard(2, 0).concatenate(dataset.take(1)).take(2).batch(2)];
    const [swapped] = [...dataset.repeat(2).skip(1).batch(2)];
    for (const batch of [reversed!, swapped!]) {
      expect(batch.bool.data).toEqual(Uint8Array.of(0, 1));
      expect(batch.half).toEqual(tensorValue("float16", [2, 3], Uint16Array.of(4, 5, 6, 1, 2, 3)));
      expect(batch.complex).toEqual(tensorValue("complex64", [2, 1], Float32Array.of(3, 4, 1, 2)));
      expect((batch.long.data as BigInt64Array)[0]).toBe(200n << 33n);
      expect((batch.long.data as BigInt64Array)[200]).toBe(0n);
      expect(batch.bytes.data).toEqual([Uint8Array.of(0), Uint8Array.of(0xff)]);
    }
    const bits = swapped!.double.data as Float64Array;
    expect([...new BigUint64Array(bits.buffer)]).toEqual([0xfff8_0000_0000_0001n, 0x7ff0_0000_dead_beefn]);
    expect(gathered!.bool.shape).toEqual([2]);
  });

  test("a generator may yield plain zeros and empty texts", () => {
    expect([...Dataset.fromGenerator(() => [0, 1])]).toEqual([scalarValue("float32", 0), scalarValue("float32", 1)]);
    expect([...Dataset.fromGenerator(() => ["", "a"])]).toHaveLength(2);
  });

  test("batches own their memory", () => {
    const source = Float32Array.of(1, 2, 3);
    const [batch] = [...Dataset.fromTensorSlices(source).batch(3)];
    (batch!.data as Float32Array)[0] = 9;
    expect(source[0]).toBe(1);
  });
});

describe("shuffle", () => {
  const source = Dataset.range(20);

  test("the same seed gives the same passes, which differ from each other", () => {
    const a = source.shuffle(20, { seed: 5 });
    const b = source.shuffle(20, { seed: 5 });
    const first = numbers(a);
    expect(numbers(b)).toEqual(first);
    expect(numbers(a)).not.toEqual(first);
    const other = numbers(source.shuffle(20, { seed: 6 }));
    expect(other).not.toEqual(first);
  });

  test("without reshuffling, passes and repeats are alike", () => {
    const dataset = source.shuffle(20, { seed: 5, reshuffleEachIteration: false });
    const twice = numbers(dataset.repeat(2));
    expect(twice.slice(0, 20)).toEqual(twice.slice(20));
    expect(numbers(dataset)).toEqual(twice.slice(0, 20));
  });

  test("repeat before shuffle mixes epochs, after it does not", () => {
    const after = numbers(source.shuffle(20, { seed: 1 }).repeat(2));
    expect(new Set(after.slice(0, 20)).size).toBe(20);
    const before = numbers(source.repeat(2).shuffle(40, { seed: 1 }));
    expect(new Set(before.slice(0, 20)).size).toBeLessThan(20);
  });
});

describe("waiting", () => {
  async function* counting(closed: string[]): AsyncGenerator<TensorValue> {
    try {
      for (let i = 0; ; i++) {
        await pause();
        yield scalarValue("int32", i);
      }
    } finally {
      closed.push("closed");
    }
  }

  test("an asynchronous source is refused by for of and closed by leaving for await", async () => {
    const closed: string[] = [];
    const dataset = Dataset.fromGenerator(() => counting(closed));
    expect(() => [...dataset]).toThrow("iterate over it with for await");
    const seen: unknown[] = [];
    for await (const batch of dataset
      .filter(async (x) => Number(toNested(x)) % 2 === 1)
      .batch(2)
      .prefetch(2)) {
      seen.push(toNested(batch));
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([
      [1, 3],
      [5, 7],
    ]);
    expect(closed).toContain("closed");
  });

  test("a synchronous generator is closed too", () => {
    let closed = 0;
    const dataset = Dataset.fromGenerator(function* () {
      try {
        for (;;) yield 1;
      } finally {
        closed++;
      }
    });
    for (const _ of dataset
      .shuffle(3)
      .map((x) => x)
      .batch(2))
      break;
    expect(closed).toBe(1);
    expect([...dataset.take(2)]).toHaveLength(2);
    expect(closed).toBe(2);
  });

  test("a closed cursor gives nothing more", () => {
    const cursor = Dataset.range(5).open();
    expect(toNested(cursor.next() as TensorValue)).toBe(0n);
    cursor.close();
    expect(cursor.next()).toBeUndefined();
  });

  test("prefetch runs ahead by its size while the consumer is away, and passes errors on", async () => {
    let made = 0;
    const dataset = Dataset.range(10).map(async (x) => {
      await pause();
      if (++made === 6) throw new Error("sixth");
      return x;
    });
    const cursor = dataset.prefetch(3).open();
    await cursor.next();
    for (let i = 0; i < 30; i++) await pause();
    expect(made).toBe(4);
    for (let i = 0; i < 4; i++) await cursor.next();
    await expect(cursor.next()).rejects.toThrow("sixth");
  });

  test("many empty inner datasets do not use up the stack", () => {
    const dataset = Dataset.range(30_000).flatMap((x) => Dataset.fromTensors(x).take(toNested(x) === 29_999n ? 1 : 0));
    expect(numbers(dataset)).toEqual([29_999n]);
    expect(numbers(Dataset.range(30_000).filter(() => false))).toEqual([]);
  });
});

test("zip goes on to the shortest; concatenate one after the other", () => {
  const zipped = Dataset.zip([Dataset.range(3), Dataset.range(5).batch(2)]);
  expect([...zipped].map(([a, b]) => [toNested(a), toNested(b)])).toEqual([
    [0n, [0n, 1n]],
    [1n, [2n, 3n]],
    [2n, [4n]],
  ]);
  expect(numbers(Dataset.range(2).concatenate(Dataset.range(5, 7)))).toEqual([0n, 1n, 5n, 6n]);
});

test("cache keeps the first whole pass and nothing of a broken one", () => {
  let made = 0;
  const dataset = Dataset.range(3)
    .map((x) => {
      made++;
      return x;
    })
    .cache();
  for (const _ of dataset) break;
  expect(numbers(dataset)).toEqual([0n, 1n, 2n]);
  expect(numbers(dataset.repeat(2))).toHaveLength(6);
  expect(made).toBe(4);
});

test("paddedBatch pads matrices, texts and each leaf in its own way", () => {
  const dataset = Dataset.fromGenerator(() => [
    { m: [[1, 2]], s: ["a"] },
    { m: [[3], [4]], s: ["b", "c"] },
  ]);
  const [batch] = [
    ...dataset.paddedBatch(2, { paddingValues: { m: -1, s: "?" }, paddedShapes: { m: [-1, 3], s: [-1] } }),
  ];
  expect(toNested(batch!.m)).toEqual([
    [
      [1, 2, -1],
      [-1, -1, -1],
    ],
    [
      [3, -1, -1],
      [4, -1, -1],
    ],
  ]);
  expect(toFlatArray(batch!.s).map((bytes) => new TextDecoder().decode(bytes as Uint8Array))).toEqual([
    "a",
    "?",
    "b",
    "c",
  ]);
});
