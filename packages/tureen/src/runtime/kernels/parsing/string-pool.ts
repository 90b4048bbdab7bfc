import { emptyBytes } from "../../../core/dtype.js";
import { mostWords, StringDictionary } from "../../../core/string-codes.js";

const slotCount = 512;
/** Longer strings are hardly ever categories, and hashing them would cost more than a view. */
const longest = 40;
/** Categories differ in their last bytes. */
const hashed = 8;
/** After so many strings the pool looks at its hit rate. */
const trial = 2048;

/**
 * Gives a byte string for a stretch of bytes, the same object for the same content where it comes again soon.
 *
 * Categories repeat from Example to Example, and a typed array costs more than parsing its bytes; a column whose strings rarely
 * repeat turns its pool off and gets views. Pooled strings are copies, so that no pool keeps a request alive.
 */
export class StringPool {
  readonly #slots: Uint8Array[] = new Array<Uint8Array>(slotCount).fill(emptyBytes);
  /** What is in each slot, as a number of `dictionary`. */
  readonly #codes = new Int32Array(slotCount);
  /** Every string that was ever pooled, one that fell out and came back more than once; another one when it is full. */
  dictionary: StringDictionary = new StringDictionary();
  /** The number in `dictionary` of what `take` gave last; -1 for a string that is not pooled. */
  code = -1;
  #seen = 0;
  #missed = 0;
  #off = false;

  /** The byte string of bytes[start, end). */
  take(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const length = end - start;
    this.code = -1;
    if (length === 0) return emptyBytes;
    if (this.#off || length > longest) return bytes.subarray(start, end);
    let hash = length;
    for (let i = Math.max(start, end - hashed); i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const slot = (hash ^ (hash >>> 9)) & (slotCount - 1);
    const known = this.#slots[slot]!;
    this.#seen++;
    if (known.length === length) {
      let i = 0;
      while (i < length && known[i] === bytes[start + i]) i++;
      if (i === length) {
        this.code = this.#codes[slot]!;
        return known;
      }
    }
    this.#missed++;
    if (this.#seen >= trial) {
      this.#off = this.#missed * 2 > this.#seen;
      this.#seen = 0;
      this.#missed = 0;
    }
    const made = bytes.slice(start, end);
    if (this.dictionary.words.length >= mostWords) this.#startOver();
    this.#slots[slot] = made;
    this.code = this.dictionary.words.push(made) - 1;
    this.#codes[slot] = this.code;
    return made;
  }

  #startOver(): void {
    this.dictionary = new StringDictionary();
    this.#slots.fill(emptyBytes);
  }
}
