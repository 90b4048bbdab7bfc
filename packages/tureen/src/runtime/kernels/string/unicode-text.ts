import { invalidArgument } from "../../../core/status-error.js";

/** One character of a text, and where it lies in the text's bytes. */
export interface Character {
  /** The code point; -1 for bytes that are none. */
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

/** The encodings that TensorFlow's Unicode ops are mostly asked for, by their ICU names in lower case. */
const encodings: Readonly<
  Record<string, "utf-8" | "utf-16-be" | "utf-16-le" | "utf-32-be" | "utf-32-le" | "latin1" | "ascii">
> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  "utf-16-be": "utf-16-be",
  "utf-16be": "utf-16-be",
  "utf-16le": "utf-16-le",
  "utf-16-le": "utf-16-le",
  "utf-32-be": "utf-32-be",
  "utf-32be": "utf-32-be",
  "utf-32le": "utf-32-le",
  "utf-32-le": "utf-32-le",
  "iso-8859-1": "latin1",
  latin1: "latin1",
  "us-ascii": "ascii",
  ascii: "ascii",
};

/** Splits bytes into characters. */
export type Decoder = (bytes: Uint8Array) => Character[];

/** The decoder of an encoding; INVALID_ARGUMENT for one that is not known. */
export function decoderOf(encoding: string): Decoder {
  const known = encodings[encoding.toLowerCase()];
  switch (known) {
    case "utf-8":
      return decodeUtf8;
    case "utf-16-be":
      return (bytes) => decodeUtf16(bytes, false);
    case "utf-16-le":
      return (bytes) => decodeUtf16(bytes, true);
    case "utf-32-be":
      return (bytes) => decodeUtf32(bytes, false);
    case "utf-32-le":
      return (bytes) => decodeUtf32(bytes, true);
    case "latin1":
      return (bytes) => Array.from(bytes, (code, start) => ({ code, start, end: start + 1 }));
    case "ascii":
      return (bytes) => Array.from(bytes, (code, start) => ({ code: code < 0x80 ? code : -1, start, end: start + 1 }));
    default:
      throw invalidArgument(`Could not create converter for input encoding: ${encoding}`);
  }
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xe000;
}

/** The least code point that needs so many bytes, so that longer forms are refused. */
const leastOf = [0, 0, 0x80, 0x800, 0x10000];

/** UTF-8 as ICU reads it: each longest piece that starts a character but does not end one is one error. */
function decodeUtf8(bytes: Uint8Array): Character[] {
  const characters: Character[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const first = bytes[at++]!;
    if (first < 0x80) {
      characters.push({ code: first, start, end: at });
      continue;
    }
    const length =
      first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
    let code = length === 0 ? -1 : first & (0x7f >> length);
    for (let k = 1; k < length; k++) {
      const byte = at < bytes.length ? bytes[at]! : 0;
      if ((byte & 0xc0) !== 0x80) {
        code = -1;
        break;
      }
      const next = (code << 6) | (byte & 0x3f);
      // The second byte already tells a surrogate, an overlong form or one beyond Unicode: then it belongs to the next piece.
      if (k === 1 && length > 2) {
        const shifted = next << (6 * (length - 2));
        if (
          shifted + ((1 << (6 * (length - 2))) - 1) < leastOf[length]! ||
          shifted > 0x10ffff ||
          isSurrogate(shifted)
        ) {
          code = -1;
          break;
        }
      }
      code = next;
      at++;
    }
    characters.push({ code, start, end: at });
  }
  return characters;
}

function decodeUtf16(bytes: Uint8Array, littleEndian: boolean): Character[] {
  const characters: Character[] = [];
  const unitAt = (at: number): number =>
    littleEndian ? bytes[at]! | (bytes[at + 1]! << 8) : (bytes[at]! << 8) | bytes[at + 1]!;
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    if (at + 2 > bytes.length) {
      characters.push({ code: -1, start, end: bytes.length });
      break;
    }
    let code = unitAt(at);
    at += 2;
    if (isSurrogate(code)) {
      const low = code < 0xdc00 && at + 2 <= bytes.length ? unitAt(at) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      } else code = -1;
    }
    characters.push({ code, start, end: at });
  }
  return characters;
}

function decodeUtf32(bytes: Uint8Array, littleEndian: boolean): Character[] {
  const characters: Character[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    const end = Math.min(bytes.length, at + 4);
    const code = end - at === 4 ? view.getUint32(at, littleEndian) : -1;
    characters.push({ code: code > 0x10ffff || isSurrogate(code) ? -1 : code, start: at, end });
  }
  return characters;
}

/** What becomes of characters that are none, and of control characters. */
export interface ErrorPolicy {
  readonly errors: "strict" | "replace" | "ignore";
  readonly replacement: number;
  readonly replaceControls: boolean;
}

/** Applies the policy: INVALID_ARGUMENT for an error where errors are strict. */
export function settle(characters: readonly Character[], policy: ErrorPolicy): Character[] {
  const result: Character[] = [];
  for (const character of characters) {
    const isControl = policy.replaceControls && character.code >= 0 && character.code <= 0x1f;
    if (character.code >= 0 && !isControl) result.push(character);
    else if (character.code < 0 && policy.errors === "strict") {
      throw invalidArgument("Invalid formatting on input string");
    } else if (policy.errors !== "ignore") result.push({ ...character, code: policy.replacement });
  }
  return result;
}

/** The bytes of code points in an output encoding. */
export function encodeCharacters(codes: readonly number[], encoding: string): Uint8Array {
  if (encoding === "UTF-8") {
    // In pieces, as a call takes only so many arguments.
    let text = "";
    for (const code of codes) text += String.fromCodePoint(code);
    return new TextEncoder().encode(text);
  }
  const units: number[] = [];
  for (const code of codes) {
    if (encoding === "UTF-32-BE")
      units.push((code >>> 24) & 0xff, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff);
    else if (code < 0x10000) units.push(code >>> 8, code & 0xff);
    else {
      const high = 0xd800 + ((code - 0x10000) >> 10);
      const low = 0xdc00 + ((code - 0x10000) & 0x3ff);
      units.push(high >>> 8, high & 0xff, low >>> 8, low & 0xff);
    }
  }
  return Uint8Array.from(units);
}
