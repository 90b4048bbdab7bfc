import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import { toNested } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import { arrayInputFn } from "./array-input-fn.js";
import { jsonlDataset } from "./jsonl-dataset.js";
import { parquetDataset } from "./parquet-dataset.js";
import { tableColumns } from "./table.js";
import type { Columns } from "./table-column.js";

const work = mkdtempSync(join(tmpdir(), "tureen-tables-"));
afterAll(() => rmSync(work, { recursive: true }));

const fixture = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname;

function jsonl(text: string): string {
  const path = join(work, `${Math.random()}.jsonl`);
  writeFileSync(path, text);
  return path;
}

function plain(columns: Columns): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      value.dtype === "string" ? (value.data as Uint8Array[]).map(decodeText) : toNested(value),
    ]),
  );
}

describe("jsonlDataset", () => {
  it("reads rows into columns whose dtypes come from the values", () => {
    const file = jsonl(
      '{"a": 1, "b": 0.5, "c": "x", "d": true, "e": [1, 2], "f": 4000000000}\n\n{"c":"é","a":-2,"b":1,"d":false,"e":[3,4],"f":1}',
    );
    const [batch] = [...jsonlDataset(file).batch(2)];
    expect(
      Object.fromEntries(Object.entries(batch!).map(([name, { dtype, shape }]) => [name, [dtype, ...shape]])),
    ).toEqual({
      a: ["int32", 2],
      b: ["float32", 2],
      c: ["string", 2],
      d: ["bool", 2],
      e: ["int32", 2, 2],
      f: ["int64", 2],
    });
    expect(plain(batch!)).toMatchObject({
      a: [1, -2],
      b: [0.5, 1],
      c: ["x", "é"],
      e: [
        [1, 2],
        [3, 4],
      ],
      f: [4000000000n, 1n],
    });
  });

  it("splits off a label, fills in defaults and takes the dtypes that it is given", () => {
    const file = jsonl('{"a": 1, "y": 0}\n{"a": null, "y": 1}\n{"y": 1, "other": {}}\n');
    const options = {
      labelName: "y",
      selectColumns: ["a", "y"],
      dtypes: { a: "float32", y: "int64" },
      defaults: { a: -1 },
    } as const;
    const [[features, label]] = [...jsonlDataset(file, options).batch(3)] as [readonly [Columns, Columns[string]]];
    expect(plain(features)).toEqual({ a: [1, -1, -1] });
    expect(label).toMatchObject({ dtype: "int64", data: BigInt64Array.of(0n, 1n, 1n) });
  });

  it.each([
    ['{"a":1}\n[2]', {}, /:2: a line has to be a JSON object/],
    ['{"a":1}\n{"a":', {}, /:2: no JSON/],
    ['{"a":1}\n{"a":"x"}', {}, /^Column 'a' mixes texts, booleans or numbers/],
    ['{"a":1}\n{"a":"x"}', { dtypes: { a: "int32" } }, /^Column 'a' is int32, but row 1 has the text 'x'$/],
    ['{"a":1}\n{"a":1.5}', { dtypes: { a: "int64" } }, /^Column 'a' is int64, but row 1 has the number 1.5$/],
    ['{"a":1}\n{"a":300}', { dtypes: { a: "int8" } }, /^Column 'a' is int8, but row 1 has the number 300$/],
    ['{"a":1}\n{"b":1}', {}, /^Column 'a' misses a value in row 1, and has no default for it$/],
    ['{"a":[1]}\n{"a":[1,2]}', {}, /^Column 'a' has shape \[2\] in row 1, not \[1\]/],
    ['{"a":[[1,2],[3]]}', {}, /^Column 'a' has lists of several lengths in row 0$/],
    ['{"a":1}', { selectColumns: ["z"] }, /^There is no column 'z' that `selectColumns` names; the columns are 'a'$/],
    ['{"a":1}', { labelName: "z" }, /^There is no column 'z' that `labelName` names/],
    ['{"a":{"b":1}}', {}, /^Column 'a' holds objects/],
    ["\n", {}, /^There are no rows in /],
  ] as const)("says what is wrong with %j %j", (text, options, message) => {
    expect(() => jsonlDataset(jsonl(text), options as object)).toThrow(message);
  });
});

describe("parquetDataset", () => {
  const { values } = JSON.parse(readFileSync(fixture("table-parquet.json"), "utf8")) as {
    values: Record<string, unknown[]>;
  };
  const names = Object.keys(values);

  it.each(["snappy", "zstd", "gzip", "brotli", "lz4", "none"])("reads pyarrow's columns, %s", async (codec) => {
    const dataset = await parquetDataset(fixture(`table-${codec}.parquet`), {
      selectColumns: names,
      defaults: { gaps: -1 },
    });
    const [batch] = [...dataset.batch(50)];
    const dtypes = Object.fromEntries(Object.entries(batch!).map(([name, { dtype }]) => [name, dtype]));
    expect(dtypes).toEqual({
      small: "int32",
      whole: "int32",
      wide: "int64",
      single: "float32",
      double: "float64",
      truth: "bool",
      text: "string",
      raw: "string",
      gaps: "float32",
      pair: "float32",
      day: "int32",
      moment: "int64",
      price: "float64",
    });
    const read = plain(batch!);
    for (const name of ["small", "whole", "single", "double", "text", "pair", "day", "price"]) {
      expect(read[name], name).toEqual((values[name] as number[]).map((value) => value));
    }
    for (const name of ["wide", "moment"]) expect((read[name] as bigint[]).map(String)).toEqual(values[name]);
    expect((read["truth"] as unknown[]).map(Boolean)).toEqual(values["truth"]);
    expect((batch!["raw"]!.data as Uint8Array[]).map((bytes) => [...bytes])).toEqual(values["raw"]);
    expect(read["gaps"]).toEqual(values["gaps"]!.map((value) => value ?? -1));
  });

  it("says what is wrong", async () => {
    const file = fixture("table-snappy.parquet");
    await expect(parquetDataset(file)).rejects.toThrow(
      "Column 'gaps' misses a value in row 0, and has no default for it",
    );
    await expect(parquetDataset(file, { selectColumns: ["ragged"] })).rejects.toThrow(/^Column 'ragged' has shape/);
    await expect(parquetDataset(file, { selectColumns: ["nothing"] })).rejects.toThrow("There is no column 'nothing'");
    await expect(parquetDataset(file, { selectColumns: ["text"], dtypes: { text: "int32" } })).rejects.toThrow(
      "Column 'text' is int32, but row 0 has bytes",
    );
    await expect(parquetDataset(join(work, "none.parquet"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(parquetDataset(jsonl("no parquet at all"))).rejects.toMatchObject({ code: "DATA_LOSS" });
  });

  it("reads several files of another writer, with a label", async () => {
    const write = (name: string, from: number): string => {
      const filename = join(work, name);
      parquetWriteFile({
        filename,
        columnData: [
          { name: "x", data: Float32Array.of(from, from + 1), type: "FLOAT" },
          { name: "y", data: BigInt64Array.of(BigInt(from), 7n), type: "INT64" },
        ],
      });
      return filename;
    };
    const dataset = await parquetDataset([write("a.parquet", 1), write("b.parquet", 5)], { labelName: "y" });
    const [[features, label]] = [...dataset.batch(4)] as [readonly [Columns, Columns[string]]];
    expect([plain(features), toNested(label)]).toEqual([{ x: [1, 2, 5, 6] }, [1n, 7n, 5n, 7n]]);
    const other = join(work, "other.parquet");
    parquetWriteFile({ filename: other, columnData: [{ name: "x", data: [1], type: "DOUBLE" }] });
    await expect(parquetDataset([join(work, "a.parquet"), other])).rejects.toThrow(
      "All Parquet files must have the same columns",
    );
  });
});

it("makes an input function of a table of row objects", () => {
  const columns = tableColumns([{ age: 22, city: "Bonn" }, { age: 30 }], { defaults: { city: "" } });
  const [batch] = [...arrayInputFn({ x: columns, numEpochs: 1, shuffle: false, batchSize: 2 })()];
  expect(plain(batch as Columns)).toEqual({ age: [22, 30], city: ["Bonn", ""] });
});
