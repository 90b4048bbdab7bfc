import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeExample } from "@tureen/protos/example";
import { afterAll, describe, expect, it } from "vitest";
import { toNested, toTensor } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import { encodeTfRecords } from "../formats/tf-record.js";
import { Dataset } from "./dataset.js";
import { decodeElement, encodeElement } from "./element-bytes.js";
import { type ExampleFeatures, makeBatchedFeaturesDataset, parseExamples } from "./example-features.js";
import { tfRecordDataset } from "./file-datasets.js";

const work = mkdtempSync(join(tmpdir(), "tureen-cache-"));
afterAll(() => rmSync(work, { recursive: true }));

describe("encodeElement", () => {
  it("gives back what it was given", () => {
    const element = [
      { b: toTensor(["x", "", "länger"]), a: toTensor([[1n], [2n]], "int64") },
      toTensor(1.5, "float64"),
      toTensor([1, 2, 3], "uint8"),
      toTensor([], "float32"),
    ] as const;
    const bytes = encodeElement(element);
    expect(decodeElement(bytes)).toEqual(element);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeElement(shifted.subarray(1))).toEqual(element);
    expect(() => decodeElement(bytes.subarray(0, 20))).toThrow(/^no element of a dataset/);
  });
});

describe("cache", () => {
  it("keeps elements in a file that later datasets read", () => {
    let made = 0;
    const path = join(work, "sub", "numbers");
    const squares = (): Dataset<unknown> =>
      Dataset.range(5)
        .map((value) => {
          made++;
          return { square: toTensor(Number(toNested(value)) ** 2) };
        })
        .cache(path);
    const first = squares();
    const read = (dataset: Dataset<unknown>): unknown[] =>
      [...dataset].map((element) => toNested((element as { square: never }).square));
    for (const _ of first) break;
    expect(existsSync(path)).toBe(false);
    expect(read(first)).toEqual([0, 1, 4, 9, 16]);
    expect(readdirSync(join(work, "sub"))).toEqual(["numbers"]);
    const before = made;
    expect(read(first)).toEqual([0, 1, 4, 9, 16]);
    expect(read(squares())).toEqual([0, 1, 4, 9, 16]);
    expect(squares().elementSpec()).toEqual({ square: { dtype: "float32", shape: [] } });
    expect(made).toBe(before);
    writeFileSync(path, "something else");
    expect(() => read(squares())).toThrow(expect.objectContaining({ code: "DATA_LOSS" }));
  });

  it("keeps a batch's unknown size unknown", () => {
    const dataset = Dataset.range(5).batch(2).cache(join(work, "batches"));
    expect([...dataset].map((batch) => batch.shape)).toEqual([[2], [2], [1]]);
    expect(dataset.elementSpec()).toEqual({ dtype: "int64", shape: [-1] });
  });
});

describe("parallelMap", () => {
  const module = new URL("./testing/worker-functions.ts", import.meta.url);

  it("applies an exported function in order", async () => {
    const seen: unknown[] = [];
    for await (const element of Dataset.range(20).parallelMap<{ twice: never; text: never }>(module, { workers: 2 })) {
      seen.push([toNested(element.twice), decodeText((element.text as { data: Uint8Array[] }).data[0]!)]);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => [2 * i, `n${i}`]));
  });

  it("passes on errors, and says which export is missing", async () => {
    const pull = async (functionName: string): Promise<number> => {
      let count = 0;
      for await (const _ of Dataset.range(6).parallelMap(module, { functionName, workers: 1 })) count++;
      return count;
    };
    await expect(pull("failing")).rejects.toThrow("three is too many");
    await expect(pull("nothing")).rejects.toThrow("exports no function 'nothing'");
    expect(() => Dataset.range(1).parallelMap(module, { workers: 0 })).toThrow("Must specify workers > 0, given: 0");
  });
});

describe("parseExamples", () => {
  const file = join(work, "examples.tfrecord");
  const examples = [
    { x: [1.5, 2], city: "a", tags: ["p", "q"], y: 1n },
    { x: [3, 4], tags: ["r"], y: 0n },
    { x: [5, 6], city: "c", y: 1n },
  ];
  writeFileSync(file, encodeTfRecords(examples.map((example) => encodeExample(example))));
  const features: ExampleFeatures = {
    x: { kind: "FixedLenFeature", dtype: "float32", shape: [2] },
    city: { kind: "FixedLenFeature", dtype: "string", shape: [], defaultValue: "?" },
    tags: { kind: "VarLenFeature", dtype: "string" },
    y: { kind: "FixedLenFeature", dtype: "int64", shape: [] },
  };
  const texts = (value: { data: unknown }): string[] => (value.data as Uint8Array[]).map(decodeText);

  it("gives features and a label", () => {
    const dataset = parseExamples(tfRecordDataset(file).batch(2), features, { labelKey: "y" });
    expect(dataset.elementSpec()).toEqual([
      {
        city: { dtype: "string", shape: [-1] },
        tags: { dtype: "string", shape: [-1, -1] },
        x: { dtype: "float32", shape: [-1, 2] },
      },
      { dtype: "int64", shape: [-1] },
    ]);
    const [[first, label], [second]] = [...dataset] as [
      readonly [Record<string, never>, never],
      readonly [Record<string, never>, never],
    ];
    expect(toNested(first["x"]!)).toEqual([
      [1.5, 2],
      [3, 4],
    ]);
    expect([texts(first["city"]!), texts(first["tags"]!), toNested(label)]).toEqual([
      ["a", "?"],
      ["p", "q", "r", ""],
      [1n, 0n],
    ]);
    expect(second["tags"]).toMatchObject({ shape: [1, 0] });
  });

  it("repeats and shuffles as make_batched_features_dataset does", () => {
    const options = { features, batchSize: 2, numEpochs: 2, shuffleSeed: 3 } as const;
    expect([...makeBatchedFeaturesDataset(file, options)].map(({ x }) => x!.shape[0])).toEqual([2, 2, 2]);
    const endless = makeBatchedFeaturesDataset(file, { features, batchSize: 2, labelKey: "y" }).take(5);
    expect([...endless].map(([, y]) => y.shape)).toEqual([[2], [2], [2], [2], [2]]);
  });

  it("says what is wrong", () => {
    const batches = tfRecordDataset(file).batch(2);
    expect(() => parseExamples(batches, features, { labelKey: "z" })).toThrow(
      "The `label_key` provided (z) must be one of the `features` keys.",
    );
    expect(() => parseExamples(batches, { v: { kind: "VarLenFeature", dtype: "float32" } })).toThrow(
      /^Feature 'v' is a VarLenFeature of floats/,
    );
    expect(() => parseExamples(batches, { v: { kind: "SparseFeature", dtype: "float32" } })).toThrow(
      /^Feature 'v': a SparseFeature/,
    );
    expect(() => [...parseExamples(tfRecordDataset(file), features)]).toThrow(/batch before it/);
    expect(() => [...parseExamples(batches, { z: { kind: "FixedLenFeature", dtype: "float32", shape: [] } })]).toThrow(
      /Feature: z \(data type: float\) is required but could not be found/,
    );
  });
});
