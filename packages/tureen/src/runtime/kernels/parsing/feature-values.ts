import { fieldOne, unpackedFloat, unpackedInteger, WirePosition } from "./example-wire.js";
import type { StringPool } from "./string-pool.js";

const wire = new WirePosition();

/** Copying one by one beats a `set` with its sub-array up to about this many numbers. */
const setFrom = 24;

/**
 * Reads a Feature's float_list, from behind the Feature's tag, into the bits of a float32 array.
 *
 * Writes no more than `limit` values and returns how many there are, which may be more; -1 for bytes that are no such list. As in
 * TensorFlow's ParseFloatList only the first packed block counts, and a list longer than its bytes is cut off there.
 */
export function readFloats(
  bytes: Uint8Array,
  start: number,
  end: number,
  bits: Int32Array,
  at: number,
  limit: number,
): number {
  const length = wire.varint32(bytes, start, end);
  if (length < 0) return -1;
  let p = wire.next;
  const stop = Math.min(end, p + length);
  if (p === stop) return 0;
  if (bytes[p] === fieldOne) {
    const size = wire.varint32(bytes, p + 1, stop);
    if (size < 0) return -1;
    p = wire.next;
    const count = size >>> 2;
    const kept = Math.min(count, limit);
    if (p + kept * 4 > stop) return -1;
    if (kept > setFrom) {
      new Uint8Array(bits.buffer, bits.byteOffset + at * 4, kept * 4).set(bytes.subarray(p, p + kept * 4));
      return count;
    }
    for (let i = 0; i < kept; i++, p += 4) {
      bits[at + i] = bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24);
    }
    return count;
  }
  let count = 0;
  for (; p < stop; p += 5, count++) {
    if (bytes[p] !== unpackedFloat || p + 5 > stop) return -1;
    if (count < limit)
      bits[at + count] = bytes[p + 1]! | (bytes[p + 2]! << 8) | (bytes[p + 3]! << 16) | (bytes[p + 4]! << 24);
  }
  return count;
}

/** Reads a Feature's int64_list into low and high words; otherwise as `readFloats`, with `at` and `limit` counted in values. */
export function readIntegers(
  bytes: Uint8Array,
  start: number,
  end: number,
  words: Int32Array,
  at: number,
  limit: number,
): number {
  const length = wire.varint32(bytes, start, end);
  if (length < 0) return -1;
  let p = wire.next;
  let stop = Math.min(end, p + length);
  if (p === stop) return 0;
  const packed = bytes[p] === fieldOne;
  if (packed) {
    const size = wire.varint32(bytes, p + 1, stop);
    if (size < 0) return -1;
    p = wire.next;
    stop = Math.min(stop, p + size);
  }
  let count = 0;
  for (; p < stop; count++) {
    if (!packed && bytes[p++] !== unpackedInteger) return -1;
    if (p >= stop) return -1;
    let byte = bytes[p++]!;
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      // The tenth byte holds the 64th bit; an eleventh makes it no varint.
      if (p >= stop || shift > 63) return -1;
      byte = bytes[p++]!;
      const part = byte & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (shift - 32);
    }
    if (count < limit) {
      const slot = (at + count) * 2;
      words[slot] = low;
      words[slot + 1] = high;
    }
  }
  return count;
}

/**
 * Reads a Feature's bytes_list, and the pool's numbers of its strings where `codes` is given; -1 also for more than `limit` values, as TensorFlow
 * takes those for unparseable.
 */
export function readStrings(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array[],
  at: number,
  limit: number,
  pool: StringPool,
  codes?: number[],
): number {
  const length = wire.varint32(bytes, start, end);
  if (length < 0) return -1;
  let p = wire.next;
  const stop = Math.min(end, p + length);
  let count = 0;
  while (p < stop) {
    if (bytes[p] !== fieldOne) return -1;
    let size = p + 1 < stop ? bytes[p + 1]! : -1;
    p += 2;
    if (size >= 0x80) {
      size = wire.varint32(bytes, p - 1, stop);
      p = wire.next;
    }
    if (size < 0 || count >= limit || p + size > stop) return -1;
    out[at + count] = pool.take(bytes, p, p + size);
    if (codes !== undefined) codes[at + count] = pool.code;
    count++;
    p += size;
  }
  return count;
}
