import { expect, it } from "vitest";
import { codesOf } from "../core/string-codes.js";
import { encodeText } from "../core/text.js";
import { stringColumn } from "./string-column.js";

const order = (...rows: number[]) => Int32Array.from(rows);

it("gives the rows asked for, with their codes", () => {
  const column = ["a", "b", "a", "c", "b", "d"].map(encodeText);
  const strings = stringColumn(column);
  const first = strings.gather(order(4, 0, 2), 3, 1)!;
  expect(first).toEqual([column[4], column[0], column[2]]);
  const { dictionary, codes } = codesOf(first)!;
  expect([...codes].map((code) => dictionary.words[code])).toEqual(first);
  const pairs = strings.gather(order(2, 0), 2, 2)!;
  expect(pairs).toEqual([column[4], column[5], column[0], column[1]]);
  expect(codesOf(pairs)!.dictionary).toBe(dictionary);
  expect(dictionary.words).toHaveLength(3);
});

it("stops to number a column whose strings do not repeat", () => {
  const column = Array.from({ length: 5000 }, (_, i) => encodeText(`${i}`));
  const strings = stringColumn(column);
  const all = Int32Array.from(column, (_, i) => i);
  const batch = strings.gather(all, 5000, 1)!;
  expect(batch).toEqual(column);
  expect(codesOf(batch)).toBeUndefined();
  expect(strings.gather(all, 3, 1)).toBeUndefined();
});
