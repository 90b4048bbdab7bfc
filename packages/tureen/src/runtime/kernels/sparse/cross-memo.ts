/** Slots, each for one combination: a cross of categories makes a few thousand. */
const slots = 16384;

/** Remembers the bucket of combinations of 64-bit hashes. */
export interface CrossMemo {
  /** The slot for a combination of `count` words; `isKnown` tells whether it holds that very one. */
  find(words: Int32Array, count: number): number;
  isKnown(slot: number): boolean;
  bucket(slot: number): number;
  /** Puts the combination that `find` was last asked for into its slot. */
  set(slot: number, bucket: number): void;
}

/** A memo for one cross, whose combinations have `columns` hashes and whose buckets are below 2^53. */
export function crossMemo(columns: number): CrossMemo {
  const width = columns * 2;
  const keys = new Int32Array(slots * width);
  const buckets = new Float64Array(slots).fill(-1);
  let asked: Int32Array = keys;
  let known = false;
  return {
    find(words, count) {
      asked = words;
      let mixed = count;
      for (let i = 0; i < count; i++) mixed = Math.imul(mixed, 0x01000193) ^ words[i]!;
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
      const slot = (mixed ^ (mixed >>> 13)) & (slots - 1);
      const start = slot * width;
      known = buckets[slot]! >= 0;
      for (let i = 0; known && i < count; i++) known = keys[start + i] === words[i];
      return slot;
    },
    isKnown: () => known,
    bucket: (slot) => buckets[slot]!,
    set(slot, bucket) {
      const start = slot * width;
      for (let i = 0; i < width; i++) keys[start + i] = asked[i]!;
      buckets[slot] = bucket;
    },
  };
}
