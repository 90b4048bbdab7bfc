import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DType } from "../../core/dtype.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import type { TensorInfo } from "../../saved-model/signature.js";
import { columnarize } from "../predict/columnarize.js";
import { feedColumn } from "../predict/feed-column.js";
import { parseJsonLine } from "../predict/parse-instances.js";
import { numberLineReader } from "./number-lines.js";

const tensor = (name: string, dtype: DType, shape: TensorInfo["shape"] = undefined): TensorInfo => ({
  name,
  dtype,
  shape,
});
const twoInputs = new Map([
  ["a", tensor("a:0", "float32")],
  ["b", tensor("b:0", "int64")],
]);
const oneInput = new Map([["x", tensor("x:0", "float64")]]);

function quick(
  inputs: ReadonlyMap<string, TensorInfo>,
  lines: readonly string[],
): ReadonlyMap<string, TensorValue> | undefined {
  return numberLineReader(inputs)!(lines.map(encodeText))?.feeds;
}

function thorough(inputs: ReadonlyMap<string, TensorInfo>, lines: readonly string[]): ReadonlyMap<string, TensorValue> {
  const items = lines.map((line) => parseJsonLine(encodeText(line)));
  const columns = columnarize({ kind: "array", items }, inputs);
  return new Map(
    [...columns].map(([alias, values]) => [inputs.get(alias)!.name, feedColumn(values, inputs.get(alias)!)]),
  );
}

describe("numberLineReader", () => {
  it.each([
    [['{"a": 1.5, "b": 2}', ' {"b":-7 , "a" : 1e-5}\t']],
    [['{"a": [1, 2.25], "b": [[1], [2]]}', '{"a": [0.30000000000000004, -0.0], "b": [[3], [999999999999999]]}']],
    [['{"a": -0, "b": -0}']],
    [['{"a": 123456789.123456789, "b": 0}', '{"a": 1E+2, "b": 1}', '{"a": 0.00000000000000000000001, "b": 1}']],
  ])("reads %j as the thorough way does", (lines) => {
    const expected = thorough(twoInputs, lines);
    const actual = quick(twoInputs, lines)!;
    expect(actual.size).toBe(2);
    for (const [name, value] of expected) expect(actual.get(name)).toEqual(value);
  });

  it("takes bare values for a signature with one input", () => {
    const lines = ["[1, 2]", '{"x": [3, 4.5]}'];
    expect(quick(oneInput, lines)).toEqual(thorough(oneInput, lines));
  });

  it.each([
    '{"a": 1}',
    '{"a": 1, "b": 1.0}',
    '{"a": 1, "b": 1e3}',
    '{"a": 1, "b": 1, "c": 1}',
    '{"a": 1, "a": 1}',
    '{"a": 1, "b": 1} x',
    '{"a": 01, "b": 1}',
    '{"a": 1., "b": 1}',
    '{"a": .5, "b": 1}',
    '{"a": 1e400, "b": 1}',
    '{"a": NaN, "b": 1}',
    '{"a": "1", "b": 1}',
    '{"a": [], "b": 1}',
    '{"a": [1, [2]], "b": 1}',
    '{"a": [[1], 2], "b": 1}',
    '{"a": [[1], [2, 3]], "b": 1}',
    '{"a": [1,], "b": 1}',
    '{"a": 1, "b": 12345678901234567}',
    '{"a": 1, "b": 1',
    "[1, 2]",
    "",
  ])("leaves %s to the thorough way", (line) => {
    expect(quick(twoInputs, [line])).toBeUndefined();
  });

  it("leaves lines of different shapes, and shapes that the signature does not take", () => {
    expect(quick(twoInputs, ['{"a": [1], "b": 1}', '{"a": [1, 2], "b": 1}'])).toBeUndefined();
    expect(quick(twoInputs, ['{"a": [1], "b": 1}', '{"a": 1, "b": 1}'])).toBeUndefined();
    expect(quick(new Map([["x", tensor("x:0", "float32", [-1, 3])]]), ["[1, 2]"])).toBeUndefined();
  });

  it("has nothing for inputs that are not plain numbers", () => {
    expect(numberLineReader(new Map([["x", tensor("x:0", "string")]]))).toBeUndefined();
    expect(numberLineReader(new Map())).toBeUndefined();
  });

  it.each([
    [
      '{"k": 0, "a": 1, "b": 2}',
      '{"a": 1.5, "k": "x y{}", "b": 2}',
      '{"b": 1, "a": 1, "k" : -120}',
      '{"a": 1, "b": 1, "k": ""}',
    ],
  ])("reads the keys of lines like %s as they are written", (...lines) => {
    const { feeds, keys } = numberLineReader(twoInputs, "k")!(lines.map(encodeText))!;
    const bare = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), k: undefined }));
    expect(feeds).toEqual(thorough(twoInputs, bare));
    expect(keys!.name).toBe("k");
    const texts = lines.map((_, i) => decodeText(keys!.bytes[i]!.subarray(keys!.starts[i], keys!.ends[i])));
    expect(texts).toEqual(lines.map((line) => JSON.stringify((JSON.parse(line) as { readonly k: unknown }).k)));
  });

  it.each([
    '{"a": 1, "b": 1}',
    '{"a": 1, "b": 1, "k": 1.0}',
    '{"a": 1, "b": 1, "k": 1e3}',
    '{"a": 1, "b": 1, "k": -0}',
    '{"a": 1, "b": 1, "k": 01}',
    '{"a": 1, "b": 1, "k": -}',
    '{"a": 1, "b": 1, "k": null}',
    '{"a": 1, "b": 1, "k": [1]}',
    '{"a": 1, "b": 1, "k": "é"}',
    '{"a": 1, "b": 1, "k": "\\n"}',
    '{"a": 1, "b": 1, "k": "x',
    '{"a": 1, "b": 1, "k": 1234567890123456}',
    '{"k": 1, "a": 1, "b": 1, "k": 2}',
    '{"k": 1, "a": 1, "a": 1, "b": 1}',
    '{"k": 1, "a": 1}',
    '{"k": 1, "a": 1, "b": 1, "c": 1}',
  ])("leaves keys like that of %s to the thorough way", (line) => {
    expect(numberLineReader(twoInputs, "k")!([encodeText(line)])).toBeUndefined();
  });

  it("has nothing for a key that is an input", () => {
    expect(numberLineReader(twoInputs, "a")).toBeUndefined();
  });

  it("agrees with the thorough way on whatever numbers", () => {
    const row = fc.record({
      a: fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 2 }),
      b: fc.integer(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const lines = rows.map((value) => JSON.stringify(value));
        const actual = quick(twoInputs, lines);
        if (actual !== undefined) expect(actual).toEqual(thorough(twoInputs, lines));
      }),
    );
  });
});
