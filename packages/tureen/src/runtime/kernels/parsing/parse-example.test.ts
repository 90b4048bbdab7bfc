import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TensorValue, toFlatArray, zeros } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import { WireWriter } from "../../../formats/wire-format.js";
import type { ExampleSpec, FeatureDType } from "./example-spec.js";
import { ExampleParser } from "./parse-example.js";

type Values =
  | { readonly dtype: "float32"; readonly values: readonly number[] }
  | { readonly dtype: "int64"; readonly values: readonly bigint[] }
  | { readonly dtype: "string"; readonly values: readonly Uint8Array[] };

const kinds = { string: 1, float32: 2, int64: 3 } as const;

function varint(writer: WireWriter, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  writer.raw(Uint8Array.from([...bytes, Number(rest)]));
}

function listBytes(feature: Values, packed: boolean): Uint8Array {
  const list = new WireWriter();
  const body = packed ? new WireWriter() : list;
  for (const value of feature.values) {
    if (typeof value === "number") (packed ? body : body.tag(1, 5)).float(value);
    else if (typeof value === "bigint") varint(packed ? body : body.tag(1, 0), value);
    else list.bytesField(1, value);
  }
  if (packed && feature.dtype !== "string") list.bytesField(1, body.finish());
  return list.finish().slice();
}

/** A serialized Example with the entries in the order given. */
function example(entries: readonly (readonly [string, Values])[], packed = true): Uint8Array {
  const features = new WireWriter();
  for (const [key, feature] of entries) {
    const value = new WireWriter().bytesField(kinds[feature.dtype], listBytes(feature, packed)).finish();
    features.bytesField(1, new WireWriter().bytesField(1, encodeText(key)).bytesField(2, value).finish());
  }
  return new WireWriter().bytesField(1, features.finish()).finish().slice();
}

function sparse(keys: Readonly<Record<string, FeatureDType>>): ExampleSpec {
  return {
    dense: [],
    ragged: [],
    sparse: Object.entries(keys).map(([key, dtype]) => ({ kind: "sparse", key: encodeText(key), dtype })),
  };
}

const anyValues: fc.Arbitrary<Values> = fc.oneof(
  fc.array(fc.float()).map((values) => ({ dtype: "float32" as const, values })),
  fc
    .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
    .map((values) => ({ dtype: "int64" as const, values })),
  fc.array(fc.uint8Array({ maxLength: 60 })).map((values) => ({ dtype: "string" as const, values })),
);

function flat(value: TensorValue): unknown[] {
  return toFlatArray(value);
}

describe("what an Example holds comes out", () => {
  test.each([true, false])("as sparse features, packed %s", (packed) => {
    const rows = fc.array(fc.array(anyValues, { minLength: 3, maxLength: 3 }), { maxLength: 5 });
    const wanted = { float32: "f", int64: "i", string: "s" } as const;
    const parser = new ExampleParser(sparse({ f: "float32", i: "int64", s: "string" }));
    fc.assert(
      fc.property(rows, (batch) => {
        // The last entry of a key counts.
        const expected = batch.map(
          (row) => new Map(row.map((values) => [wanted[values.dtype], values.values] as const)),
        );
        const parsed = parser.parseBatch(
          batch.map((row) => example([...row.map((v) => [wanted[v.dtype], v] as const), ["other", row[0]!]], packed)),
          [],
        );
        ["f", "i", "s"].forEach((key, k) => {
          const values = expected.map((row) => row.get(key as "f") ?? []);
          expect(flat(parsed.sparseValues[k]!)).toEqual(values.flat());
          expect(flat(parsed.sparseIndices[k]!)).toEqual(
            values.flatMap((list, row) => [...list].flatMap((_, column) => [BigInt(row), BigInt(column)])),
          );
          const longest = Math.max(0, ...values.map((list) => list.length));
          expect(flat(parsed.sparseShapes[k]!)).toEqual([BigInt(batch.length), BigInt(longest)]);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("whatever bytes come, parsing ends with a value or an INVALID_ARGUMENT", () => {
    const parser = new ExampleParser(sparse({ a: "float32", b: "int64", c: "string" }));
    const whole = example([
      ["a", { dtype: "float32", values: [1, 2] }],
      ["b", { dtype: "int64", values: [3n] }],
      ["c", { dtype: "string", values: [encodeText("x")] }],
    ]);
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), (list, end) => {
        const bytes = whole.slice(0, end);
        for (const [at, byte] of list) if (at < end) bytes[at] = byte;
        try {
          parser.parseBatch([bytes], []);
        } catch (error) {
          expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

test("a failed batch leaves nothing behind for the next", () => {
  const parser = new ExampleParser(sparse({ a: "int64" }));
  const good = example([["a", { dtype: "int64", values: [7n, 8n] }]]);
  const bad = example([["a", { dtype: "float32", values: [1] }]]);
  expect(() => parser.parseBatch([good, bad], [])).toThrow("Data types don't match");
  expect(flat(parser.parseBatch([good], []).sparseValues[0]!)).toEqual([7n, 8n]);
});

test("strings do not share memory with the request once they are pooled", () => {
  const parser = new ExampleParser(sparse({ s: "string" }));
  const bytes = example([["s", { dtype: "string", values: [encodeText("Private")] }]]);
  const first = flat(parser.parseBatch([bytes], []).sparseValues[0]!)[0];
  bytes.fill(0);
  expect(first).toEqual(encodeText("Private"));
});

test("two features of one key are refused", () => {
  const twice: ExampleSpec = {
    ...sparse({ a: "int64" }),
    dense: [
      { kind: "dense", key: encodeText("a"), dtype: "int64", shape: [], stride: 1, defaultValue: zeros("int64", [0]) },
    ],
  };
  expect(() => new ExampleParser(twice)).toThrow("Could not avoid collision");
});
