import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codesOf } from "../../../core/string-codes.js";
import { type TensorValue, toTensor, zeros } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import { WireWriter } from "../../../formats/wire-format.js";
import { BatchParser } from "./batch-parser.js";
import { ExampleColumn } from "./example-column.js";
import { allFeatures, type ExampleSpec } from "./example-spec.js";
import { ExampleParser, type ParsedExamples } from "./parse-example.js";

/** A list's content by kind: texts, floats, or integers below 2^53. */
interface Feature {
  readonly kind: 1 | 2 | 3;
  readonly values: readonly (string | number)[];
}

function featureBytes({ kind, values }: Feature): Uint8Array {
  const list = new WireWriter();
  const packed = new WireWriter();
  for (const value of values) {
    if (typeof value === "string") list.bytesField(1, encodeText(value));
    else if (kind === 2) packed.float(value);
    else packed.varint(value);
  }
  if (kind !== 1) list.bytesField(1, packed.finish());
  return new WireWriter().bytesField(kind, list.finish()).finish().slice();
}

/** An Example with its features in the order given; undefined is a Feature without a kind. */
function example(entries: readonly (readonly [string, Feature | undefined])[]): Uint8Array {
  const features = new WireWriter();
  for (const [key, feature] of entries) {
    const value = feature === undefined ? new Uint8Array() : featureBytes(feature);
    const entry = new WireWriter().bytesField(1, encodeText(key)).bytesField(2, value).finish().slice();
    features.bytesField(1, entry);
  }
  return new WireWriter().bytesField(1, features.finish().slice()).finish().slice();
}

const key = encodeText;
const spec: ExampleSpec = {
  dense: [
    { kind: "dense", key: key("d"), dtype: "float32", shape: [2], stride: 2, defaultValue: toTensor([1, 2]) },
    { kind: "dense", key: key("a long key"), dtype: "int64", shape: [], stride: 1, defaultValue: toTensor([7n]) },
    { kind: "dense", key: key("t"), dtype: "string", shape: [1], stride: 1, defaultValue: toTensor(["none"]) },
    { kind: "varLen", key: key("v"), dtype: "int64", shape: [-1, 2], stride: 2, defaultValue: toTensor([0n]) },
    { kind: "varLen", key: key("w"), dtype: "string", shape: [-1], stride: 1, defaultValue: toTensor([""]) },
  ],
  sparse: [
    { kind: "sparse", key: key("s"), dtype: "string" },
    { kind: "sparse", key: key("f"), dtype: "float32" },
    { kind: "sparse", key: key("i"), dtype: "int64" },
  ],
  ragged: [{ kind: "ragged", key: key("r"), dtype: "string", splitsDType: "int32" }],
};

const text = fc.oneof(
  fc.constantFrom("", "a", "Private", "Some-college", "Craft-repair and more"),
  fc.string({ maxLength: 60 }),
);
const floats = (options: fc.ArrayConstraints): fc.Arbitrary<Feature> =>
  fc.array(fc.float({ noNaN: true }), options).map((values) => ({ kind: 2, values }));
const integers = (options: fc.ArrayConstraints): fc.Arbitrary<Feature> =>
  fc.array(fc.maxSafeNat(), options).map((values) => ({ kind: 3, values }));
const texts = (options: fc.ArrayConstraints): fc.Arbitrary<Feature> =>
  fc.array(text, options).map((values) => ({ kind: 1, values }));
const pairs = integers({ maxLength: 6 }).map(({ values }) => ({
  kind: 3 as const,
  values: values.slice(0, values.length & ~1),
}));

/** Entries that fit the spec, some missing, some that nobody asks for, in any order. */
const entries = fc
  .record(
    {
      d: floats({ minLength: 2, maxLength: 2 }),
      "a long key": integers({ minLength: 1, maxLength: 1 }),
      t: texts({ minLength: 1, maxLength: 1 }),
      v: pairs,
      w: texts({ maxLength: 3 }),
      s: texts({ maxLength: 3 }),
      f: floats({ maxLength: 40 }),
      i: integers({ maxLength: 3 }),
      r: texts({ maxLength: 3 }),
      "of nobody": texts({ maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .chain((features) => fc.shuffledSubarray(Object.entries(features), { minLength: Object.keys(features).length }));

function outcome(parse: () => ParsedExamples): unknown {
  try {
    return parse();
  } catch (error) {
    return (error as Error).message;
  }
}

describe("batches are read as one by one", () => {
  test("whatever features they have", () => {
    const together = new ExampleParser(spec);
    const apart = new ExampleParser(spec, { oneByOne: true });
    fc.assert(
      fc.property(fc.array(entries, { minLength: 4, maxLength: 12 }), (rows) => {
        const batch = rows.map(example);
        expect(together.parseBatch(batch, [])).toEqual(apart.parseBatch(batch, []));
      }),
      { numRuns: 300 },
    );
  });

  test("whatever bytes come", () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    const row = fc.tuple(entries, fc.array(change, { maxLength: 2 }), fc.option(fc.nat(), { freq: 8 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 6 }), (rows) => {
        const batch = rows.map(([features, changes, end]) => {
          const bytes = example(features);
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          return end === null ? bytes : bytes.subarray(0, end % (bytes.length + 1));
        });
        // Each with a parser that has not given up on odd bytes yet.
        const together = outcome(() => new ExampleParser(spec).parseBatch(batch, []));
        expect(together).toEqual(outcome(() => new ExampleParser(spec, { oneByOne: true }).parseBatch(batch, [])));
      }),
      { numRuns: 1500 },
    );
  });

  test("Features without a kind and keys that come twice", () => {
    const float: Feature = { kind: 2, values: [1] };
    const batch = [
      example([["f", undefined]]),
      example([["d", undefined]]),
      example([
        ["f", float],
        ["f", undefined],
      ]),
      example([
        ["f", undefined],
        ["f", float],
      ]),
      new Uint8Array(),
    ];
    const apart = new ExampleParser(spec, { oneByOne: true });
    expect(new ExampleParser(spec).parseBatch(batch, [])).toEqual(apart.parseBatch(batch, []));
    const once = [batch[0]!, batch[1]!, batch[4]!, batch[1]!];
    expect(new ExampleParser(spec).parseBatch(once, [])).toEqual(apart.parseBatch(once, []));
  });
});

const one: ExampleSpec = { dense: [], ragged: [], sparse: [{ kind: "sparse", key: key("s"), dtype: "string" }] };
const strings = (value: TensorValue): readonly Uint8Array[] => value.data as readonly Uint8Array[];
const words = (values: readonly string[]): Uint8Array[] =>
  values.map((value) => example([["s", { kind: 1, values: [value] }]]));

describe("strings", () => {
  test("are numbered, and do not share memory with the Examples", () => {
    const parser = new ExampleParser(one);
    const values = Array.from({ length: 3000 }, (_, i) => `word ${i % 1500}`);
    const batch = words(values);
    const [parsed] = parser.parseBatch(batch, []).sparseValues;
    for (const bytes of batch) bytes.fill(0);
    expect(strings(parsed!)).toEqual(values.map(encodeText));
    const { codes, dictionary } = codesOf(strings(parsed!))!;
    expect(Array.from(codes, (code) => dictionary.words[code])).toEqual(values.map(encodeText));
    expect(new Set(codes).size).toBe(1500);
  });

  test("that hardly repeat are given as they lie in the Examples", () => {
    const parser = new ExampleParser(one);
    for (let batch = 0; batch < 3; batch++) {
      const values = Array.from({ length: 3000 }, (_, i) => `${batch} ${i}`);
      const list = words(values);
      const found = strings(parser.parseBatch(list, []).sparseValues[0]!);
      expect(found).toEqual(values.map(encodeText));
      if (batch > 0) expect(found[7]!.buffer).toBe(list[7]!.buffer);
      expect(codesOf(found) === undefined).toBe(batch > 0);
    }
  });

  test("more words than a dictionary takes start another, and one batch with more has none", () => {
    const parser = new ExampleParser(one);
    const read = (values: readonly string[]): TensorValue => {
      const [found] = parser.parseBatch(words(values), []).sparseValues;
      expect(
        strings(found!)
          .map((bytes) => Buffer.from(bytes).toString())
          .join(),
      ).toBe(values.join());
      return found!;
    };
    for (let batch = 0; batch < 5; batch++) {
      const values = Array.from({ length: 8000 }, (_, i) => `${batch} ${i}`);
      expect(codesOf(strings(read([...values, ...values, ...values])))).toBeDefined();
    }
    const many = Array.from({ length: 33000 }, (_, i) => `${i}`);
    expect(codesOf(strings(read([...many, ...many, ...many])))).toBeUndefined();
  });
});

test("usual batches are left to nobody, unusual ones are", () => {
  const columns = allFeatures(spec).map((feature) => new ExampleColumn(feature));
  const parser = BatchParser.of(columns)!;
  const usual = example([["s", { kind: 1, values: ["a", "b"] }]]);
  expect(parser.parse([usual, usual, usual, usual])).toBeInstanceOf(Int32Array);
  // A field of `Example` that there is not.
  const unusual = Uint8Array.from([...usual, 0x10, 1]);
  expect(parser.parse([usual, unusual, usual, usual])).toBeUndefined();
  expect(parser.parse([usual, usual, usual, usual])).toBeInstanceOf(Int32Array);
  const zero: ExampleSpec = {
    ...one,
    dense: [
      { kind: "dense", key: key("z"), dtype: "float32", shape: [0], stride: 0, defaultValue: zeros("float32", [0]) },
    ],
  };
  expect(BatchParser.of(allFeatures(zero).map((feature) => new ExampleColumn(feature)))).toBeUndefined();
});
