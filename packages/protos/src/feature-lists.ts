import { WireError } from "./wire-error.js";
import { WireReader } from "./wire-reader.js";

/**
 * Counts the floats of the FloatList whose content is `[start, end)` of `bytes`, packed or not. Throws `WireError`.
 */
export function countFloatList(bytes: Uint8Array, start: number, end: number): number {
  const reader = new WireReader(bytes, start, end);
  let count = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      const length = packedFloats(reader);
      reader.take(length);
      count += length / 4;
    } else {
      reader.skip(tag);
      if (tag === 13) count++;
    }
  }
  return count;
}

/**
 * Reads the FloatList whose content is `[start, end)` of `bytes` into `out` from `offset` on; returns how many floats the list has.
 *
 * Floats that find no room in `out` are counted but not stored. Throws `WireError`.
 */
export function readFloatList(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Float32Array,
  offset: number,
): number {
  const reader = new WireReader(bytes, start, end);
  const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  let next = offset;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      const length = packedFloats(reader);
      const from = reader.take(length);
      const stored = Math.min(length, Math.max(0, target.length - next * 4));
      // A short loop beats the two views that `set` needs (measured on Node 20 to 24).
      if (stored <= 64) for (let i = 0; i < stored; i++) target[next * 4 + i] = bytes[from + i]!;
      else target.set(bytes.subarray(from, from + stored), next * 4);
      next += length / 4;
    } else if (tag === 13) {
      const from = reader.take(4);
      if (next < out.length) for (let i = 0; i < 4; i++) target[next * 4 + i] = bytes[from + i]!;
      next++;
    } else {
      reader.skip(tag);
    }
  }
  return next - offset;
}

/** Counts the integers of the Int64List whose content is `[start, end)` of `bytes`, packed or not. Throws `WireError`. */
export function countInt64List(bytes: Uint8Array, start: number, end: number): number {
  return readInt64List(bytes, start, end, noHalves, 0);
}

/**
 * Reads the Int64List whose content is `[start, end)` of `bytes` into `out` from element `offset` on; returns how many integers it has.
 *
 * `out` is the Int32Array over a BigInt64Array's buffer: low half, high half. Integers that find no room are counted but not stored.
 * Throws `WireError`.
 */
export function readInt64List(bytes: Uint8Array, start: number, end: number, out: Int32Array, offset: number): number {
  const reader = new WireReader(bytes, start, end);
  let next = offset * 2;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) {
      const outer = reader.enter();
      for (; !reader.done; next += 2) {
        const low = reader.varint();
        if (next < out.length) {
          out[next] = low;
          out[next + 1] = reader.high;
        }
      }
      reader.leave(outer);
    } else if (tag === 8) {
      const low = reader.varint();
      if (next < out.length) {
        out[next] = low;
        out[next + 1] = reader.high;
      }
      next += 2;
    } else {
      reader.skip(tag);
    }
  }
  return next / 2 - offset;
}

/** Counts the byte strings of the BytesList whose content is `[start, end)` of `bytes`. Throws `WireError`. */
export function countBytesList(bytes: Uint8Array, start: number, end: number): number {
  const reader = new WireReader(bytes, start, end);
  let count = 0;
  while (!reader.done) {
    const tag = reader.tag();
    reader.skip(tag);
    if (tag === 10) count++;
  }
  return count;
}

/**
 * Reads the BytesList whose content is `[start, end)` of `bytes` into `out` from `offset` on, as views; returns how many it has.
 *
 * `out` grows as needed. Throws `WireError`.
 */
export function readBytesList(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array[],
  offset: number,
): number {
  const reader = new WireReader(bytes, start, end);
  let next = offset;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === 10) out[next++] = reader.bytesView();
    else reader.skip(tag);
  }
  return next - offset;
}

const noHalves: Int32Array = new Int32Array(0);

function packedFloats(reader: WireReader): number {
  const length = reader.length();
  if (length % 4 !== 0) throw new WireError("packed list ends inside a float", reader.pos);
  return length;
}
