import { internal } from "../../../../core/status-error.js";
import { encodeText } from "../../../../core/text.js";
import { WireReader } from "../../../../formats/wire-format.js";
import { childOf, noValue, rootNode, valueAt } from "../double-array-trie.js";

/** What SentencePiece does to a text before it is cut. */
export interface Normalizer {
  readonly addsDummyPrefix: boolean;
  readonly removesExtraSpaces: boolean;
  readonly escapesSpaces: boolean;
  readonly whitespaceAsSuffix: boolean;
  /** Rules: a double array from prefixes to places in `replacements`, each ended by NUL. */
  readonly rules: Uint32Array | undefined;
  readonly replacements: Uint8Array;
}

/** A normalised text, and for each of its bytes (and its end) where in the original it came from. */
export interface NormalizedText {
  readonly text: Uint8Array;
  readonly origins: Int32Array;
}

/** `▁`, which stands for a space. */
export const spaceSymbol: Uint8Array = encodeText("\u2581");
const space = Uint8Array.of(0x20);
const replacementCharacter = encodeText("\ufffd");

/** Reads a `NormalizerSpec`; INTERNAL with the library's text for rules that are broken. */
export function normalizer(spec: Uint8Array, whitespaceAsSuffix: boolean): Normalizer {
  let charsmap: Uint8Array = new Uint8Array(0);
  let [addsDummyPrefix, removesExtraSpaces, escapesSpaces] = [true, true, true];
  const reader = new WireReader(spec);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 18) charsmap = reader.lengthPrefixed();
    else if (tag === 24) addsDummyPrefix = reader.varint() !== 0;
    else if (tag === 32) removesExtraSpaces = reader.varint() !== 0;
    else if (tag === 40) escapesSpaces = reader.varint() !== 0;
    else reader.skip(tag);
  }
  return {
    addsDummyPrefix,
    removesExtraSpaces,
    escapesSpaces,
    whitespaceAsSuffix,
    ...readCharsmap(charsmap),
  };
}

function readCharsmap(blob: Uint8Array): Pick<Normalizer, "rules" | "replacements"> {
  if (blob.length === 0) return { rules: undefined, replacements: blob };
  if (blob.length <= 4) throw internal("Blob for normalization rule is broken.");
  const size = new DataView(blob.buffer, blob.byteOffset).getUint32(0, true);
  if (size >= blob.length - 4) throw internal("Trie data size exceeds the input blob size.");
  // Copied, as the words in the model are not aligned.
  const rules = new Uint32Array(new Uint8Array(blob.subarray(4, 4 + (size & ~3))).buffer);
  return { rules, replacements: blob.subarray(4 + size) };
}

/** Bytes that grow, with where each came from. */
class Growing {
  bytes: Uint8Array;
  origins: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.origins = new Int32Array(capacity);
  }

  add(piece: Uint8Array, origin: number): void {
    for (let i = 0; i < piece.length; i++) this.addByte(piece[i]!, origin);
  }

  addByte(byte: number, origin: number): void {
    if (this.length === this.bytes.length) {
      const bytes = new Uint8Array(2 * this.length + 16);
      const origins = new Int32Array(bytes.length);
      bytes.set(this.bytes);
      origins.set(this.origins);
      this.bytes = bytes;
      this.origins = origins;
    }
    this.bytes[this.length] = byte;
    this.origins[this.length] = origin;
    this.length += 1;
  }

  endsWith(piece: Uint8Array): boolean {
    const from = this.length - piece.length;
    return from >= 0 && piece.every((byte, i) => this.bytes[from + i] === byte);
  }
}

/** Normalises one text as SentencePiece's `Normalizer::Normalize`; `userDefined` symbols (the longest first) stay as they are. */
export function normalizeText(
  input: Uint8Array,
  rules: Normalizer,
  userDefined: readonly Uint8Array[],
): NormalizedText {
  const { addsDummyPrefix, removesExtraSpaces, escapesSpaces, whitespaceAsSuffix } = rules;
  const mark = escapesSpaces ? spaceSymbol : space;
  let at = 0;
  if (removesExtraSpaces) {
    while (at < input.length) {
      const { piece, consumed } = prefixOf(input, at, rules, userDefined);
      if (piece.length !== 1 || piece[0] !== 0x20) break;
      at += consumed;
    }
  }
  if (at >= input.length) return { text: new Uint8Array(0), origins: new Int32Array(1) };
  const out = new Growing(input.length + 16);
  if (!whitespaceAsSuffix && addsDummyPrefix) out.add(mark, at);
  let afterSpace = removesExtraSpaces;
  while (at < input.length) {
    const { piece, consumed } = prefixOf(input, at, rules, userDefined);
    let from = 0;
    while (afterSpace && piece[from] === 0x20) from += 1;
    if (from < piece.length) {
      for (let i = from; i < piece.length; i++) {
        if (escapesSpaces && piece[i] === 0x20) out.add(spaceSymbol, at);
        else out.addByte(piece[i]!, at);
      }
      afterSpace = piece[piece.length - 1] === 0x20;
    }
    at += consumed;
    if (!removesExtraSpaces) afterSpace = false;
  }
  let end = at;
  if (removesExtraSpaces) {
    while (out.endsWith(mark)) {
      out.length -= mark.length;
      end = out.origins[out.length]!;
    }
  }
  if (whitespaceAsSuffix && addsDummyPrefix) out.add(mark, end);
  const origins = new Int32Array(out.length + 1);
  origins.set(out.origins.subarray(0, out.length));
  origins[out.length] = end;
  return { text: out.bytes.subarray(0, out.length), origins };
}

interface Prefix {
  readonly piece: Uint8Array;
  readonly consumed: number;
}

/** What the text at a place becomes, and how much of it. */
function prefixOf(input: Uint8Array, at: number, rules: Normalizer, userDefined: readonly Uint8Array[]): Prefix {
  const symbol = symbolAt(input, at, userDefined);
  if (symbol > 0) return { piece: input.subarray(at, at + symbol), consumed: symbol };
  if (rules.rules !== undefined) {
    let node = rootNode;
    let longest = 0;
    let place = 0;
    for (let i = at; i < input.length; i++) {
      node = childOf(rules.rules, node, input[i]!);
      if (node < 0) break;
      const value = valueAt(rules.rules, node);
      if (value === noValue) continue;
      longest = i + 1 - at;
      place = value;
    }
    if (longest > 0) {
      const end = rules.replacements.indexOf(0, place);
      return { piece: rules.replacements.subarray(place, end < 0 ? undefined : end), consumed: longest };
    }
  }
  const length = validLength(input, at);
  if (length === 0) return { piece: replacementCharacter, consumed: 1 };
  return { piece: input.subarray(at, at + length), consumed: length };
}

/** Bytes of the longest user-defined symbol at a place; 0 for none. */
export function symbolAt(text: Uint8Array, at: number, userDefined: readonly Uint8Array[]): number {
  for (const symbol of userDefined) {
    if (at + symbol.length > text.length) continue;
    let i = 0;
    while (i < symbol.length && text[at + i] === symbol[i]) i += 1;
    if (i === symbol.length) return i;
  }
  return 0;
}

/** Bytes of the UTF-8 character at a place; 0 where there is no valid one. */
export function validLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const trail = (i: number): boolean => ((bytes[at + i] ?? 0) & 0xc0) === 0x80;
  if (first >= 0xc2 && first < 0xe0) return trail(1) ? 2 : 0;
  if (first >= 0xe0 && first < 0xf0) {
    if (!trail(1) || !trail(2)) return 0;
    const code = ((first & 15) << 12) | ((bytes[at + 1]! & 63) << 6);
    return code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 0 : 3;
  }
  if (first >= 0xf0 && first < 0xf5 && trail(1) && trail(2) && trail(3)) {
    const code = ((first & 7) << 18) | ((bytes[at + 1]! & 63) << 12);
    return code < 0x10000 || code > 0x10ffff ? 0 : 4;
  }
  return 0;
}
