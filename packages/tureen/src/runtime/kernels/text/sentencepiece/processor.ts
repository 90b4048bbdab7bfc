import { byteKey, encodeText, equalBytes } from "../../../../core/text.js";
import { concatBytes } from "../characters.js";
import { bpeSegments, characterSegments, wordSegments } from "./bpe.js";
import { bytePiece, ModelType, PieceType, readSentencePieceModel, type SentencePieceModel } from "./model.js";
import { normalizeText, spaceSymbol, symbolAt, validLength } from "./normalizer.js";
import {
  type PieceTrie,
  pieceTrie,
  type Segmentation,
  type UnigramScores,
  unigramScores,
  unigramSegments,
} from "./unigram.js";

/** What is done to pieces after a text was cut, or before they are joined. */
export interface ExtraOptions {
  readonly bos: boolean;
  readonly eos: boolean;
  readonly reverse: boolean;
}

/** A piece of a text: its bytes, its number, where in the text it comes from. */
export interface Piece {
  readonly piece: Uint8Array;
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

const replacement = encodeText("\ufffd");
const marks: readonly Uint8Array[] = [spaceSymbol];

/** Cuts and joins texts by one SentencePiece model. */
export class SentencePieceProcessor {
  readonly #model: SentencePieceModel;
  readonly #trie: PieceTrie | undefined;
  readonly #scores: UnigramScores | undefined;

  constructor(bytes: Uint8Array) {
    this.#model = readSentencePieceModel(bytes);
    if (this.#model.type === ModelType.UNIGRAM) {
      this.#trie = pieceTrie(this.#model);
      this.#scores = unigramScores(this.#model);
    }
  }

  /** How many pieces there are. */
  get size(): number {
    return this.#model.pieces.length;
  }

  /** The number of a piece; that of the unknown one for what is none. */
  idOf(piece: Uint8Array): number {
    const { reserved, normal, unknownId } = this.#model;
    const key = byteKey(piece);
    return reserved.get(key) ?? normal.get(key) ?? unknownId;
  }

  /** The piece of a number, or undefined. */
  pieceOf(id: number): Uint8Array | undefined {
    return this.#model.pieces[id];
  }

  #segments(text: Uint8Array): Segmentation {
    const { type } = this.#model;
    if (this.#trie !== undefined && this.#scores !== undefined)
      return unigramSegments(text, this.#model, this.#trie, this.#scores);
    if (type === ModelType.BPE) return bpeSegments(text, this.#model);
    return type === ModelType.WORD ? wordSegments(text, this.#model) : characterSegments(text, this.#model);
  }

  /** The pieces of a text. */
  encode(input: Uint8Array, options: ExtraOptions): Piece[] {
    const { types, byteFallback, userDefined, normalizer } = this.#model;
    const { text, origins } = normalizeText(input, normalizer, userDefined);
    const segments = this.#segments(text);
    const pieces: Piece[] = [];
    let at = 0;
    let wasUnknown = false;
    for (let i = 0; i < segments.length; i += 2) {
      const [length, id] = [segments[i]!, segments[i + 1]!];
      const piece = text.subarray(at, at + length);
      const [start, end] = [origins[at]!, origins[at + length]!];
      const isUnknown = types[id] === PieceType.UNKNOWN;
      at += length;
      const before = pieces[pieces.length - 1];
      if (isUnknown && byteFallback) {
        piece.forEach((byte, k) => {
          const own = bytePiece(byte);
          pieces.push({ piece: own, id: this.idOf(own), start, end: k === piece.length - 1 ? end : start });
        });
      } else if (isUnknown && wasUnknown && before !== undefined) {
        pieces[pieces.length - 1] = { piece: concatBytes(before.piece, piece), id, start: before.start, end };
      } else {
        pieces.push({ piece, id, start, end });
      }
      wasUnknown = isUnknown;
    }
    return this.#withExtras(pieces, options);
  }

  /** In the library's order: what it parses from "bos:eos:reverse". */
  #withExtras(pieces: Piece[], { bos, eos, reverse }: ExtraOptions): Piece[] {
    const control = (piece: Uint8Array): Piece => ({ piece, id: this.idOf(piece), start: 0, end: 0 });
    if (bos) pieces.unshift(control(this.#model.bos));
    if (eos) pieces.push(control(this.#model.eos));
    if (reverse) pieces.reverse();
    return pieces;
  }

  /** The text of pieces given by their numbers or by themselves. */
  decode(given: readonly (number | Uint8Array)[], options: ExtraOptions): Uint8Array {
    const list = given.map((item): Piece => {
      if (typeof item !== "number") return { piece: item, id: this.idOf(item), start: 0, end: 0 };
      const piece = this.#model.pieces[item] ?? new Uint8Array(0);
      return { piece, id: this.idOf(piece), start: 0, end: 0 };
    });
    const parts: Uint8Array[] = [];
    let isEmpty = true;
    let bytes: number[] = [];
    const add = (part: Uint8Array): void => {
      parts.push(part);
      if (part.length > 0) isEmpty = false;
    };
    const flush = (): void => {
      const run = Uint8Array.from(bytes);
      bytes = [];
      for (let at = 0; at < run.length; ) {
        const length = validLength(run, at);
        add(length === 0 ? replacement : run.subarray(at, at + length));
        at += Math.max(1, length);
      }
    };
    for (const { piece, id } of this.#withExtras(list, options)) {
      if (this.#model.types[id] === PieceType.BYTE) {
        bytes.push(Number.parseInt(String.fromCharCode(piece[3]!, piece[4]!), 16));
        continue;
      }
      flush();
      add(this.#surface(piece, id, isEmpty));
    }
    flush();
    const text = concatBytes(...parts);
    const { denormalizer } = this.#model;
    return denormalizer === undefined ? text : normalizeText(text, denormalizer, []).text;
  }

  #surface(piece: Uint8Array, id: number, isFirst: boolean): Uint8Array {
    const { types, pieces, unknownSurface, dropsFirstSpace } = this.#model;
    if (types[id] === PieceType.CONTROL) return new Uint8Array(0);
    if (types[id] === PieceType.UNKNOWN) return equalBytes(pieces[id]!, piece) ? unknownSurface : piece;
    const from = isFirst && dropsFirstSpace && startsWithMark(piece, 0) ? spaceSymbol.length : 0;
    const result: number[] = [];
    for (let i = from; i < piece.length; ) {
      if (startsWithMark(piece, i)) {
        result.push(0x20);
        i += spaceSymbol.length;
      } else {
        result.push(piece[i]!);
        i += 1;
      }
    }
    return Uint8Array.from(result);
  }
}

function startsWithMark(piece: Uint8Array, at: number): boolean {
  return symbolAt(piece, at, marks) > 0;
}
