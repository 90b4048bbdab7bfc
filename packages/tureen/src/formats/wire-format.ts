import { dataLoss } from "../core/status-error.js";
import { decodeText, encodeText } from "../core/text.js";

/** Protocol buffer wire types. */
export const WireType = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

/**
 * Reads varints, fixed-width numbers and protobuf fields from bytes, in order.
 *
 * Anything that runs over the end or is no valid field throws DATA_LOSS. For the few small messages of file formats, without the
 * start-up cost of generated code.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Whether everything is read. */
  get done(): boolean {
    return this.position >= this.end;
  }

  /** A varint as a number; 64-bit values above 2^53 lose precision. */
  varint(): number {
    let result = 0;
    let scale = 1;
    // Ten bytes carry 70 bits, the most that a 64-bit varint takes.
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++]!;
      result += (byte & 127) * scale;
      if (byte < 128) return result;
      scale *= 128;
    }
    throw dataLoss(`bad varint at byte ${this.position}`);
  }

  /** A varint as a signed 64-bit integer, exact within 2^53 on both sides of zero. */
  int64(): number {
    let result = 0n;
    const start = this.position;
    for (let i = 0; i < 10; i++) {
      if (this.position >= this.end) break;
      const byte = this.bytes[this.position++]!;
      if (i < 7) {
        if (byte < 128) {
          this.position = start;
          return this.varint();
        }
      }
      result |= BigInt(byte & 127) << BigInt(7 * i);
      if (byte < 128) return Number(BigInt.asIntN(64, result));
    }
    throw dataLoss(`bad varint at byte ${this.position}`);
  }

  /** A little-endian unsigned 32-bit number. */
  fixed32(): number {
    const at = this.take(4);
    const b = this.bytes;
    return (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
  }

  /** A little-endian unsigned 64-bit number; values above 2^53 lose precision. */
  fixed64(): number {
    return this.fixed32() + this.fixed32() * 2 ** 32;
  }

  /** A float. */
  float(): number {
    const at = this.take(4);
    return viewOf(this.bytes).getFloat32(at, true);
  }

  /** A double. */
  double(): number {
    const at = this.take(8);
    return viewOf(this.bytes).getFloat64(at, true);
  }

  /** Length-prefixed bytes, a view. */
  lengthPrefixed(): Uint8Array {
    const length = this.varint();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Length-prefixed UTF-8. */
  text(): string {
    return decodeText(this.lengthPrefixed());
  }

  /** The next field's tag, `number * 8 + wire type`, or 0 at the end. */
  tag(): number {
    if (this.done) return 0;
    const tag = this.varint();
    if (tag < 8) throw dataLoss(`bad field number at byte ${this.position}`);
    return tag;
  }

  /** Skips the value of a field that nobody asked for. */
  skip(tag: number): void {
    const type = tag % 8;
    if (type === WireType.VARINT) this.varint();
    else if (type === WireType.FIXED64) this.take(8);
    else if (type === WireType.BYTES) this.take(this.varint());
    else if (type === WireType.FIXED32) this.take(4);
    else throw dataLoss(`bad wire type ${type} at byte ${this.position}`);
  }

  private take(length: number): number {
    const at = this.position;
    if (length > this.end - at) throw dataLoss(`${length} bytes expected at byte ${at}, ${this.end - at} left`);
    this.position = at + length;
    return at;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Grows a buffer of varints, fixed-width numbers and protobuf fields. */
export class WireWriter {
  private buffer: Uint8Array = new Uint8Array(256);
  private view: DataView = viewOf(this.buffer);
  private used = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  /** What was written, a view that the next write may change. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.used);
  }

  /** Forgets what was written and keeps the buffer. */
  reset(): this {
    this.used = 0;
    return this;
  }

  /** A varint of an integer in ±2^53; negative ones take ten bytes, as int64 does. */
  varint(value: number): this {
    this.reserve(10);
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 127n; rest >>= 7n) this.buffer[this.used++] = Number(rest & 127n) | 128;
      this.buffer[this.used++] = Number(rest);
      return this;
    }
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.buffer[this.used++] = (rest % 128) | 128;
    this.buffer[this.used++] = rest;
    return this;
  }

  /** A little-endian unsigned 32-bit number. */
  fixed32(value: number): this {
    this.reserve(4);
    this.view.setUint32(this.used, value, true);
    this.used += 4;
    return this;
  }

  /** A float. */
  float(value: number): this {
    this.reserve(4);
    this.view.setFloat32(this.used, value, true);
    this.used += 4;
    return this;
  }

  /** A double. */
  double(value: number): this {
    this.reserve(8);
    this.view.setFloat64(this.used, value, true);
    this.used += 8;
    return this;
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    return this;
  }

  /** A field's tag. */
  tag(field: number, type: number): this {
    return this.varint(field * 8 + type);
  }

  /** A varint field, left out where it is zero, as proto3 does. */
  integerField(field: number, value: number): this {
    return value === 0 ? this : this.tag(field, WireType.VARINT).varint(value);
  }

  /** A double field, left out where it is zero. */
  doubleField(field: number, value: number): this {
    return Object.is(value, 0) ? this : this.tag(field, WireType.FIXED64).double(value);
  }

  /** A bytes or message field, empty or not. */
  bytesField(field: number, bytes: Uint8Array): this {
    return this.tag(field, WireType.BYTES).varint(bytes.length).raw(bytes);
  }

  /** A string field, left out where it is empty. */
  textField(field: number, text: string): this {
    return text === "" ? this : this.bytesField(field, encodeText(text));
  }

  private reserve(extra: number): void {
    const needed = this.used + extra;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.used));
    this.buffer = grown;
    this.view = viewOf(grown);
  }
}
