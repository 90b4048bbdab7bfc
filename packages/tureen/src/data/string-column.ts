import { noteCodes, StringDictionary } from "../core/string-codes.js";
import { keyIndex } from "../runtime/kernels/lookup/key-index.js";

/** After so many strings a column shows whether they repeat. */
const trial = 4096;

/** Numbers have 16 bits, and 0 stands for a string that was not asked for yet: more words than that are no categories. */
const mostNumbered = 65535;

/** Batches of a column of strings in memory. */
export interface StringColumn {
  /** The column's elements `order[0..count)`, `width` to each, with their codes noted; undefined for a column that is not numbered. */
  gather(order: Int32Array, count: number, width: number): Uint8Array[] | undefined;
}

/**
 * Numbers the strings of a column as batches ask for them, so that nothing is done before the first step.
 *
 * A batch is then put together from the words, which lie close to each other, instead of from the rows, which are spread over memory. A column
 * whose strings rarely repeat stops being numbered.
 */
export function stringColumn(column: readonly Uint8Array[]): StringColumn {
  const dictionary = new StringDictionary();
  const { words } = dictionary;
  const index = keyIndex("string");
  // The code of each element of the column plus one, 0 for those not seen yet.
  let numbers: Uint16Array | undefined;
  let seen = 0;
  let off = false;
  const addCode = (all: Uint16Array, at: number): number => {
    const code = index.add(column, at);
    if (code === words.length) words.push(column[at]!);
    all[at] = code + 1;
    seen++;
    return code;
  };
  return {
    gather(order, count, width) {
      if (off) return undefined;
      numbers ??= new Uint16Array(column.length);
      const texts = new Array<Uint8Array>(count * width);
      const codes = new Int32Array(count * width);
      for (let i = 0, to = 0; i < count; i++) {
        const from = order[i]! * width;
        for (let j = 0; j < width; j++, to++) {
          const code = (numbers[from + j]! || addCode(numbers, from + j) + 1) - 1;
          codes[to] = code;
          texts[to] = words[code]!;
        }
      }
      off = words.length > mostNumbered - texts.length || (seen >= trial && words.length * 2 > seen);
      if (off) numbers = undefined;
      else noteCodes(texts, { dictionary, codes });
      return texts;
    },
  };
}
