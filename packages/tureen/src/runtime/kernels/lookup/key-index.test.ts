import fc from "fast-check";
import { expect, test } from "vitest";
import type { DType } from "../../../core/dtype.js";
import { toFlatArray, toTensor } from "../../../core/tensor-value.js";
import { keyIndex } from "./key-index.js";

type Key = bigint | number | Uint8Array;

/** Runs adds and removals against an index and against a plain list, which tells the numbers that keys must have. */
function check(dtype: DType, keys: readonly Key[], removals: readonly boolean[]): void {
  const index = keyIndex(dtype);
  const model: string[] = [];
  const { data } = toTensor([...keys], dtype, [keys.length]);
  keys.forEach((key, i) => {
    const name = String(key);
    const at = model.indexOf(name);
    expect(index.find(data, i)).toBe(at);
    if (removals[i] === true) {
      expect(index.remove(data, i)).toBe(at);
      if (at >= 0) {
        const last = model.pop()!;
        if (at < model.length) model[at] = last;
      }
    } else {
      expect(index.add(data, i)).toBe(at < 0 ? model.length : at);
      if (at < 0) model.push(name);
    }
    expect(index.size).toBe(model.length);
  });
  expect(toFlatArray(index.export()).map(String)).toEqual(model);
}

const removals = fc.array(fc.boolean(), { minLength: 200, maxLength: 200 });

test("byte strings keep their numbers through adds and removals", () => {
  const keys = fc.array(fc.uint8Array({ maxLength: 3, max: 3 }), { maxLength: 200 });
  fc.assert(fc.property(keys, removals, (list, drop) => check("string", list, drop)));
});

test("64-bit integers keep their numbers through adds and removals", () => {
  const key = fc.oneof(fc.bigInt(-4n, 40n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
  fc.assert(fc.property(fc.array(key, { maxLength: 200 }), removals, (list, drop) => check("int64", list, drop)));
});

test("32-bit integers keep their numbers through adds and removals", () => {
  const keys = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200 });
  fc.assert(fc.property(keys, removals, (list, drop) => check("int32", list, drop)));
});

test("a cleared index is empty", () => {
  const index = keyIndex("int64");
  const { data } = toTensor([1n, 2n], "int64");
  index.add(data, 0);
  index.clear();
  expect([index.size, index.find(data, 0), index.add(data, 1)]).toEqual([0, -1, 0]);
});
