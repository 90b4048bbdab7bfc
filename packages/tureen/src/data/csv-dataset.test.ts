import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { type TensorValue, toFlatArray, toNested } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import { csvDataset, makeCsvDataset } from "./csv-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "tureen-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const mixed = file("mixed.csv", 'i,l,f,d,s,m\n1,5000000000,1.5,1e300,abc,NA\n,,,,,\n3,4,2,3.5,"q,""x""",7\n');

function columns(features: Readonly<Record<string, TensorValue>>): Record<string, unknown[]> {
  return Object.fromEntries(
    Object.entries(features).map(([name, value]) => [
      name,
      toFlatArray(value).map((item) => (item instanceof Uint8Array ? decodeText(item) : item)),
    ]),
  );
}

test("dtypes are inferred, and what is missing there is zero or empty", () => {
  const rows = csvDataset(mixed);
  expect(rows.elementSpec()).toEqual({
    i: { dtype: "int32", shape: [] },
    l: { dtype: "int64", shape: [] },
    f: { dtype: "float32", shape: [] },
    d: { dtype: "float64", shape: [] },
    s: { dtype: "string", shape: [] },
    m: { dtype: "string", shape: [] },
  });
  const [batch] = [...rows.batch(3)];
  expect(columns(batch!)).toEqual({
    i: [1, 0, 3],
    l: [5000000000n, 0n, 4n],
    f: [1.5, 0, 2],
    d: [1e300, 0, 3.5],
    s: ["abc", "", 'q,"x"'],
    m: ["NA", "", "7"],
  });
});

test("a label, an NA text, chosen columns, dtypes and defaults", () => {
  const rows = csvDataset(mixed, {
    labelName: "i",
    selectColumns: ["m", "i", "f"],
    naValue: "NA",
    defaults: { m: -1, i: 9, f: 0.5 },
    dtypes: { f: "float64", i: "int64" },
  });
  const [[features, label]] = [...rows.batch(3)] as unknown as [[Record<string, TensorValue>, TensorValue]];
  expect(columns(features)).toEqual({ f: [1.5, 0.5, 2], m: [-1, -1, 7] });
  expect(label.dtype).toBe("int64");
  expect(toNested(label)).toEqual([1n, 9n, 3n]);
});

describe("errors in TensorFlow's words", () => {
  const cases: readonly (readonly [string, () => unknown])[] = [
    [
      "`label_name` provided must be one of the columns: ['i', 'l', 'f', 'd', 's', 'm']. Received: zz.",
      () => csvDataset(mixed, { labelName: "zz" }),
    ],
    [
      "Column zz specified in `select_columns` must be of one of the columns: dict_keys(['i', 'l', 'f', 'd', 's', 'm']).",
      () => csvDataset(mixed, { selectColumns: ["zz"] }),
    ],
    [
      "Either `column_names` argument or CSV header row contains duplicate column names: {'a'}.",
      () => csvDataset(mixed, { columnNames: ["a", "a", "b", "c", "d", "e"] }),
    ],
    ["Expected `column_names` or `header` arguments. Neither is provided.", () => csvDataset(mixed, { header: false })],
    [
      "Field 0 in record is not a valid int32: foo",
      () => csvDataset(file("a.csv", "x,y\n1,2\nfoo,3\n"), { dtypes: { x: "int32" } }),
    ],
    [
      "Field 1 is required but missing in record!",
      () => csvDataset(file("b.csv", "x,y\n1,\n"), { dtypes: { y: "float32" } }),
    ],
    ["Expect 2 fields but have 1 in record", () => csvDataset(file("c.csv", "x,y\n1,2\n3\n"))],
    ["Expect 2 fields but have more in record", () => csvDataset(file("d.csv", "x,y\n1,2\n3,4,5\n"))],
    ["nothing.csv; No such file or directory", () => csvDataset("nothing.csv")],
    [
      `All input CSV files should have the same column names in the header row. File ${join(folder, "f.csv")} has different column names.`,
      () => csvDataset([file("e.csv", "x,y\n1,2\n"), file("f.csv", "x,z\n1,2\n")]),
    ],
    ["Field 0 in record is not a valid int32: 2.5", () => csvDataset(file("g.csv", `x\n${"1\n".repeat(100)}2.5\n`))],
  ];
  test.each(cases)("%s", (message, read) => {
    expect(read).toThrow(message);
  });
});

test("more rows may infer", () => {
  const late = csvDataset(file("h.csv", `x\n${"1\n".repeat(100)}2.5\n`), { numRowsForInference: 101 });
  expect(late.elementSpec()).toEqual({ x: { dtype: "float32", shape: [] } });
});

test("makeCsvDataset shuffles, repeats and batches", () => {
  const two = [file("m1.csv", "x,y\n1,2\n3,4\n"), file("m2.csv", "x,y\n5,6\n")];
  const inOrder = [...makeCsvDataset(two, { batchSize: 2, shuffle: false, numEpochs: 2, labelName: "y" })];
  expect(inOrder.map(([features, label]) => [toNested(features["x"]!), toNested(label)])).toEqual([
    [
      [1, 3],
      [2, 4],
    ],
    [
      [5, 1],
      [6, 2],
    ],
    [
      [3, 5],
      [4, 6],
    ],
  ]);
  const endless = makeCsvDataset(two, { batchSize: 2, shuffleSeed: 3 });
  expect(endless.elementSpec()).toEqual({ x: { dtype: "int32", shape: [2] }, y: { dtype: "int32", shape: [2] } });
  const all = [...endless.take(3)].flatMap(({ x }) => toNested(x!) as number[]);
  expect(all.toSorted((a, b) => a - b)).toEqual([1, 1, 3, 3, 5, 5]);
});

describe("the tables of the examples", () => {
  const example = (path: string): string => fileURLToPath(new URL(`../../../../examples/${path}`, import.meta.url));

  test("digits", () => {
    const digits = csvDataset(example("digits/data/digits.csv"), { labelName: "label" });
    const [[pixels, label]] = [...digits.batch(2000)] as unknown as [[Record<string, TensorValue>, TensorValue]];
    expect(Object.keys(pixels)).toHaveLength(64);
    expect(label.shape).toEqual([1797]);
    expect(new Set(toFlatArray(label)).size).toBe(10);
    expect(
      Object.values(pixels).every(({ dtype, data }) => dtype === "int32" && Math.max(...(data as Int32Array)) <= 16),
    ).toBe(true);
  });

  test("penguins", () => {
    const penguins = csvDataset(example("penguins/data/penguins.csv"), {
      labelName: "sex",
      defaults: { delta_15_n: 0 },
    });
    const [features, label] = penguins.elementSpec() as unknown as [
      Record<string, { dtype: string }>,
      { dtype: string },
    ];
    expect(label.dtype).toBe("string");
    expect(Object.entries(features).map(([name, { dtype }]) => `${name}:${dtype}`)).toEqual([
      "species:string",
      "island:string",
      "nest:string",
      "clutch_completion:string",
      "bill_length_mm:float32",
      "bill_depth_mm:float32",
      "flipper_length_mm:int32",
      "body_mass_g:int32",
      "delta_15_n:float32",
      "delta_13_c:float32",
      "year:int32",
    ]);
    expect([...penguins]).toHaveLength(333);
  });

  test("fuel economy", () => {
    const cars = csvDataset(example("fuel-economy/data/fuel-economy.csv"), {
      labelName: "highway_mpg",
      dtypes: { drive: "string" },
    });
    const [[features]] = [...cars.batch(300)] as unknown as [[Record<string, TensorValue>, TensorValue]];
    expect(features["drive"]!.shape).toEqual([234]);
    expect(new Set(columns({ drive: features["drive"]! })["drive"])).toEqual(new Set(["f", "r", "4"]));
  });
});
