/**
 * Byte strings by number, so that what depends on a string alone (a hash, an entry of a table) is computed once a word and not once a row.
 *
 * Whoever makes a list of strings may note the codes of its elements; whoever reads one may ask for them. Lists without codes are lists as ever.
 */
export interface StringCodes {
  readonly dictionary: StringDictionary;
  /** The number of each element in the dictionary. */
  readonly codes: Int32Array;
}

/** More words than this are no categories. */
export const mostWords = 65536;

/** The words of a column in the order in which they came; it only grows. */
export class StringDictionary {
  readonly words: Uint8Array[] = [];
}

const known = new WeakMap<readonly Uint8Array[], StringCodes>();

/** Notes the codes of a list that will not change. */
export function noteCodes(texts: readonly Uint8Array[], codes: StringCodes): void {
  known.set(texts, codes);
}

/** The codes of a list, where they have been noted. */
export function codesOf(texts: readonly Uint8Array[]): StringCodes | undefined {
  return known.get(texts);
}

/** Remembers a number for each word of the dictionary that it was last asked about. */
export class WordNumbers {
  #dictionary: StringDictionary | undefined;
  #numbers = new Float64Array(0);

  /** The numbers by code, NaN where there is none yet: the caller fills those in. */
  of(dictionary: StringDictionary): Float64Array {
    const count = dictionary.words.length;
    const isSame = dictionary === this.#dictionary;
    if (isSame && this.#numbers.length >= count) return this.#numbers;
    const grown = new Float64Array(Math.max(64, count * 2)).fill(Number.NaN);
    if (isSame) grown.set(this.#numbers);
    this.#dictionary = dictionary;
    this.#numbers = grown;
    return grown;
  }
}
