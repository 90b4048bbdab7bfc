import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DataOf, DType } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import { stringValue, type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import { rowLineEncoder } from "./encode-row-lines.js";
import { encodeRows, type Output, type RowForm } from "./encode-rows.js";

const encode = rowLineEncoder();

function tensor<D extends DType>(dtype: D, shape: Shape, data: unknown): TensorValue {
  return tensorValue(dtype, shape, data as DataOf[D]);
}

function texts(...values: readonly string[]): TensorValue {
  return stringValue(values.map(encodeText), [values.length]);
}

function expectSame(outputs: readonly Output[], rows: number, form: RowForm): void {
  const expected = encodeRows(outputs, form).map((row) => `${row}\n`);
  expect(decodeText(encode(outputs, rows, form)!)).toBe(expected.join(""));
}

describe("rowLineEncoder", () => {
  it("writes what encodeRows writes, for every kind of output", () => {
    const numbers = [0, -0, 1, -1.5, 1e-4, 9.9e-5, 1e15, 1e16, 1.5e300, -5e-324, Number.NaN, Infinity, -Infinity, 0.1];
    const rows = numbers.length;
    const integers = Array.from({ length: rows }, (_, i) => (i - 3) * 7);
    const big = BigInt64Array.from(integers, (value) => BigInt(value) * 1_000_000_000_000_000n);
    const outputs: Output[] = [
      { alias: "f64", value: tensor("float64", [rows], Float64Array.from(numbers)) },
      { alias: 'f32 "é', value: tensor("float32", [rows, 1], Float32Array.from(numbers)) },
      { alias: "lists", value: tensor("float32", [rows, 3], new Float32Array(rows * 3).fill(1 / 3)) },
      { alias: "none", value: tensor("float32", [rows, 0], new Float32Array()) },
      { alias: "i32", value: tensor("int32", [rows], Int32Array.from(integers)) },
      { alias: "i64", value: tensor("int64", [rows, 1], big) },
      { alias: "u8", value: tensor("uint8", [rows], Uint8Array.from(integers)) },
      { alias: "u64", value: tensor("uint64", [rows], BigUint64Array.from(big)) },
      {
        alias: "bool",
        value: tensor(
          "bool",
          [rows],
          Uint8Array.from(integers, (value) => value & 1),
        ),
      },
      {
        alias: "text",
        value: texts(...numbers.map((_, i) => ["", "a b", 'q"', "b\\", "\n\u0001", "é€😀", "\u007f"][i % 7]!)),
      },
    ];
    expectSame(outputs, rows, "named");
    expectSame(outputs, rows, "bare");
    for (const output of outputs) {
      expectSame([output], rows, "bare");
      expectSame([output], rows, "named");
    }
  });

  it("agrees with encodeRows on whatever numbers and texts, beyond the size that its memory begins with", () => {
    const row = fc.tuple(fc.double(), fc.float(), fc.string({ unit: "binary", maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const outputs: Output[] = [
          {
            alias: "d",
            value: tensor(
              "float64",
              [rows.length],
              Float64Array.from(rows, ([value]) => value),
            ),
          },
          {
            alias: "f",
            value: tensor(
              "float32",
              [rows.length],
              Float32Array.from(rows, ([, value]) => value),
            ),
          },
          { alias: "t", value: texts(...rows.map(([, , text]) => Buffer.from(text).toString())) },
        ];
        expectSame(outputs, rows.length, "named");
      }),
    );
    const long = "x".repeat(100_000);
    expectSame([{ alias: "t", value: texts("a", long, "b", long) }], 4, "bare");
    expectSame(
      [{ alias: "t", value: tensor("float32", [2, 50_000], new Float32Array(100_000).fill(0.1)) }],
      2,
      "named",
    );
  });

  it("puts keys before the outputs", () => {
    const bytes = [encodeText('{"k": "a b"}'), encodeText('{"k": 12}')];
    const keys = { name: 'k"', bytes, starts: [6, 6], ends: [11, 8] };
    const outputs = [{ alias: "y", value: tensor("int32", [2], Int32Array.of(1, 2)) }];
    expect(decodeText(encode(outputs, 2, "named", keys)!)).toBe('{"k\\"": "a b", "y": 1}\n{"k\\"": 12, "y": 2}\n');
  });

  it("leaves what it does not know, and what cannot be written, to encodeRows", () => {
    const one = tensor("float32", [1], Float32Array.of(1));
    const cases: Output[][] = [
      [],
      [{ alias: "a", value: tensor("float32", [], Float32Array.of(1)) }],
      [{ alias: "a", value: tensor("float32", [1, 1, 1], Float32Array.of(1)) }],
      [{ alias: "a", value: tensor("float32", [2], Float32Array.of(1, 2)) }],
      [
        { alias: "a", value: one },
        { alias: "b", value: tensor("int32", [2], Int32Array.of(1, 2)) },
      ],
      [{ alias: "a_bytes", value: texts("a") }],
      [{ alias: "a", value: stringValue([Uint8Array.of(0xff)], [1]) }],
      [{ alias: "a", value: tensor("float16", [1], Uint16Array.of(0)) }],
      [{ alias: "a", value: tensor("complex64", [1], Float32Array.of(0, 0)) }],
    ];
    for (const outputs of cases) expect(encode(outputs, 1, "named")).toBeUndefined();
  });
});
