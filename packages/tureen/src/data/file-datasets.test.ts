import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import type { TensorValue } from "../core/tensor-value.js";
import { decodeText, encodeText } from "../core/text.js";
import { encodeTfRecords } from "../formats/tf-record.js";
import type { Dataset } from "./dataset.js";
import { textLineDataset, tfRecordDataset } from "./file-datasets.js";

const folder = mkdtempSync(join(tmpdir(), "tureen-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const texts = (dataset: Dataset<TensorValue>): string[] =>
  [...dataset].map((value) => decodeText((value.data as readonly Uint8Array[])[0]!));

test("text lines, as TensorFlow 2.15 reads the same files", () => {
  const lines = file("a.txt", "one\r\ntwo\n\nthree\rx\nlast");
  expect(texts(textLineDataset([file("empty.txt", ""), lines]))).toEqual(["one", "two", "", "threex", "last"]);
  expect(() => texts(textLineDataset("nope.txt"))).toThrow("nope.txt; No such file or directory");
});

test("lines that cross the pieces in which a file is read", () => {
  const long = ["x".repeat(262_143), "y".repeat(600_000), "", "z"];
  expect(texts(textLineDataset(file("long.txt", `${long.join("\n")}\n`)))).toEqual(long);
});

test("TFRecords, plain and gzipped, of several files", () => {
  const bytes = encodeTfRecords([encodeText("a"), encodeText(""), encodeText("ccc")]);
  const plain = file("a.tfrecord", bytes);
  const zipped = file("a.tfrecord.gz", gzipSync(bytes));
  expect(texts(tfRecordDataset([plain, plain]))).toEqual(["a", "", "ccc", "a", "", "ccc"]);
  expect(texts(tfRecordDataset(zipped, { compressionType: "GZIP" }))).toEqual(["a", "", "ccc"]);
  expect(tfRecordDataset(plain).elementSpec()).toEqual({ dtype: "string", shape: [] });
  expect(() => texts(tfRecordDataset(file("bad", "not a record file")))).toThrow("corrupted record at 0");
});
