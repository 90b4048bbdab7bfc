import { dataLoss } from "../../../core/status-error.js";
import { concatBytes, isPunctuationOrChinese, isWhitespace, utf8Characters } from "./characters.js";
import { descend, noValue, rootNode, valueAt } from "./double-array-trie.js";
import type { FastWordpieceModel } from "./fast-wordpiece-model.js";
import type { TokenRows } from "./token-rows.js";

/** A node without a failure link. */
const noNode = 0xffffffff;
/** An encoded token: bit 30 says that it is a suffix, then its number, then 8 bits of length less one. */
const suffixBit = 30;
const lengthBits = 8;
const lengthMask = 0xff;
const idMask = (1 << suffixBit) - 1;

/** Tokens of the texts so far, with their numbers. */
export interface WordpieceOutput {
  readonly rows: TokenRows;
  readonly ids: number[];
}

/**
 * Walks texts through the trie with failure links (Song et al., Fast WordPiece Tokenization): each byte is looked at once, and what falls off
 * the trie emits the longest pieces before it.
 */
export class FastWordpieceWalk {
  readonly #model: FastWordpieceModel;
  readonly #output: WordpieceOutput;
  #text: Uint8Array = new Uint8Array(0);
  #node = rootNode;
  /** Where the word begins in the text, and how much of it has been emitted. */
  #wordStart = 0;
  #emitted = 0;
  /** Tokens that stay, whatever becomes of this word. */
  #kept = 0;
  /** A link leads to a shorter suffix: more links than bytes are a circle. */
  #linksLeft = 0;

  constructor(model: FastWordpieceModel, output: WordpieceOutput) {
    this.#model = model;
    this.#output = output;
  }

  /** Adds the tokens of one text, or of one word where the model does not cut texts. */
  tokenize(text: Uint8Array): void {
    if (text.length === 0) return;
    this.#text = text;
    this.#kept = this.#output.ids.length;
    this.#linksLeft = 4 * text.length + this.#model.trie.length;
    if (this.#model.isEndToEnd) this.#tokenizeText();
    else this.#tokenizeWord();
  }

  #begin(wordStart: number): void {
    this.#node = rootNode;
    this.#wordStart = wordStart;
    this.#emitted = 0;
  }

  #tokenizeWord(): void {
    const text = this.#text;
    this.#begin(0);
    if (text.length > this.#model.maxBytes) {
      this.#replaceByUnknown(text.length);
      return;
    }
    for (let i = 0; i < text.length; i++) {
      if (!this.#step(i, i + 1)) {
        this.#replaceByUnknown(text.length);
        return;
      }
    }
    this.#finishWord(text.length);
  }

  #tokenizeText(): void {
    const text = this.#text;
    const characters = utf8Characters(text);
    let at = 0;
    let previous = 0;
    let current = 0;
    while (at < characters.length) {
      const first = at;
      const start = characters[first]!.start;
      this.#begin(start);
      let fell = false;
      while (at < characters.length) {
        const character = characters[at]!;
        previous = current;
        current = character.code;
        if (character.end - start > this.#model.maxBytes || !this.#step(character.start, character.end)) {
          fell = true;
          break;
        }
        at += 1;
      }
      if (!fell) {
        this.#finishWord(text.length);
        return;
      }
      const { start: position, end: next } = characters[at]!;
      const isWhite = isWhitespace(current);
      if (isWhite || isSeparator(current) || (position > 0 && isSeparator(previous))) {
        this.#finishWord(position);
        if (isWhite) at += 1;
        else if (position === start) {
          // A separator that the vocabulary does not know.
          at += 1;
          this.#replaceByUnknown(next);
        }
        continue;
      }
      at += 1;
      let end = next;
      while (at < characters.length) {
        const { code, end: characterEnd } = characters[at]!;
        if (isWhitespace(code)) {
          at += 1;
          break;
        }
        if (isSeparator(code)) break;
        end = characterEnd;
        at += 1;
      }
      this.#replaceByUnknown(end);
    }
  }

  /** Goes on by these bytes, over failure links where need be; whether that worked. */
  #step(from: number, to: number): boolean {
    const { trie } = this.#model;
    for (;;) {
      const next = descend(trie, this.#node, this.#text, from, to);
      if (next >= 0) {
        this.#node = next;
        return true;
      }
      if (!this.#followLink()) return false;
    }
  }

  /** Emits what the failure link emits and goes where it leads; whether there is one. */
  #followLink(): boolean {
    const { trie, failures, pops } = this.#model;
    this.#linksLeft -= 1;
    if (this.#linksLeft < 0) throw dataLoss("the tokenizer's failure links go round");
    const link = failures[2 * this.#node];
    const value = valueAt(trie, this.#node);
    if (link === undefined) throw dataLoss("the tokenizer's trie has a node without a failure link");
    if (value !== noValue) {
      this.#emit(value);
      this.#node = link;
      return true;
    }
    if (link === noNode) return false;
    const list = failures[2 * this.#node + 1]!;
    const start = list >>> lengthBits;
    const end = start + (list & lengthMask) + 1;
    for (let i = start; i < end; i++) this.#emit(pops[i] ?? 0);
    this.#node = link;
    return true;
  }

  #emit(token: number): void {
    const { suffixIndicator, unknown, unknownId } = this.#model;
    const id = (token & idMask) >> lengthBits;
    let length = (token & lengthMask) + 1;
    // The word happens to begin with the suffix indicator, and a suffix was found there.
    if (this.#emitted === 0 && token >> suffixBit !== 0) length += suffixIndicator.length;
    const start = this.#wordStart + this.#emitted;
    const piece = id === unknownId ? unknown : this.#text.subarray(start, start + length);
    this.#output.ids.push(id);
    this.#output.rows.add(this.#emitted > 0 ? concatBytes(suffixIndicator, piece) : piece, start, start + length);
    this.#emitted += length;
  }

  /** Emits what is left on the path of a word that ends here. */
  #finishWord(end: number): void {
    const { suffixRoot, punctuationNode, suffixResult, unknownId } = this.#model;
    if (this.#node === rootNode) return;
    if (this.#node === suffixRoot && this.#output.ids.length === this.#kept) {
      if (suffixResult.length === 1 && (suffixResult[0]! & idMask) >> lengthBits === unknownId) {
        this.#replaceByUnknown(end);
      } else {
        for (const token of suffixResult) this.#emit(token);
        this.#kept = this.#output.ids.length;
      }
      return;
    }
    while (this.#node !== suffixRoot && this.#node !== punctuationNode) {
      if (!this.#followLink()) {
        this.#replaceByUnknown(end);
        return;
      }
    }
    this.#kept = this.#output.ids.length;
  }

  /** The whole word, up to `end`, is unknown. */
  #replaceByUnknown(end: number): void {
    const { rows, ids } = this.#output;
    ids.length = this.#kept;
    rows.tokens.length = this.#kept;
    rows.starts.length = this.#kept;
    rows.ends.length = this.#kept;
    ids.push(this.#model.unknownId);
    rows.add(this.#model.unknown, this.#wordStart, end);
    this.#kept += 1;
  }
}

const isSeparator = (code: number): boolean => code >= 0 && isPunctuationOrChinese(code);
