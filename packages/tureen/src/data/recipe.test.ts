import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringValue } from "../core/tensor-value.js";
import { encodeTfRecords } from "../formats/tf-record.js";
import { Dataset, makeBatchedFeaturesDataset, tfRecordDataset } from "./index.js";
import type { Cursor } from "./stage.js";
import { stageOfRecipe } from "./stage-of-recipe.js";

let folder = "";
let file = "";
/** An Example with one int64 feature `n`. */
const example = (n: number): Uint8Array =>
  Uint8Array.of(0x0a, 0x0c, 0x0a, 0x0a, 0x0a, 1, 0x6e, 0x12, 5, 0x1a, 3, 0x0a, 1, n);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-recipe-"));
  file = join(folder, "examples.tfrecord");
  writeFileSync(file, encodeTfRecords(Array.from({ length: 30 }, (_, i) => example(i))));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function elements(cursor: Cursor<unknown>, most: number): unknown[] {
  const all: unknown[] = [];
  for (let element = cursor.next(); element !== undefined && all.length < most; element = cursor.next())
    all.push(element);
  return all;
}

const rows = (): Dataset<unknown> =>
  Dataset.fromTensorSlices({
    n: Array.from({ length: 23 }, (_, i) => i),
    word: stringValue(Array.from({ length: 23 }, (_, i) => `w${i % 5}`)),
  });

const datasets: Readonly<Record<string, () => Dataset<unknown>>> = {
  "rows, shuffled anew for each pass": () => rows().shuffle(10).repeat(3).batch(4).prefetch(1),
  "rows, cut": () => rows().shard(2, 1).skip(2).take(7).repeat().batch(3, { dropRemainder: true }).prefetch(-1),
  "rows, batched before they are shuffled": () => rows().batch(4).shuffle(3, { seed: 5 }).repeat(2),
  records: () => tfRecordDataset(file).shuffle(8).repeat().batch(7).prefetch(2),
  "records, cut": () => tfRecordDataset([file, file]).skip(3).shard(3, 1).take(9),
  "Examples, parsed": () =>
    makeBatchedFeaturesDataset(file, {
      batchSize: 4,
      features: { n: { kind: "FixedLenFeature", dtype: "int64", shape: [] } },
    }) as Dataset<unknown>,
};

describe("the recipe of a dataset", () => {
  for (const [name, make] of Object.entries(datasets)) {
    it(`makes the same pass: ${name}`, () => {
      const dataset = make();
      for (let pass = 0; pass < 3; pass++) {
        const recipe = structuredClone(dataset.recipe()!);
        const expected = elements(dataset.open(), 40);
        expect(expected.length).toBeGreaterThan(2);
        expect(elements(stageOfRecipe(recipe).open(), 40)).toEqual(expected);
      }
    });
  }

  it("can pass over batches", () => {
    const dataset = datasets["rows, shuffled anew for each pass"]!();
    const cursor = stageOfRecipe(dataset.recipe()!).open();
    cursor.skip!(5);
    expect(elements(cursor, 4)).toEqual(elements(dataset.open(), 9).slice(5));
  });

  it("is missing where functions take part", () => {
    expect(
      rows()
        .map((row) => row as never)
        .recipe(),
    ).toBeUndefined();
    expect(
      rows()
        .filter(() => true)
        .batch(2)
        .prefetch(1)
        .recipe(),
    ).toBeUndefined();
    expect(
      Dataset.fromGenerator(() => [1, 2])
        .batch(2)
        .recipe(),
    ).toBeUndefined();
    expect(rows().cache().batch(2).recipe()).toBeUndefined();
  });
});
