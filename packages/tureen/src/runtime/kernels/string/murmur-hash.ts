import type { Hash64 } from "./farm-hash.js";
import { Registers } from "./word64.js";

const M = 0;
const H = 1;
const K = 2;

const r = new Registers(3);
r.set(M, 0x5bd1e995, 0xc6a4a793);

/** TensorFlow's `Hash64` of a string with its default seed, which is MurmurHash64A, written into `out`. */
export function murmurHash64(bytes: Uint8Array, out: Hash64): void {
  const length = bytes.length;
  r.set(H, length, 0);
  r.multiply(H, H, M);
  // The seed is 0xDECAFCAFFE.
  r.set(K, 0xcafcaffe | 0, 0xde);
  r.xor(H, H, K);
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    r.fetch(K, bytes, at);
    r.multiply(K, K, M);
    r.shiftMix(K, K);
    r.multiply(K, K, M);
    r.xor(H, H, K);
    r.multiply(H, H, M);
  }
  if (at < length) {
    let low = 0;
    let high = 0;
    for (let i = 0; at + i < length; i++) {
      if (i < 4) low |= bytes[at + i]! << (8 * i);
      else high |= bytes[at + i]! << (8 * (i - 4));
    }
    r.set(K, low, high);
    r.xor(H, H, K);
    r.multiply(H, H, M);
  }
  r.shiftMix(H, H);
  r.multiply(H, H, M);
  r.shiftMix(H, H);
  out.low = r.words[H * 2]!;
  out.high = r.words[H * 2 + 1]!;
}
