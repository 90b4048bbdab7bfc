import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { encodeTfRecords } from "../formats/tf-record.js";
import { Dataset } from "./dataset.js";
import { tfRecordDataset } from "./file-datasets.js";
import type { Recipe } from "./recipe.js";
import { stageOfRecipe } from "./stage-of-recipe.js";

const folder = mkdtempSync(join(tmpdir(), "tureen-texts-"));
afterAll(() => rmSync(folder, { recursive: true }));
const records = Array.from({ length: 23 }, (_, i) => encodeText(`record ${i}`));
const file = join(folder, "records");
writeFileSync(file, encodeTfRecords(records));
const none = join(folder, "none");
writeFileSync(none, new Uint8Array());

/** The same elements from a source that hides that they are strings. */
const hidden = (): Dataset<TensorValue> =>
  Dataset.fromGenerator<TensorValue>(
    function* () {
      for (const record of records) yield tensorValue("string", [], [record]);
    },
    { elementSpec: { dtype: "string", shape: [] } },
  );

test.each<[string, (dataset: Dataset<TensorValue>) => Dataset<TensorValue>]>([
  ["batches", (dataset) => dataset.batch(5)],
  ["whole batches", (dataset) => dataset.batch(5, { dropRemainder: true })],
  ["shuffled", (dataset) => dataset.shuffle(7, { seed: 3 }).batch(4)],
  ["more than there are in a buffer", (dataset) => dataset.shuffle(100, { seed: 4 }).repeat(2).batch(6)],
  [
    "repeated, then shuffled twice",
    (dataset) =>
      dataset.repeat(3).shuffle(10, { seed: 5 }).shuffle(5, { seed: 6, reshuffleEachIteration: false }).batch(8),
  ],
  ["one by one", (dataset) => dataset.shuffle(9, { seed: 1 }).repeat(2)],
  ["no pass at all", (dataset) => dataset.repeat(0).batch(2)],
])("records come as other elements do: %s", (_, pipeline) => {
  const [ours, theirs] = [pipeline(tfRecordDataset(file)), pipeline(hidden())];
  // Twice: shuffles go on with their seeds.
  for (let pass = 0; pass < 2; pass++) expect([...ours]).toEqual([...theirs]);
});

test("an empty file, over and over, is empty", () => {
  expect([...tfRecordDataset(none).repeat().batch(3)]).toEqual([]);
  expect([...tfRecordDataset([none, file, none]).batch(30)]).toHaveLength(1);
});

test("passing over batches is pulling them", () => {
  const recipe: Recipe = {
    kind: "batch",
    size: 5,
    dropRemainder: false,
    source: {
      kind: "shuffle",
      bufferSize: 6,
      state: { seed: 1, reshuffleEachIteration: true, pass: 0 },
      source: { kind: "repeat", count: 2, source: { kind: "tfRecord", files: [file], compression: "" } },
    },
  };
  const pulling = stageOfRecipe(recipe).open();
  const pulled = Array.from({ length: 5 }, () => pulling.next());
  const skipping = stageOfRecipe(recipe).open();
  skipping.skip!(4);
  expect(skipping.next()).toEqual(pulled[4]);
  skipping.skip!(100);
  expect(skipping.next()).toBeUndefined();
});
