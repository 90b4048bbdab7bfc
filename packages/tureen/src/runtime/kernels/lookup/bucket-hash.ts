import type { Hash64 } from "../string/farm-hash.js";
import { murmurHash64 } from "../string/murmur-hash.js";

const hash: Hash64 = { low: 0, high: 0 };

/**
 * The low 32 bits of the hash that decides in which bucket of a dense hash table a string lies.
 *
 * Checkpoints of those tables hold the buckets as they are.
 */
export function bucketHash(bytes: Uint8Array): number {
  murmurHash64(bytes, hash);
  return hash.low;
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
