import { readFileSync } from "node:fs";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TensorProto, TensorProtoSchema } from "./gen/tensorflow/core/framework/tensor_pb.js";
import { DataType } from "./gen/tensorflow/core/framework/types_pb.js";
import { decodeTensorProto, encodeTensorProto, type TensorMessage, tensorLayouts, WireError } from "./tensor-proto.js";

interface Recorded {
  readonly parsed: readonly {
    readonly name: string;
    readonly proto: string;
    readonly dtype: number;
    readonly shape?: readonly number[];
    readonly values?: string | readonly string[];
    readonly refused?: true;
  }[];
  readonly encoded: readonly {
    readonly dtype: number;
    readonly shape: readonly number[];
    readonly values: string | readonly string[];
    readonly content: string;
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL("./fixtures/tensor-protos.json", import.meta.url), "utf8"),
) as Recorded;

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function valuesOf(tensor: TensorMessage): string | string[] {
  if ("byteLength" in tensor.data) {
    return toHex(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
  }
  return tensor.data.map(toHex);
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof WireError) return error.reason;
    throw error;
  }
  return "none";
}

describe("as TensorFlow parses", () => {
  test.each(recorded.parsed)("$name", ({ proto, dtype, shape, values, refused }) => {
    const bytes = fromHex(proto);
    if (refused) {
      expect(reasonOf(() => decodeTensorProto(bytes))).toBe("invalid");
      return;
    }
    const tensor = decodeTensorProto(bytes);
    expect(tensor.dtype).toBe(dtype);
    expect(tensor.shape).toEqual(shape);
    if (values !== undefined) expect(valuesOf(tensor)).toEqual(values);
  });

  test.each(recorded.encoded)("as TensorFlow serializes dtype $dtype", ({ dtype, shape, values, content }) => {
    const tensor = decodeTensorProto(fromHex(content));
    expect(valuesOf(tensor)).toEqual(values);
    expect(tensor.shape).toEqual(shape);
    expect(tensor.dtype).toBe(dtype);
    expect(toHex(encodeTensorProto(tensor, { asContent: dtype !== DataType.DT_STRING }))).toBe(content);
  });
});

/** Any tensor of the dtypes with plain values. */
const anyTensor: fc.Arbitrary<TensorMessage> = fc
  .tuple(
    fc.constantFrom(...tensorLayouts.flatMap((layout, dtype) => (layout === undefined ? [] : [dtype]))),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
  )
  .chain(([dtype, shape]): fc.Arbitrary<TensorMessage> => {
    const layout = tensorLayouts[dtype]!;
    const count = shape.reduce((product, size) => product * size, 1);
    if (dtype === DataType.DT_STRING) {
      return fc
        .array(fc.uint8Array({ maxLength: 300 }), { minLength: count, maxLength: count })
        .map((data) => ({ dtype, shape, data }));
    }
    const size = count * layout.parts * layout.width;
    // Mostly small numbers, so that varints of all lengths come up.
    const byte = fc.oneof(fc.constant(0), fc.constant(255), fc.nat(255));
    return fc.array(byte, { minLength: size, maxLength: size }).map((bytes) => {
      const data = layout.allocate(count * layout.parts);
      const view = new Uint8Array(data.buffer);
      view.set(bytes);
      if (dtype === DataType.DT_BOOL) for (let i = 0; i < view.length; i++) view[i]! &= 1;
      if (dtype === DataType.DT_INT4) for (let i = 0; i < view.length; i++) view[i] = (view[i]! << 28) >> 28;
      if (dtype === DataType.DT_UINT4) for (let i = 0; i < view.length; i++) view[i]! &= 15;
      return { dtype, shape, data };
    });
  });

/** The values of a generated message, as the bytes that the dtype lays out in memory. */
function generatedValues(message: TensorProto): string | string[] {
  const layout = tensorLayouts[message.dtype]!;
  if (layout.encoding === "strings") return message.stringVal.map(toHex);
  if (layout.encoding === "bytes") return toHex(message.float8Val);
  const lists: Readonly<Record<number, readonly (number | bigint | boolean)[]>> = {
    5: message.floatVal,
    6: message.doubleVal,
    7: message.intVal,
    9: message.scomplexVal,
    10: message.int64Val,
    11: message.boolVal,
    12: message.dcomplexVal,
    13: message.halfVal,
    16: message.uint32Val,
    17: message.uint64Val,
  };
  const list = lists[layout.field]!.map((value) => (typeof value === "boolean" ? Number(value) : value));
  const data = layout.allocate(list.length);
  for (let i = 0; i < list.length; i++) data[i] = list[i]!;
  return toHex(new Uint8Array(data.buffer));
}

/** Replaces NaNs, whose bits engines may change when a number passes through JavaScript. */
function withoutNaN(tensor: TensorMessage): TensorMessage {
  if (tensor.data instanceof Float32Array || tensor.data instanceof Float64Array) {
    for (let i = 0; i < tensor.data.length; i++) if (Number.isNaN(tensor.data[i])) tensor.data[i] = 0.5;
  }
  return tensor;
}

const varint = (value: number | bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
};

/** Rewrites every packed list of a message that has one, as older protobuf writers emit it. */
function unpack(bytes: Uint8Array, tensor: TensorMessage): Uint8Array {
  const layout = tensorLayouts[tensor.dtype]!;
  if (layout.encoding === "strings" || layout.encoding === "bytes") return bytes;
  const head = encodeTensorProto({ ...tensor, shape: [0], data: layout.allocate(0) });
  const shape = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, { tensorShape: { dim: tensor.shape.map((size) => ({ size: BigInt(size) })) } }),
  );
  const out: number[] = [...head.subarray(0, 2), ...shape];
  const data = tensor.data as Float32Array | BigInt64Array;
  for (const value of data) {
    if (layout.encoding === "fixed32" || layout.encoding === "fixed64") {
      out.push(...varint(layout.field * 8 + (layout.encoding === "fixed32" ? 5 : 1)));
      const one = layout.allocate(1);
      one[0] = value;
      out.push(...new Uint8Array(one.buffer));
    } else {
      out.push(...varint(layout.field * 8), ...varint(value));
    }
  }
  return Uint8Array.from(out);
}

describe("against the generated messages", () => {
  test("what we encode, they read", () => {
    fc.assert(
      fc.property(anyTensor, (any) => {
        const tensor = withoutNaN(any);
        const message = fromBinary(TensorProtoSchema, encodeTensorProto(tensor));
        expect(message.dtype).toBe(tensor.dtype);
        expect(message.tensorShape?.dim.map((dim) => Number(dim.size))).toEqual(tensor.shape);
        expect(generatedValues(message)).toEqual(valuesOf(tensor));
        expect(message.tensorContent.length).toBe(0);
      }),
    );
  });

  test("what they encode, we read, also with unknown fields and in any position of a larger buffer", () => {
    fc.assert(
      fc.property(anyTensor, fc.nat(9), fc.uint8Array({ maxLength: 5 }), (any, shift, extra) => {
        const tensor = withoutNaN(any);
        const message = fromBinary(TensorProtoSchema, encodeTensorProto(tensor));
        message.$unknown = [
          { no: 1000, wireType: 2, data: Uint8Array.of(extra.length, ...extra) },
          { no: 2000, wireType: 3, data: Uint8Array.of(8, 1, 0x83, 0x7d, 0x84, 0x7d, 0x84, 0x7d) },
        ];
        const bytes = toBinary(TensorProtoSchema, message);
        const padded = new Uint8Array(bytes.length + shift);
        padded.set(bytes, shift);
        const read = decodeTensorProto(padded.subarray(shift));
        expect(read.shape).toEqual(tensor.shape);
        expect(valuesOf(read)).toEqual(valuesOf(tensor));
      }),
    );
  });

  test("packed, unpacked and tensor_content give the same tensor", () => {
    fc.assert(
      fc.property(anyTensor, (any) => {
        const tensor = withoutNaN(any);
        const typed = encodeTensorProto(tensor);
        const want = valuesOf(tensor);
        expect(valuesOf(decodeTensorProto(typed))).toEqual(want);
        expect(valuesOf(decodeTensorProto(unpack(typed, tensor)))).toEqual(want);
        const content = encodeTensorProto(tensor, { asContent: true });
        expect(valuesOf(decodeTensorProto(content))).toEqual(want);
        expect(fromBinary(TensorProtoSchema, content).floatVal).toEqual([]);
      }),
    );
  });
});

describe("hostile input", () => {
  test("truncation at every byte is refused or gives a smaller message, never anything else", () => {
    fc.assert(
      fc.property(anyTensor, fc.boolean(), (tensor, asContent) => {
        const bytes = encodeTensorProto(tensor, { asContent });
        for (let end = 0; end < bytes.length; end++) {
          const part = bytes.slice(0, end);
          const generated = ((): boolean => {
            try {
              fromBinary(TensorProtoSchema, part);
              return true;
            } catch {
              return false;
            }
          })();
          const reason = reasonOf(() => decodeTensorProto(part));
          expect(reason === "malformed").toBe(!generated);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("any bytes at all end in a tensor or a WireError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        reasonOf(() => decodeTensorProto(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test("a shape without values to justify it is bounded", () => {
    const big = create(TensorProtoSchema, { dtype: DataType.DT_DOUBLE, tensorShape: { dim: [{ size: 1n << 40n }] } });
    expect(reasonOf(() => decodeTensorProto(toBinary(TensorProtoSchema, big)))).toBe("limit");
    const filled = create(TensorProtoSchema, { dtype: 1, tensorShape: { dim: [{ size: 9n }] }, floatVal: [1, 2] });
    const bytes = toBinary(TensorProtoSchema, filled);
    expect(reasonOf(() => decodeTensorProto(bytes, { maxFilled: 8 }))).toBe("limit");
    expect(decodeTensorProto(bytes, { maxFilled: 9 }).data).toEqual(Float32Array.of(1, 2, 2, 2, 2, 2, 2, 2, 2));
    const spelled = create(TensorProtoSchema, { dtype: 1, tensorShape: { dim: [{ size: 2n }] }, floatVal: [1, 2] });
    expect(decodeTensorProto(toBinary(TensorProtoSchema, spelled), { maxFilled: 0 }).data).toEqual(
      Float32Array.of(1, 2),
    );
  });

  test("a length beyond the message is refused where it stands", () => {
    for (const length of [
      [5],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ]) {
      const bytes = Uint8Array.of(8, 1, 34, ...length, 0, 0);
      expect(() => decodeTensorProto(bytes)).toThrow(new WireError("length exceeds the message", 3));
    }
  });

  test("groups do not nest without end", () => {
    const bytes = new Uint8Array(100_000).fill((200 << 3) & 0x7f);
    for (let i = 0; i < bytes.length; i += 2) bytes.set([0xc3, 0x0c], i);
    expect(() => decodeTensorProto(bytes)).toThrow("groups nest deeper than 100");
  });
});

test("resources and variants are left to the generated messages", () => {
  for (const dtype of [DataType.DT_RESOURCE, DataType.DT_VARIANT]) {
    const bytes = toBinary(TensorProtoSchema, create(TensorProtoSchema, { dtype, tensorShape: {} }));
    expect(reasonOf(() => decodeTensorProto(bytes))).toBe("unsupported");
    expect(reasonOf(() => encodeTensorProto({ dtype, shape: [], data: new Uint8Array(1) }))).toBe("unsupported");
  }
});

test("data that does not fit shape or dtype is not encoded", () => {
  expect(reasonOf(() => encodeTensorProto({ dtype: 1, shape: [3], data: new Float32Array(2) }))).toBe("invalid");
  expect(reasonOf(() => encodeTensorProto({ dtype: 1, shape: [2], data: new Float64Array(2) }))).toBe("invalid");
});
