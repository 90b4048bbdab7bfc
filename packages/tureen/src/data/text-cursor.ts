import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { drawRandom } from "./random.js";
import type { Cursor } from "./stage.js";

/** One pass over byte strings that never waits: a dataset of string scalars without a tensor around each. */
export interface TextCursor {
  /** The next string; undefined at the end and ever after. */
  next(): Uint8Array | undefined;
  close(): void;
}

/** The strings of lists that come one after the other. */
export function listedTexts(lists: Iterator<readonly Uint8Array[]>): TextCursor {
  let list: readonly Uint8Array[] = [];
  let at = 0;
  const next = (): Uint8Array | undefined => {
    while (at === list.length) {
      const { value, done } = lists.next();
      if (done === true) return undefined;
      list = value;
      at = 0;
    }
    return list[at++];
  };
  return { next, close: () => void lists.return?.() };
}

/** Strings as string scalars. */
export function tensorsOfTexts(texts: TextCursor, shape: readonly number[]): Cursor<TensorValue> {
  return {
    next: () => {
      const text = texts.next();
      return text === undefined ? undefined : tensorValue("string", shape, [text]);
    },
    close: () => texts.close(),
  };
}

/** As `repeatStage`: pass after pass, until there were so many or one was empty. */
export function repeatedTexts(open: () => TextCursor, times: number): TextCursor {
  let passes = 0;
  let fresh = true;
  let texts: TextCursor | undefined;
  const next = (): Uint8Array | undefined => {
    while (passes < times) {
      if (texts === undefined) {
        texts = open();
        fresh = true;
      }
      const text = texts.next();
      if (text !== undefined) {
        fresh = false;
        return text;
      }
      texts = undefined;
      passes = fresh ? times : passes + 1;
    }
    return undefined;
  };
  return { next, close: () => texts?.close() };
}

/** As `shuffleStage`: drawn from a buffer of the next `bufferSize`. */
export function shuffledTexts(texts: TextCursor, bufferSize: number, bits: () => number): TextCursor {
  const buffer: Uint8Array[] = [];
  const next = (): Uint8Array | undefined => {
    while (buffer.length < bufferSize) {
      const text = texts.next();
      if (text === undefined) break;
      buffer.push(text);
    }
    return drawRandom(buffer, bits);
  };
  return { next, close: () => texts.close() };
}

/** As `batchStage`: vectors of `size` strings. */
export function batchedTexts(texts: TextCursor, size: number, dropRemainder: boolean): Cursor<TensorValue> {
  const next = (): TensorValue | undefined => {
    const group: Uint8Array[] = [];
    while (group.length < size) {
      const text = texts.next();
      if (text === undefined) break;
      group.push(text);
    }
    if (group.length === 0 || (dropRemainder && group.length < size)) return undefined;
    return tensorValue("string", [group.length], group);
  };
  const skip = (count: number): void => {
    for (let left = count * size; left > 0 && texts.next() !== undefined; ) left--;
  };
  return { next, close: () => texts.close(), skip };
}
