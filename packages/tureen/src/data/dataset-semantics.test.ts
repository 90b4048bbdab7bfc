import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { StatusError } from "../core/status-error.js";
import { type TensorValue, tensorValue, toNested, toTensor } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import { inferDType, parseField } from "./csv-field.js";
import { Dataset } from "./dataset.js";
import { type FixedLengthRecordOptions, fixedLengthRecordDataset } from "./file-datasets.js";

const recorded = JSON.parse(readFileSync(new URL("fixtures/tensorflow-datasets.json", import.meta.url), "utf8")) as {
  readonly orders: Readonly<Record<string, unknown>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly listFiles: {
    readonly files: readonly string[];
    readonly patterns: Readonly<Record<string, readonly string[]>>;
  };
  readonly csvFields: Readonly<
    Record<"float32" | "float64" | "int32" | "int64", Readonly<Record<string, string | null>>>
  >;
  readonly csvInference: readonly { readonly values: readonly string[]; readonly dtype: string }[];
};

const work = mkdtempSync(join(tmpdir(), "tureen-datasets-"));
afterAll(() => rmSync(work, { recursive: true }));
const temporaryFolder = (): string => mkdtempSync(join(work, "files-"));

const range = (start: number, stop?: number, step?: number): Dataset<TensorValue> => Dataset.range(start, stop, step);
const repeated = (x: TensorValue): Dataset<TensorValue> =>
  Dataset.fromTensors(x).repeat(Number((x.data as BigInt64Array)[0]));
const filled = (x: TensorValue): TensorValue => {
  const count = Number((x.data as BigInt64Array)[0]);
  return tensorValue("int64", [count], new BigInt64Array(count).fill(BigInt(count)));
};
const counted = (size: number): Dataset<TensorValue> => range(1, size).map(filled);

const numberOf = (x: TensorValue): number => Number(x.data[0]);
const number = (x: number): TensorValue => toTensor(x, "int64");
const three = (): Dataset<TensorValue>[] => [range(0, 3), range(10, 12), range(20, 23)];
const choices = (...numbers: number[]): Dataset<TensorValue> => Dataset.fromTensorSlices(toTensor(numbers, "int64"));
const lengthOf = (x: TensorValue): number => x.shape[0]!;
const lengths = (): Dataset<TensorValue> =>
  Dataset.fromTensorSlices(toTensor([1, 4, 2, 5, 7, 3, 2, 4, 1, 6, 3], "int64")).map(filled, {
    elementSpec: { dtype: "int64", shape: [-1] },
  });
const buckets = { elementLengthFunc: lengthOf, bucketBoundaries: [3, 5], bucketBatchSizes: [2, 3, 2] };
function inverse(x: TensorValue): TensorValue {
  if (numberOf(x) % 3 === 0) throw new Error("division by zero");
  return toTensor(1 / (numberOf(x) % 3));
}
/** Records of the first fifteen letters, as their code points. */
function fixedRecords(size: number, options?: FixedLengthRecordOptions): Dataset<TensorValue> {
  const file = join(temporaryFolder(), "records");
  writeFileSync(file, "abcdefghijklmno");
  const codes = (x: TensorValue): TensorValue => toTensor([...(x.data[0] as Uint8Array)], "int32");
  return fixedLengthRecordDataset(file, size, options).map(codes);
}

function elements(dataset: Dataset<TensorValue>): unknown {
  const plain = [...dataset].map((value) => toNested(value));
  return JSON.parse(JSON.stringify(plain, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
}

const orders: Record<string, () => Dataset<TensorValue>> = {
  "interleave cycle 2 block 2": () => range(1, 6).interleave(repeated, { cycleLength: 2, blockLength: 2 }),
  "interleave cycle 3 block 1": () => range(1, 6).interleave(repeated, { cycleLength: 3 }),
  "interleave cycle 1 block 3": () => range(1, 6).interleave(repeated, { cycleLength: 1, blockLength: 3 }),
  "interleave with empty": () => range(0, 5).interleave(repeated, { cycleLength: 2 }),
  "shard 3 of 1": () => range(11).shard(3, 1),
  "shard 3 of 2": () => range(11).shard(3, 2),
  "range 5 0 -2": () => range(5, 0, -2),
  "take -1": () => range(3).take(-1),
  "skip -1": () => range(3).skip(-1),
  "repeat 0": () => range(3).repeat(0),
  "repeat of nothing": () => range(0).repeat(),
  "repeat batch": () => range(5).repeat(2).batch(4),
  "batch repeat": () => range(5).batch(4).repeat(2),
  "batch drop": () => range(5).batch(2, { dropRemainder: true }),
  "enumerate 5": () =>
    range(10, 13)
      .enumerate(5)
      .map(([i, x]) => number(numberOf(i) * 100 + numberOf(x))),
  "scan sums": () => range(6).scan(10, (sum, x) => [sum + numberOf(x), number(sum * numberOf(x))] as const),
  "take while": () =>
    range(9)
      .map((x) => number((numberOf(x) * 5) % 7))
      .takeWhile((x) => numberOf(x) !== 3),
  unique: () => Dataset.fromTensorSlices(Int32Array.of(3, 1, 3, 2, 1, 4)).unique(),
  "unique rows": () =>
    Dataset.fromTensorSlices(
      toTensor(
        [
          [1, 2],
          [2, 1],
          [1, 2],
        ],
        "int32",
      ),
    ).unique(),
  "unique repeat": () =>
    Dataset.fromTensorSlices(Int32Array.of(3, 1, 3))
      .unique()
      .repeat(2),
  "groups of 3": () =>
    range(17).groupByWindow({
      keyFunc: (x) => numberOf(x) ** 2 % 5,
      reduceFunc: (_, group) => group.batch(2),
      windowSize: 3,
    }),
  "groups by key": () =>
    range(17).groupByWindow({
      keyFunc: (x) => -(numberOf(x) % 4),
      reduceFunc: (key, group) => group.map((x) => number(numberOf(x) * 10 - key)),
      windowSizeFunc: (key) => 1 - key,
    }),
  "groups of nothing": () =>
    range(0).groupByWindow({ keyFunc: numberOf, reduceFunc: (_, group) => group, windowSize: 2 }),
  choose: () => Dataset.chooseFromDatasets(three(), choices(0, 2, 1, 1, 0, 2, 2)),
  "choose to an end": () => Dataset.chooseFromDatasets(three(), choices(0, 1, 1, 1, 0, 2, 2)),
  "choose beyond ends": () =>
    Dataset.chooseFromDatasets(three(), choices(0, 1, 1, 1, 0, 2, 2, 1, 2), { stopOnEmptyDataset: false }),
  "choose all": () => Dataset.chooseFromDatasets(three(), choices(0, 1, 2).repeat(), { stopOnEmptyDataset: false }),
  "sample of one": () => Dataset.sampleFromDatasets(three(), { weights: [0, 0, 1] }),
  counter: () => Dataset.counter(5, -2).take(4),
  "ignore errors": () => range(6).map(inverse).ignoreErrors(),
  buckets: () => lengths().bucketBySequenceLength(buckets),
  "buckets drop": () => lengths().bucketBySequenceLength({ ...buckets, dropRemainder: true }),
  "buckets to boundary": () =>
    lengths().bucketBySequenceLength({ ...buckets, bucketBoundaries: [3, 9], padToBucketBoundary: true }),
  "buckets to 10 with -1": () =>
    lengths().bucketBySequenceLength({ ...buckets, paddedShapes: [10], paddingValues: -1n }),
  "buckets without padding": () =>
    lengths().bucketBySequenceLength({
      elementLengthFunc: lengthOf,
      bucketBoundaries: [1, 2, 3, 4, 5, 6, 7],
      bucketBatchSizes: Array.from({ length: 8 }, () => 2),
      noPadding: true,
    }),
  "fixed length records": () => fixedRecords(3),
  "fixed length records within": () => fixedRecords(4, { headerBytes: 1, footerBytes: 2 }),
  padded: () => counted(5).paddedBatch(2),
  "padded to 5 with -1": () => counted(5).paddedBatch(2, { paddedShapes: [5], paddingValues: -1n }),
};

for (const [size, shift, stride] of [
  [3, undefined, 1],
  [3, 1, 1],
  [2, 5, 1],
  [3, 2, 2],
  [2, 1, 3],
  [1, 1, 1],
  [4, 6, 2],
] as const) {
  for (const dropRemainder of [false, true]) {
    for (const count of [0, 5, 7, 12]) {
      const name = `window ${size} shift ${shift ?? "None"} stride ${stride}${dropRemainder ? " drop" : ""} of ${count}`;
      orders[name] = () =>
        range(count)
          .window(size, { shift, stride, dropRemainder })
          .flatMap((window) => window.batch(size));
    }
  }
}

const errors: Readonly<Record<string, () => unknown>> = {
  "batch 0": () => range(3).batch(0),
  "shuffle 0": () => range(3).shuffle(0),
  "shard count": () => range(3).shard(0, 0),
  "shard index": () => range(3).shard(3, 3),
  "range step": () => range(1, 5, 0),
  "cycle length": () => range(3).interleave(repeated, { cycleLength: 0 }),
  "block length": () => range(3).interleave(repeated, { cycleLength: 1, blockLength: 0 }),
  prefetch: () => range(3).prefetch(-2),
  "slices of a scalar": () => Dataset.fromTensorSlices(3),
  "slices of two lengths": () => Dataset.fromTensorSlices({ a: [1, 2, 3], b: [1, 2] }),
  "batch of two shapes": () => [...Dataset.fromGenerator(() => [toTensor([1, 2]), toTensor([1, 2, 3])]).batch(2)],
  "padded too small": () => [...counted(5).paddedBatch(2, { paddedShapes: [2] })],
  "unbatch of scalars": () => [...range(3).unbatch()],
  "window size": () => range(3).window(0),
  "window shift": () => range(3).window(2, { shift: 0 }),
  "window stride": () => range(3).window(2, { stride: 0 }),
  "unique of floats": () => [...Dataset.fromTensorSlices([1, 1]).unique()],
  "unique of pairs": () => [...Dataset.fromTensorSlices([Int32Array.of(1, 1), toTensor([2, 3])]).unique()],
  "group size": () => [
    ...range(3).groupByWindow({ keyFunc: numberOf, reduceFunc: (_, group) => group, windowSize: 0 }),
  ],
  "group without size": () => range(3).groupByWindow({ keyFunc: numberOf, reduceFunc: (_, group) => group }),
  "choice out of range": () => [...Dataset.chooseFromDatasets(three(), choices(1, 3))],
  "choice of nothing": () => Dataset.chooseFromDatasets([], choices(1, 3)),
  weights: () => Dataset.sampleFromDatasets(three(), { weights: [1] }),
  "bucket sizes": () => lengths().bucketBySequenceLength({ ...buckets, bucketBatchSizes: [2] }),
  "record bytes": () => fixedRecords(0),
  "unbatch of two lengths": () => [...Dataset.fromTensors({ a: [1, 2, 3], b: [1, 2] }).unbatch()],
};

describe("what TensorFlow 2.15 recorded", () => {
  test.each(Object.keys(recorded.orders))("order: %s", (name) => {
    expect(elements(orders[name]!())).toEqual(recorded.orders[name]);
  });

  test.each(Object.keys(recorded.errors))("error: %s", (name) => {
    expect(() => errors[name]!()).toThrow(
      expect.objectContaining({ name: "StatusError", message: recorded.errors[name]! }),
    );
    expect(errors[name]).toThrow(StatusError);
  });

  test.each(Object.entries(recorded.csvFields))("CSV fields of %s", (dtype, fields) => {
    for (const [text, expected] of Object.entries(fields)) {
      const value = parseField(dtype as "float32", new TextEncoder().encode(text));
      const stored = dtype === "float32" && value !== undefined ? Math.fround(value as number) : value;
      const wanted = expected === null ? undefined : pythonNumber(expected);
      expect([text, stored === undefined ? undefined : Number(stored)]).toEqual([text, wanted]);
    }
  });

  test.each(recorded.csvInference)("CSV inference of $values", ({ values, dtype }) => {
    const fields = values.filter((value) => value !== "").map((value) => new TextEncoder().encode(value));
    expect(inferDType(fields)).toBe(dtype);
  });
});

test.each(Object.entries(recorded.listFiles.patterns))("files of the pattern %s", (pattern, paths) => {
  const folder = temporaryFolder();
  for (const file of recorded.listFiles.files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  const found = (): string[] =>
    [...Dataset.listFiles(join(folder, "/").concat(pattern), { shuffle: false })].map((path) =>
      decodeText(path.data[0] as Uint8Array),
    );
  if (paths.length === 0) expect(found).toThrow(`No files matched pattern: ${folder}/${pattern}`);
  // TensorFlow recorded them from within the folder.
  else expect(found()).toEqual(paths.map((path) => `${folder}/${isFromHere(pattern) ? path : path.slice(2)}`));
});

/** Whether TensorFlow keeps the beginning of a pattern; where its first part has a wildcard it puts "./" before what it finds. */
function isFromHere(pattern: string): boolean {
  return !/^[^/]*[*?[\\]/.test(pattern);
}

function pythonNumber(text: string): number {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}
