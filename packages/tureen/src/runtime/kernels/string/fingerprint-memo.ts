import { fingerprint64, type Hash64 } from "./farm-hash.js";

/** Slots, each for one string: columns of categories have far fewer, and 4096 take 300 KB. */
const slots = 4096;
/** Longer strings are hashed anew: categories are short. */
const mostBytes = 60;

const bytesOf = new Uint8Array(slots * mostBytes);
const halves = new Int32Array(slots * 2);
/** Length of the string in each slot; -1 for none. */
const lengths = new Int32Array(slots).fill(-1);

/**
 * `fingerprint64` that remembers: categories come again with every batch, and to compare 20 bytes takes a tenth of hashing them.
 *
 * A slot holds the last string that fell on it, copied, so that no buffer is kept alive.
 */
export function rememberedFingerprint64(bytes: Uint8Array, out: Hash64): void {
  const length = bytes.length;
  if (length > mostBytes) {
    fingerprint64(bytes, out);
    return;
  }
  let mixed = length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    mixed =
      Math.imul(mixed, 0x01000193) ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
  }
  for (; i < length; i++) mixed = Math.imul(mixed, 0x01000193) ^ bytes[i]!;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  const slot = (mixed ^ (mixed >>> 13)) & (slots - 1);
  const start = slot * mostBytes;
  if (lengths[slot] === length) {
    let at = 0;
    while (at < length && bytesOf[start + at] === bytes[at]) at++;
    if (at === length) {
      out.low = halves[slot * 2]!;
      out.high = halves[slot * 2 + 1]!;
      return;
    }
  }
  fingerprint64(bytes, out);
  lengths[slot] = length;
  for (let at = 0; at < length; at++) bytesOf[start + at] = bytes[at]!;
  halves[slot * 2] = out.low;
  halves[slot * 2 + 1] = out.high;
}
