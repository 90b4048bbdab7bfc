import { encodeUtf8 } from "./wire-text.js";

const floatScratch: Float32Array = new Float32Array(1);
const floatScratchBytes: Uint8Array = new Uint8Array(floatScratch.buffer);

/**
 * Small messages share a buffer, each with its own part: a typed array with memory of its own costs more than writing such a message.
 * The buffer lives as long as any of them.
 */
const slabSize = 64 * 1024;
const slabShare = 2048;
let slab: Uint8Array = new Uint8Array(0);
let slabEnd = 0;

/**
 * Writes protobuf wire bytes from the last to the first.
 *
 * Backwards, the length of a nested message is known when its prefix is due: no pass for sizes, no bytes to shift. So callers emit
 * fields, list elements and value-then-tag in reverse, and the result reads forwards.
 */
export class WireWriter {
  private bytes: Uint8Array;
  private pos: number;
  /** Where the message ends in the buffer. */
  private end: number;
  /** Where the part of the buffer that is this writer's begins. */
  private floor = 0;

  /** `capacity` is a guess of the message's size; the buffer grows beyond it as needed. */
  constructor(capacity = 256) {
    if (capacity <= slabShare) {
      if (slabEnd < capacity) {
        slab = new Uint8Array(slabSize);
        slabEnd = slabSize;
      }
      this.bytes = slab;
      this.end = slabEnd;
      // Nobody else gets these bytes: a writer may live while others come and go.
      slabEnd -= capacity;
      this.floor = slabEnd;
    } else {
      this.bytes = new Uint8Array(capacity);
      this.end = capacity;
    }
    this.pos = this.end;
  }

  /** How many bytes are written; the difference of two marks is the length of what lies between them. */
  get mark(): number {
    return this.end - this.pos;
  }

  /** The written bytes, as a view of the writer's buffer. */
  finish(): Uint8Array {
    // What the last writer has not used is the next one's.
    if (this.bytes === slab && this.floor === slabEnd) slabEnd = this.pos;
    return this.bytes.subarray(this.pos, this.end);
  }

  /** Prepends a varint of 64 bits, given as two halves. */
  varint(low: number, high = 0): void {
    if (high === 0 && low >>> 7 === 0) {
      if (this.pos === this.floor) this.grow(1);
      this.bytes[--this.pos] = low;
      return;
    }
    const size = varintSize(low, high);
    if (this.pos - this.floor < size) this.grow(size);
    this.pos -= size;
    let at = this.pos;
    const bytes = this.bytes;
    while (high !== 0 || low >>> 7 !== 0) {
      bytes[at++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[at] = low;
  }

  /** Prepends a signed 32-bit integer, sign-extended to 64 bits as the wire format wants. */
  int32(value: number): void {
    this.varint(value, value < 0 ? -1 : 0);
  }

  /** Prepends a signed 64-bit integer given as a safe number. */
  int64(value: number): void {
    this.varint(value >>> 0, Math.floor(value / 0x1_0000_0000) | 0);
  }

  /** Prepends a signed 64-bit integer. */
  bigint(value: bigint): void {
    this.varint(Number(value & 0xffff_ffffn), Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** Prepends bytes as they are. */
  raw(bytes: Uint8Array): void {
    if (this.pos - this.floor < bytes.length) this.grow(bytes.length);
    this.pos -= bytes.length;
    this.bytes.set(bytes, this.pos);
  }

  /** Prepends a length-prefixed byte string with its tag. */
  bytesField(tag: number, value: Uint8Array): void {
    this.raw(value);
    this.varint(value.length);
    this.varint(tag);
  }

  /** Prepends a length-prefixed text with its tag. */
  textField(tag: number, value: string): void {
    const length = value.length;
    if (this.pos - this.floor < length) this.grow(length);
    const start = this.pos - length;
    const bytes = this.bytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.bytesField(tag, encodeUtf8(value));
        return;
      }
      bytes[start + i] = code;
    }
    this.pos = start;
    this.varint(length);
    this.varint(tag);
  }

  /** Prepends floats, without a tag: for few of them, whose memory is not worth a view. */
  floats(values: Float32Array): void {
    const size = values.length * 4;
    if (this.pos - this.floor < size) this.grow(size);
    for (let i = values.length - 1; i >= 0; i--) {
      floatScratch[0] = values[i]!;
      this.pos -= 4;
      const { bytes, pos } = this;
      bytes[pos] = floatScratchBytes[0]!;
      bytes[pos + 1] = floatScratchBytes[1]!;
      bytes[pos + 2] = floatScratchBytes[2]!;
      bytes[pos + 3] = floatScratchBytes[3]!;
    }
  }

  /** Prepends a float with its tag. */
  floatField(tag: number, value: number): void {
    if (this.pos - this.floor < 4) this.grow(4);
    this.pos -= 4;
    floatScratch[0] = value;
    this.bytes.set(floatScratchBytes, this.pos);
    this.varint(tag);
  }

  /** Closes what was written since `mark` into a length-prefixed part with its tag. */
  wrap(tag: number, mark: number): void {
    this.varint(this.mark - mark);
    this.varint(tag);
  }

  private grow(need: number): void {
    const used = this.mark;
    const larger = new Uint8Array(Math.max((this.end - this.floor) * 2, used + need, 64));
    larger.set(this.bytes.subarray(this.pos, this.end), larger.length - used);
    this.bytes = larger;
    this.floor = 0;
    this.end = larger.length;
    this.pos = larger.length - used;
  }
}

function varintSize(low: number, high: number): number {
  if (high === 0) {
    const bits = 32 - Math.clz32(low);
    return Math.max(1, Math.ceil(bits / 7));
  }
  return Math.ceil((64 - Math.clz32(high)) / 7);
}
