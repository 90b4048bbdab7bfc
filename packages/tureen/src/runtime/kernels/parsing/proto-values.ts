import type { DType } from "../../../core/dtype.js";
import { encodeText } from "../../../core/text.js";
import { FieldType, type MessageField } from "./message-descriptor.js";

/** A field's value: 64-bit integers as bigint, strings and messages as bytes. */
export type FieldValue = number | bigint | boolean | Uint8Array;

const t = FieldType;

/** The dtypes that a field of each type may be read as and written from. */
const dtypes: Readonly<Record<number, readonly DType[]>> = {
  [t.DOUBLE]: ["float64"],
  [t.FLOAT]: ["float32", "float64"],
  [t.INT64]: ["int64"],
  [t.UINT64]: ["uint64"],
  [t.INT32]: ["int32", "int64"],
  [t.FIXED64]: ["uint64"],
  [t.FIXED32]: ["uint32", "uint64"],
  [t.BOOL]: ["bool"],
  [t.STRING]: ["string"],
  [t.GROUP]: ["string"],
  [t.MESSAGE]: ["string"],
  [t.BYTES]: ["string"],
  [t.UINT32]: ["uint32", "uint64"],
  [t.ENUM]: ["int32"],
  [t.SFIXED32]: ["int32", "int64"],
  [t.SFIXED64]: ["int64"],
  [t.SINT32]: ["int32", "int64"],
  [t.SINT64]: ["int64"],
};

/** Whether a field of a type can be a tensor of a dtype. */
export function isCompatible(type: number, dtype: DType): boolean {
  return dtypes[type]?.includes(dtype) ?? false;
}

/** `FieldDescriptor::CppType` of each type, which TensorFlow prints. */
export const cppType: Readonly<Record<number, number>> = {
  [t.DOUBLE]: 5,
  [t.FLOAT]: 6,
  [t.INT64]: 2,
  [t.UINT64]: 4,
  [t.INT32]: 1,
  [t.FIXED64]: 4,
  [t.FIXED32]: 3,
  [t.BOOL]: 7,
  [t.STRING]: 9,
  [t.GROUP]: 10,
  [t.MESSAGE]: 10,
  [t.BYTES]: 9,
  [t.UINT32]: 3,
  [t.ENUM]: 8,
  [t.SFIXED32]: 1,
  [t.SFIXED64]: 2,
  [t.SINT32]: 1,
  [t.SINT64]: 2,
};

/** The name of each type in .proto files. */
export function typeName(type: number): string {
  return (
    Object.entries(t)
      .find(([, number]) => number === type)?.[0]
      .toLowerCase() ?? `${type}`
  );
}

/** Bytes of a type of fixed width, 0 for varints, undefined for what has its length before it. */
export function widthOf(type: number): 0 | 4 | 8 | undefined {
  switch (type) {
    case t.DOUBLE:
    case t.FIXED64:
    case t.SFIXED64:
      return 8;
    case t.FLOAT:
    case t.FIXED32:
    case t.SFIXED32:
      return 4;
    case t.STRING:
    case t.BYTES:
    case t.MESSAGE:
    case t.GROUP:
      return undefined;
    default:
      return 0;
  }
}

/** What a varint of 64 bits means in a field of a type. */
export function fromVarint(type: number, bits: bigint): FieldValue {
  switch (type) {
    case t.BOOL:
      return bits !== 0n;
    case t.INT64:
      return BigInt.asIntN(64, bits);
    case t.UINT64:
      return bits;
    case t.UINT32:
      return Number(BigInt.asUintN(32, bits));
    case t.SINT64:
      return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    case t.SINT32: {
      const word = BigInt.asUintN(32, bits);
      return Number(BigInt.asIntN(32, (word >> 1n) ^ -(word & 1n)));
    }
    default:
      return Number(BigInt.asIntN(32, bits));
  }
}

/** What fixed-width bytes mean in a field of a type. */
export function fromFixed(type: number, view: DataView, at: number): FieldValue {
  switch (type) {
    case t.DOUBLE:
      return view.getFloat64(at, true);
    case t.FIXED64:
      return view.getBigUint64(at, true);
    case t.SFIXED64:
      return view.getBigInt64(at, true);
    case t.FLOAT:
      return view.getFloat32(at, true);
    case t.FIXED32:
      return view.getUint32(at, true);
    default:
      return view.getInt32(at, true);
  }
}

/** The varint of a field's value. */
export function toVarint(type: number, value: FieldValue): bigint {
  const integer = BigInt(value as number | bigint | boolean);
  if (type === t.SINT64) return BigInt.asUintN(64, (integer << 1n) ^ (integer >> 63n));
  if (type === t.SINT32) {
    const word = BigInt.asIntN(32, integer);
    return BigInt.asUintN(32, (word << 1n) ^ (word >> 31n));
  }
  if (type === t.UINT32) return BigInt.asUintN(32, integer);
  if (type === t.INT32 || type === t.ENUM) return BigInt.asUintN(64, BigInt.asIntN(32, integer));
  return BigInt.asUintN(64, integer);
}

/** Writes a value of fixed width. */
export function writeFixed(type: number, view: DataView, at: number, value: FieldValue): void {
  if (type === t.DOUBLE) view.setFloat64(at, value as number, true);
  else if (type === t.FLOAT) view.setFloat32(at, value as number, true);
  else if (type === t.FIXED64 || type === t.SFIXED64) view.setBigUint64(at, BigInt.asUintN(64, value as bigint), true);
  else view.setUint32(at, Number(BigInt.asUintN(32, BigInt(value as number | bigint))), true);
}

/** A descriptor's escapes (C's) as bytes. */
function unescaped(text: string): Uint8Array {
  const plain: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 };
  const out: number[] = [];
  const source = encodeText(text);
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 92) {
      out.push(source[i]!);
      continue;
    }
    const rest = String.fromCharCode(...source.subarray(i + 1, i + 4));
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)?.[1];
    if (octal !== undefined) {
      out.push(Number.parseInt(octal, 8) & 255);
      i += octal.length;
    } else if (hex !== undefined) {
      out.push(Number.parseInt(hex, 16));
      i += 1 + hex.length;
    } else {
      out.push(plain[rest[0] ?? ""] ?? rest.charCodeAt(0));
      i += 1;
    }
  }
  return Uint8Array.from(out);
}

/** What a field is where a message does not have it. */
export function defaultOf({ type, fallback }: MessageField): FieldValue {
  if (type === t.STRING) return encodeText(`${fallback ?? ""}`);
  if (type === t.BYTES) return unescaped(`${fallback ?? ""}`);
  if (type === t.MESSAGE || type === t.GROUP) return new Uint8Array();
  if (type === t.BOOL) return fallback === "true";
  if (type === t.ENUM) return Number(fallback ?? 0);
  const isLong =
    type === t.INT64 || type === t.UINT64 || type === t.FIXED64 || type === t.SFIXED64 || type === t.SINT64;
  if (isLong) return BigInt(fallback ?? 0);
  const special: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };
  return special[`${fallback}`] ?? Number(fallback ?? 0);
}
