import { WireError } from "./wire-error.js";
import { decodeUtf8 } from "./wire-text.js";

/** How deep groups may nest, as in protobuf's own parsers; deeper input would only serve to exhaust the stack. */
const maxDepth = 100;

/** Numbers of fixed width go through here: no view to make for each, and no alignment to mind. */
const scratch = new Uint8Array(8);
const scratchFloat = new Float32Array(scratch.buffer);
const scratchDouble = new Float64Array(scratch.buffer);
const scratchInt32 = new Int32Array(scratch.buffer);
const scratchInt64 = new BigInt64Array(scratch.buffer);

/** A wire type: the low three bits of a tag. */
export const wireType: Readonly<{ varint: 0; fixed64: 1; length: 2; startGroup: 3; endGroup: 4; fixed32: 5 }> =
  Object.freeze({
    varint: 0,
    fixed64: 1,
    length: 2,
    startGroup: 3,
    endGroup: 4,
    fixed32: 5,
  });

/**
 * A cursor over protobuf wire bytes that never leaves `[pos, end)` of its array: whatever would is a `WireError`.
 *
 * To read a nested message, `enter` narrows the range and `leave` restores it.
 */
export class WireReader {
  /** High 32 bits of the last varint, signed. */
  high = 0;

  constructor(
    readonly bytes: Uint8Array,
    public pos: number = 0,
    public end: number = bytes.length,
  ) {}

  /** Whether the range is used up. */
  get done(): boolean {
    return this.pos >= this.end;
  }

  /** Low 32 bits of the next varint, signed; `high` takes the rest. */
  varint(): number {
    const bytes = this.bytes;
    let pos = this.pos;
    // Reading past the end of the range but inside the array is caught after the loop, once, instead of at every byte.
    let byte = bytes[pos++]!;
    if (byte < 128) {
      if (pos > this.end) throw this.truncated();
      this.pos = pos;
      this.high = 0;
      return byte;
    }
    let low = byte & 127;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[pos++]!;
      low |= (byte & 127) << shift;
      if (byte < 128) return this.finishVarint(pos, low, 0);
    }
    byte = bytes[pos++]!;
    low |= (byte & 127) << 28;
    let high = (byte & 127) >> 4;
    if (byte < 128) return this.finishVarint(pos, low, high);
    for (let shift = 3; shift < 32; shift += 7) {
      byte = bytes[pos++]!;
      high |= (byte & 127) << shift;
      if (byte < 128) return this.finishVarint(pos, low, high);
    }
    if (pos > this.end) throw this.truncated();
    throw new WireError("varint is longer than 10 bytes", this.pos);
  }

  private finishVarint(pos: number, low: number, high: number): number {
    if (pos > this.end) throw this.truncated();
    this.pos = pos;
    this.high = high;
    return low;
  }

  /** The next tag: field number times 8 plus wire type. */
  tag(): number {
    const at = this.pos;
    const tag = this.varint() >>> 0;
    if (tag < 8 || this.high !== 0) throw new WireError("tag without a field number", at);
    return tag;
  }

  /** A length prefix; what it announces lies wholly inside the range. */
  length(): number {
    const at = this.pos;
    const length = this.varint();
    if (length < 0 || this.high !== 0 || length > this.end - this.pos) {
      throw new WireError("length exceeds the message", at);
    }
    return length;
  }

  /** Narrows the range to a length-prefixed part and returns the end to give back to `leave`. */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }

  /** Goes to the end of the part that `enter` opened and widens the range again. */
  leave(outer: number): void {
    this.pos = this.end;
    this.end = outer;
  }

  /** A length-prefixed byte string, as a view of the array. */
  bytesView(): Uint8Array {
    const length = this.length();
    const start = this.pos;
    this.pos = start + length;
    return this.bytes.subarray(start, start + length);
  }

  /** A length-prefixed UTF-8 text; other bytes are malformed, as for proto3 parsers. */
  text(): string {
    const length = this.length();
    const start = this.pos;
    this.pos = start + length;
    const text = decodeUtf8(this.bytes, start, start + length);
    if (text === undefined) throw new WireError("string field is not UTF-8", start);
    return text;
  }

  /** A signed 64-bit varint as a bigint. */
  int64(): bigint {
    const low = this.varint();
    if (this.high === 0) return BigInt(low >>> 0);
    return (BigInt(this.high) << 32n) | BigInt(low >>> 0);
  }

  /** Four bytes as a float. */
  float(): number {
    this.toScratch(4);
    return scratchFloat[0]!;
  }

  /** Eight bytes as a double. */
  double(): number {
    this.toScratch(8);
    return scratchDouble[0]!;
  }

  /** Four bytes as a signed integer. */
  fixed32(): number {
    this.toScratch(4);
    return scratchInt32[0]!;
  }

  /** Eight bytes as a signed integer. */
  fixed64(): bigint {
    this.toScratch(8);
    return scratchInt64[0]!;
  }

  private toScratch(count: number): void {
    const start = this.take(count);
    for (let i = 0; i < count; i++) scratch[i] = this.bytes[start + i]!;
  }

  /** Moves over `count` bytes and returns where they start. */
  take(count: number): number {
    const start = this.pos;
    if (count > this.end - start) throw this.truncated();
    this.pos = start + count;
    return start;
  }

  /** Moves over the value of a field that nobody asked for. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case wireType.varint:
        this.varint();
        return;
      case wireType.fixed64:
        this.take(8);
        return;
      case wireType.length:
        this.take(this.length());
        return;
      case wireType.fixed32:
        this.take(4);
        return;
      case wireType.startGroup: {
        if (depth >= maxDepth) throw new WireError(`groups nest deeper than ${maxDepth}`, this.pos);
        const last = ((tag & ~7) | wireType.endGroup) >>> 0;
        for (let inner = this.tag(); inner !== last; inner = this.tag()) {
          if ((inner & 7) === wireType.endGroup) throw new WireError("end of another group", this.pos);
          this.skip(inner, depth + 1);
        }
        return;
      }
      default:
        throw new WireError(`unexpected wire type ${tag & 7}`, this.pos);
    }
  }

  private truncated(): WireError {
    return new WireError("message is truncated", this.end);
  }
}
