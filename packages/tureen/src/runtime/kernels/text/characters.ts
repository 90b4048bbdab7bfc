import { decoderOf } from "../string/unicode-text.js";

/** Splits UTF-8 into characters as ICU does; the code of bytes that are none is -1. */
export const utf8Characters: ReturnType<typeof decoderOf> = decoderOf("utf-8");

/** Whether ICU's `u_isUWhiteSpace` says so: Unicode's property White_Space. */
export function isWhitespace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Blocks of Chinese characters that BERT's tokenizers set apart as they do punctuation. */
const chinese: readonly (readonly [number, number])[] = [
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0x2f800, 0x2fa1f],
];

const punctuation = /^\p{P}$/u;

/** Whether a character is a word of its own in BERT's tokenizers: punctuation, every ASCII symbol, Chinese. */
export function isPunctuationOrChinese(code: number): boolean {
  if (code < 0x80) {
    return (
      (code >= 33 && code <= 47) ||
      (code >= 58 && code <= 64) ||
      (code >= 91 && code <= 96) ||
      (code >= 123 && code <= 126)
    );
  }
  if (code >= 0x3400 && chinese.some(([first, last]) => code >= first && code <= last)) return true;
  return punctuation.test(String.fromCodePoint(code));
}

/** Joins byte strings. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const result = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
