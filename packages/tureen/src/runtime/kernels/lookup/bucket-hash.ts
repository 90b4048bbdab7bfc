import { Registers } from "../string/word64.js";

const M = 0;
const H = 1;
const K = 2;

const r = new Registers(3);
r.set(M, 0x5bd1e995, 0xc6a4a793);

/**
 * The low 32 bits of TensorFlow's `Hash64` of a string with its default seed: MurmurHash64A.
 *
 * It decides in which bucket of a dense hash table a key lies, and checkpoints of those hold the buckets as they are.
 */
export function bucketHash(bytes: Uint8Array): number {
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
  return r.words[H * 2]!;
}

/** The low 32 bits of TensorFlow's Hash64Combine over the parts of a key that is a vector, each part given in halves. */
export function combineHashes(lows: readonly number[], highs: readonly number[]): number {
  let result = 0n;
  for (let i = 0; i < lows.length; i++) {
    const part = (BigInt(highs[i]! >>> 0) << 32n) | BigInt(lows[i]! >>> 0);
    result = BigInt.asUintN(64, result ^ (part + 0x9e3779b97f4a7800n + (result << 10n) + (result >> 4n)));
  }
  return Number(BigInt.asIntN(32, result));
}
