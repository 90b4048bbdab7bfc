import { dataLoss } from "../../../core/status-error.js";
import type { MessageField } from "./message-descriptor.js";
import { type FieldValue, fromFixed, fromVarint, widthOf } from "./proto-values.js";

/** The fields wanted of each message, by number, with their places in the result: -1 for those that are only to be checked. */
export interface MessageReader {
  readonly byNumber: ReadonlyMap<number, { readonly field: MessageField; readonly index: number }>;
  /** Whether a broken message is one that TensorFlow's careful reader refused, which says so in other words. */
  readonly sanitize: boolean;
}

const unreadable = "ReadValue: Failed skipping field when counting";
const unskippable = "Failed skipping unrequested field";

class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint of at most ten bytes, as 64 bits; undefined where there is none. */
  varint(end: number): bigint | undefined {
    let bits = 0n;
    for (let i = 0; i < 10 && this.at < end; i++) {
      const byte = this.bytes[this.at++]!;
      bits |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return BigInt.asUintN(64, bits);
    }
    return undefined;
  }

  /** Goes on by a length that stands here; gives where it stood. */
  prefixed(): readonly [number, number] | undefined {
    const length = this.varint(this.bytes.length);
    if (length === undefined || length > BigInt(this.bytes.length - this.at)) return undefined;
    const from = this.at;
    this.at += Number(length);
    return [from, this.at];
  }

  /** Skips a field that nobody asked for; false where it is broken. */
  skip(tag: number): boolean {
    const type = tag & 7;
    if (type === 0) return this.varint(this.bytes.length) !== undefined;
    if (type === 2) return this.prefixed() !== undefined;
    if (type === 1 || type === 5) {
      this.at += type === 1 ? 8 : 4;
      return this.at <= this.bytes.length;
    }
    if (type !== 3) return false;
    for (;;) {
      const inner = this.varint(this.bytes.length);
      if (inner === undefined) return false;
      const innerTag = Number(inner);
      if ((innerTag & 7) === 4) return innerTag >> 3 === tag >> 3;
      if (innerTag >> 3 === 0 || !this.skip(innerTag)) return false;
    }
  }
}

/** The wanted values of one message: for each place a list, of one value at most for what is not repeated. DATA_LOSS for a broken message. */
export function readMessage(
  bytes: Uint8Array,
  count: number,
  reader: MessageReader,
): readonly (readonly FieldValue[])[] {
  const found: FieldValue[][] = Array.from({ length: count }, () => []);
  const broken = (text: string): Error => dataLoss(reader.sanitize ? "Unable to parse binary protobuf" : text);
  const cursor = new Cursor(bytes);
  while (cursor.at < bytes.length) {
    const tagBits = cursor.varint(bytes.length);
    const tag = tagBits === undefined || tagBits > 0xffffffffn ? 0 : Number(tagBits);
    if (tag >>> 3 === 0 || (tag & 7) === 4) throw broken("CountFields: Failed to consume entire buffer");
    const wanted = reader.byNumber.get(tag >>> 3);
    const width = wanted === undefined ? undefined : widthOf(wanted.field.type);
    const wire = tag & 7;
    const natural = width === undefined ? 2 : width === 0 ? 0 : width === 4 ? 5 : 1;
    const isPacked = wire === 2 && width !== undefined;
    if (wanted === undefined || (wire !== natural && !isPacked)) {
      if (!cursor.skip(tag)) throw broken(unskippable);
      continue;
    }
    const { field, index } = wanted;
    const values = isPacked ? packedValues(cursor, field.type, broken) : [singleValue(cursor, field.type, broken)];
    if (index < 0) continue;
    // Of a field that is not repeated the last value counts.
    if (field.repeated) found[index]!.push(...values);
    else if (values.length > 0) found[index] = [values.at(-1)!];
  }
  return found;
}

function singleValue(cursor: Cursor, type: number, broken: (text: string) => Error): FieldValue {
  const width = widthOf(type);
  if (width === 0) {
    const bits = cursor.varint(cursor.bytes.length);
    if (bits === undefined) throw broken(unreadable);
    return fromVarint(type, bits);
  }
  if (width === undefined) {
    const part = cursor.prefixed();
    if (part === undefined) throw broken(unreadable);
    return cursor.bytes.slice(...part);
  }
  const from = cursor.at;
  cursor.at += width;
  if (cursor.at > cursor.bytes.length) throw broken(unreadable);
  return fromFixed(type, cursor.view, from);
}

function packedValues(cursor: Cursor, type: number, broken: (text: string) => Error): FieldValue[] {
  const part = cursor.prefixed();
  if (part === undefined) throw broken("ReadPackedValues: Skipping packed field failed");
  const [from, end] = part;
  const width = widthOf(type)!;
  const values: FieldValue[] = [];
  if (width > 0) {
    if ((end - from) % width !== 0) throw broken(`Illegal data length for packed fixed-size type: ${end - from}`);
    for (let at = from; at < end; at += width) values.push(fromFixed(type, cursor.view, at));
    return values;
  }
  cursor.at = from;
  while (cursor.at < end) {
    const bits = cursor.varint(end);
    if (bits === undefined) throw broken("Corrupt packed varint");
    values.push(fromVarint(type, bits));
  }
  return values;
}
