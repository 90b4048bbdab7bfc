import { mostWords, StringDictionary } from "../../../core/string-codes.js";
import { columnWord, longestWord, wordBytes } from "./batch-module.js";

const firstWords = 128;
/** After so many strings the table looks how many were new. */
const trial = 2048;

/** Where a table may lie. */
export interface WordMemory {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** The address of as many bytes, all 0; undefined where there are no more. `bytes` and `words` may be others afterwards. */
  reserve(bytes: number): number | undefined;
}

/**
 * The strings of a column that `BatchModule` has seen, numbered in the order in which they came.
 *
 * Categories repeat from Example to Example; a column whose strings rarely do turns its table off.
 */
export class WordTable {
  /** The strings that the module has numbered, as bytes of their own. */
  dictionary: StringDictionary = new StringDictionary();
  readonly #memory: WordMemory;
  /** Where the column lies in the memory, in words. */
  readonly #column: number;
  #seen = 0;
  #missed = 0;
  /** Whether it was begun anew and no batch has come through since. */
  #isNew = false;

  constructor(memory: WordMemory, column: number) {
    this.#memory = memory;
    this.#column = column;
    this.#place(firstWords);
  }

  /** Whether strings are looked up. */
  get isOn(): boolean {
    return this.#memory.words[this.#column + columnWord.slots]! !== 0;
  }

  /** Whether there is no room for another word. */
  get isFull(): boolean {
    const { words } = this.#memory;
    const column = this.#column;
    return this.isOn && words[column + columnWord.wordCount]! >= words[column + columnWord.mostWords]!;
  }

  /** Makes room for more words, starts over where there are too many, or turns the table off where one batch has too many, or there is no memory. */
  grow(): void {
    this.#read();
    const { words } = this.#memory;
    const room = words[this.#column + columnWord.mostWords]!;
    if (room * 4 <= mostWords) {
      this.#place(room * 4);
      return;
    }
    this.dictionary = new StringDictionary();
    if (this.#isNew) {
      // One batch has more words than there may be.
      words[this.#column + columnWord.slots] = 0;
      return;
    }
    this.#isNew = true;
    const slots = words[this.#column + columnWord.slots]! >> 2;
    words.fill(0, slots, slots + (words[this.#column + columnWord.mask]! + 1) * 2);
    words[this.#column + columnWord.wordCount] = 0;
  }

  /** Takes the words over that came with a batch of as many strings. */
  read(strings: number): void {
    if (!this.isOn) return;
    this.#read();
    this.#isNew = false;
    this.#seen += strings;
    if (this.#seen < trial) return;
    if (this.#missed * 2 > this.#seen) this.#memory.words[this.#column + columnWord.slots] = 0;
    this.#seen = 0;
    this.#missed = 0;
  }

  /** Has the dictionary hold what is in the table. */
  #read(): void {
    const { bytes, words } = this.#memory;
    const known = this.dictionary.words;
    const count = words[this.#column + columnWord.wordCount]!;
    const start = words[this.#column + columnWord.words]!;
    if (count > known.length) this.#missed += count - known.length;
    for (let word = known.length; word < count; word++) {
      const at = start + word * wordBytes;
      known.push(bytes.slice(at + 8, at + 8 + words[at >> 2]!));
    }
  }

  #place(room: number): void {
    const memory = this.#memory;
    const column = this.#column;
    // At most half of the slots are taken.
    const slotCount = room * 2;
    const slots = memory.reserve(slotCount * 8);
    const start = slots === undefined ? undefined : memory.reserve(room * wordBytes + longestWord);
    const { words, bytes } = memory;
    if (slots === undefined || start === undefined) {
      words[column + columnWord.slots] = 0;
      return;
    }
    const count = words[column + columnWord.wordCount]!;
    const from = words[column + columnWord.words]!;
    bytes.copyWithin(start, from, from + count * wordBytes);
    const mask = slotCount - 1;
    for (let word = 0; word < count; word++) {
      const hash = words[(start + word * wordBytes + 4) >> 2]!;
      let slot = hash & mask;
      while (words[(slots >> 2) + slot * 2 + 1]! !== 0) slot = (slot + 1) & mask;
      words[(slots >> 2) + slot * 2] = hash;
      words[(slots >> 2) + slot * 2 + 1] = word + 1;
    }
    words[column + columnWord.slots] = slots;
    words[column + columnWord.mask] = mask;
    words[column + columnWord.words] = start;
    words[column + columnWord.mostWords] = room;
  }
}
