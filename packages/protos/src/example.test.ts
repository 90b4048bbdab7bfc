import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bytes,
  countBytesList,
  countFloatList,
  countInt64List,
  encodeExample,
  type FeatureValue,
  featureKind,
  float,
  int64,
  readBytesList,
  readFloatList,
  readInt64List,
  scanExample,
  WireError,
} from "./example.js";
import { type Example, ExampleSchema } from "./gen/tensorflow/core/example/example_pb.js";

type Plain = readonly (number | bigint | Uint8Array)[];

/** Reads a whole Example by the offsets that the scanner reports. */
function readAll(buffer: Uint8Array): Map<string, Plain> {
  const found = new Map<string, Plain>();
  scanExample(buffer, (keyStart, keyEnd, kind, start, end) => {
    const key = new TextDecoder().decode(buffer.subarray(keyStart, keyEnd));
    if (kind === featureKind.float) {
      const out = new Float32Array(countFloatList(buffer, start, end) + 2);
      expect(readFloatList(buffer, start, end, out, 1)).toBe(out.length - 2);
      found.set(key, [...out.subarray(1, -1)]);
    } else if (kind === featureKind.int64) {
      const out = new BigInt64Array(countInt64List(buffer, start, end) + 2);
      expect(readInt64List(buffer, start, end, new Int32Array(out.buffer), 1)).toBe(out.length - 2);
      found.set(key, [...out.subarray(1, -1)]);
    } else if (kind === featureKind.bytes) {
      const out: Uint8Array[] = [];
      expect(readBytesList(buffer, start, end, out, 0)).toBe(countBytesList(buffer, start, end));
      found.set(
        key,
        out.map((value) => Uint8Array.from(value)),
      );
    } else {
      found.set(key, []);
    }
  });
  return found;
}

function generatedAll(message: Example): Map<string, Plain> {
  return new Map(
    Object.entries(message.features?.feature ?? {}).map(([key, { kind }]) => [
      key,
      kind.case === undefined ? [] : kind.value.value,
    ]),
  );
}

// The generated messages lose a map key called __proto__.
const key = fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__proto__");
const kind = fc.oneof(
  fc
    .array(fc.float({ noNaN: true }), { maxLength: 40 })
    .map((value) => ({ case: "floatList" as const, value: { value } })),
  fc
    .array(fc.oneof(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.bigInt({ min: -9n, max: 200n })), {
      maxLength: 20,
    })
    .map((value) => ({ case: "int64List" as const, value: { value } })),
  fc
    .array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 })
    .map((value) => ({ case: "bytesList" as const, value: { value } })),
  fc.constant({ case: undefined }),
);
const anyExample = fc.dictionary(key, kind).map((features) =>
  create(ExampleSchema, {
    features: { feature: Object.fromEntries(Object.entries(features).map(([k, v]) => [k, { kind: v }])) },
  }),
);

test("scanning what the generated message encodes", () => {
  fc.assert(
    fc.property(anyExample, (message) => {
      message.$unknown = [{ no: 77, wireType: 0, data: Uint8Array.of(5) }];
      expect([...readAll(toBinary(ExampleSchema, message))].sort()).toEqual([...generatedAll(message)].sort());
    }),
  );
});

test("lists that are not packed, or in several packed runs, read the same", () => {
  // x: floats 1, 2 unpacked; y: integers 1 and -1 unpacked, then 5 packed.
  const one = [0, 0, 0x80, 0x3f];
  const two = [0, 0, 0, 0x40];
  const minus = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
  const entry = (name: string, field: number, list: number[]): number[] => {
    const feature = [field * 8 + 2, list.length, ...list];
    const body = [10, 1, name.charCodeAt(0), 18, feature.length, ...feature];
    return [10, body.length, ...body];
  };
  const features = [...entry("x", 2, [13, ...one, 13, ...two]), ...entry("y", 3, [8, 1, 8, ...minus, 10, 1, 5])];
  const buffer = Uint8Array.of(10, features.length, ...features);
  expect(readAll(buffer)).toEqual(generatedAll(fromBinary(ExampleSchema, buffer)));
  expect(readAll(buffer)).toEqual(
    new Map<string, Plain>([
      ["x", [1, 2]],
      ["y", [1n, -1n, 5n]],
    ]),
  );
});

test("of two Examples one after the other, the later value of a key counts", () => {
  const buffer = Uint8Array.of(...encodeExample({ a: 1, b: "x" }), ...encodeExample({ a: 2 }));
  expect(readAll(buffer)).toEqual(generatedAll(fromBinary(ExampleSchema, buffer)));
});

test("plain values become the lists that their types say", () => {
  const features: Record<string, FeatureValue> = {
    age: 3,
    name: "é",
    scores: [1.5, 2],
    id: 7n,
    ids: [1n, -2n],
    raw: Uint8Array.of(1, 2),
    words: ["a", Uint8Array.of(98)],
    f32: Float32Array.of(0.5),
    i32: Int32Array.of(-1, 9),
    i64: BigInt64Array.of(1n << 40n),
    counted: int64([1, 2n]),
    rounded: float([1, 2]),
    texts: bytes(["x", "y"]),
    nothing: [],
    noInts: int64([]),
  };
  const { feature } = fromBinary(ExampleSchema, encodeExample(features)).features!;
  const plain = Object.fromEntries(
    Object.entries(feature).map(([name, { kind }]) => [name, [kind.case, kind.value?.value]]),
  );
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  expect(plain).toEqual({
    age: ["floatList", [3]],
    name: ["bytesList", [utf8("é")]],
    scores: ["floatList", [1.5, 2]],
    id: ["int64List", [7n]],
    ids: ["int64List", [1n, -2n]],
    raw: ["bytesList", [Uint8Array.of(1, 2)]],
    words: ["bytesList", [utf8("a"), utf8("b")]],
    f32: ["floatList", [0.5]],
    i32: ["int64List", [-1n, 9n]],
    i64: ["int64List", [1n << 40n]],
    counted: ["int64List", [1n, 2n]],
    rounded: ["floatList", [1, 2]],
    texts: ["bytesList", [utf8("x"), utf8("y")]],
    nothing: [undefined, undefined],
    noInts: ["int64List", []],
  });
  expect(() => encodeExample({ mixed: [1, "x"] as unknown as FeatureValue })).toThrow(TypeError);
  expect(() => int64(1.5)).toThrow(RangeError);
});

test("an encoded Example is what the generated message encodes", () => {
  fc.assert(
    fc.property(anyExample, (message) => {
      const typed = Object.fromEntries(
        Object.entries(message.features!.feature).map(([name, { kind }]): [string, FeatureValue] => {
          if (kind.case === "floatList") return [name, float(kind.value.value)];
          if (kind.case === "int64List") return [name, int64(kind.value.value)];
          if (kind.case === "bytesList") return [name, bytes(kind.value.value)];
          return [name, []];
        }),
      );
      expect(fromBinary(ExampleSchema, encodeExample(typed))).toEqual(message);
    }),
  );
});

test("truncation and noise end in features or a WireError", () => {
  const tolerate = (buffer: Uint8Array): void => {
    try {
      readAll(buffer);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
  };
  fc.assert(
    fc.property(anyExample, fc.uint8Array({ maxLength: 40 }), (message, noise) => {
      const buffer = toBinary(ExampleSchema, message);
      for (let end = 0; end < Math.min(buffer.length, 400); end++) tolerate(buffer.slice(0, end));
      tolerate(noise);
      tolerate(Uint8Array.of(10, noise.length, ...noise));
    }),
    { numRuns: 50 },
  );
});

test("readers store no more than there is room for, and say how much there was", () => {
  const floats = Uint8Array.of(10, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40);
  const room = new Float32Array(2).fill(9);
  expect(readFloatList(floats, 0, floats.length, room, 1)).toBe(2);
  expect([...room]).toEqual([9, 1]);
  const integers = Uint8Array.of(10, 3, 1, 2, 3);
  const halves = new Int32Array(4);
  expect(readInt64List(integers, 0, integers.length, halves, 0)).toBe(3);
  expect([...halves]).toEqual([1, 0, 2, 0]);
});
