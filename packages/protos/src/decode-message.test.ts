import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { create, type DescField, type DescMessage, fromBinary, ScalarType, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessage } from "./decode-message.js";
import {
  BatchingParametersSchema,
  ConfigProtoSchema,
  ExampleSchema,
  GraphDefSchema,
  PredictRequestSchema,
  SavedModelSchema,
  SequenceExampleSchema,
  StructuredValueSchema,
  TensorProtoSchema,
} from "./index.js";
import { WireError } from "./wire-error.js";

const schemas = [
  ConfigProtoSchema,
  ExampleSchema,
  GraphDefSchema,
  PredictRequestSchema,
  SavedModelSchema,
  SequenceExampleSchema,
  TensorProtoSchema,
  BatchingParametersSchema,
] as const;

const byte = fc.nat(255);
const fixed = (width: number): fc.Arbitrary<number[]> => fc.array(byte, { minLength: width, maxLength: width });
const varint: fc.Arbitrary<number[]> = fc
  .oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  .map(varintOf);
// fromBinary loses a map key called __proto__; a test below says what becomes of it here.
const text: fc.Arbitrary<number[]> = fc
  .string({ unit: "grapheme", maxLength: 9 })
  .filter((value) => value !== "__proto__")
  .map((value) => delimited([...Buffer.from(value)]));
const blob: fc.Arbitrary<number[]> = fc.array(byte, { maxLength: 9 }).map(delimited);

function varintOf(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}

function delimited(bytes: number[]): number[] {
  return [...varintOf(BigInt(bytes.length)), ...bytes];
}

function scalar(type: ScalarType): { wire: number; bytes: fc.Arbitrary<number[]> } {
  switch (type) {
    case ScalarType.STRING:
      return { wire: 2, bytes: text };
    case ScalarType.BYTES:
      return { wire: 2, bytes: blob };
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return { wire: 5, bytes: fixed(4) };
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return { wire: 1, bytes: fixed(8) };
    default:
      return { wire: 0, bytes: varint };
  }
}

/** Wire bytes of one occurrence of a field, packed or not where it is a list of numbers. */
function occurrence(field: DescField, depth: number): fc.Arbitrary<number[]> {
  const tag = (wire: number): number[] => varintOf(BigInt(field.number * 8 + wire));
  if (field.fieldKind === "map") {
    const key = scalar(field.mapKey);
    const value = field.message
      ? { wire: 2, bytes: wire(field.message, depth + 1).map(delimited) }
      : scalar(field.scalar ?? ScalarType.INT32);
    return fc
      .tuple(fc.option(key.bytes), fc.option(value.bytes))
      .map(([k, v]) => [
        ...tag(2),
        ...delimited([...(k ? [8 + key.wire, ...k] : []), ...(v ? [16 + value.wire, ...v] : [])]),
      ]);
  }
  if (field.message !== undefined)
    return wire(field.message, depth + 1).map((bytes) => [...tag(2), ...delimited(bytes)]);
  const one = scalar(field.scalar ?? ScalarType.INT32);
  const single = one.bytes.map((bytes) => [...tag(one.wire), ...bytes]);
  if (field.fieldKind !== "list" || one.wire === 2) return single;
  return fc.oneof(
    single,
    fc.array(one.bytes, { maxLength: 4 }).map((list) => [...tag(2), ...delimited(list.flat())]),
  );
}

/** Wire bytes of a message: its fields in any order and number, and some unknown ones. */
function wire(schema: DescMessage, depth = 0): fc.Arbitrary<number[]> {
  const unknown = fc.constantFrom<number[][]>(
    [0xc0, 0xbb, 1, 7],
    [0xc5, 0xbb, 1, 1, 2, 3, 4],
    [0xc2, 0xbb, 1, 2, 8, 9],
    [0xc3, 0xbb, 1, 8, 1, 0xc4, 0xbb, 1],
  );
  if (schema.fields.length === 0) return unknown;
  const known = fc
    .constantFrom(...schema.fields)
    .chain((field) => (depth > 5 && field.message ? fc.constant<number[]>([]) : occurrence(field, depth)));
  return fc
    .array(fc.oneof({ weight: 9, arbitrary: known }, { weight: 1, arbitrary: unknown }), {
      maxLength: depth > 2 ? 2 : 6,
    })
    .map((list) => list.flat());
}

test("what fromBinary reads, it reads the same", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...schemas).chain((schema) => fc.tuple(fc.constant(schema), wire(schema))),
      ([schema, list]) => {
        const bytes = Uint8Array.from(list);
        expect(decodeMessage(schema, bytes)).toStrictEqual(fromBinary(schema, bytes));
      },
    ),
    { numRuns: 1500 },
  );
});

test("noise ends in a message or a WireError", () => {
  fc.assert(
    fc.property(fc.constantFrom(...schemas), fc.uint8Array({ maxLength: 50 }), (schema, bytes) => {
      try {
        decodeMessage(schema, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("messages do not nest without end", () => {
  let bytes = new Uint8Array(0);
  for (let i = 0; i < 200; i++) {
    // StructuredValue.list_value = 51, ListValue.values = 1.
    bytes = Uint8Array.of(0x9a, 3, ...delimited([10, ...delimited([...bytes])]));
  }
  expect(() => decodeMessage(StructuredValueSchema, bytes)).toThrow("messages nest deeper than 100");
});

test("a map key called __proto__ is a key", () => {
  const bytes = Uint8Array.of(10, 13, 10, 11, 10, 9, ...Buffer.from("__proto__"));
  const feature = decodeMessage(ExampleSchema, bytes).features?.feature;
  expect(Object.keys(feature ?? {})).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(feature)).toBe(Object.prototype);
});

test("wrapper types go through fromBinary", () => {
  const message = create(BatchingParametersSchema, { maxBatchSize: 8n, threadPoolName: "t" });
  expect(decodeMessage(BatchingParametersSchema, toBinary(BatchingParametersSchema, message))).toStrictEqual(message);
});

const models: string = fileURLToPath(new URL("../../../../shared/models", import.meta.url));

test("recorded SavedModels read as fromBinary reads them", (context) => {
  if (!existsSync(models)) context.skip("the shared models are not here");
  const files = readdirSync(models, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("saved_model.pb"),
  );
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(`${models}/${file}`));
    const read = decodeMessage(SavedModelSchema, bytes);
    expect(isDeepStrictEqual(read, fromBinary(SavedModelSchema, bytes)), file).toBe(true);
  }
});
