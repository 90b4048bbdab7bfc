import { FlatTable } from "./flat-buffer.js";

/** Fields of `EncoderConfig` in the library's schema. */
const Encoder = {
  VERSION: 0,
  START: 1,
  END: 2,
  UNKNOWN: 3,
  PENALTY: 4,
  OFFSET: 5,
  PIECES: 6,
  SCORES: 7,
  REMOVES_SPACES: 8,
  ADDS_PREFIX: 9,
  ESCAPES_SPACES: 10,
  PREFIXES: 11,
  REPLACEMENTS: 12,
} as const;

/** Fields of `DecoderConfig`; two that nothing reads lie between. */
const Decoder = { VERSION: 0, OFFSET: 1, PIECES: 2, REMOVES_PREFIX: 5 } as const;

/** How texts are cut into pieces. */
export interface FastSentencepieceEncoder {
  readonly startCode: number;
  readonly endCode: number;
  /** The code of what is no piece; -1 where there is none. */
  readonly unknownCode: number;
  readonly unknownPenalty: number;
  /** What is added to a piece's number. */
  readonly offset: number;
  readonly trie: Uint32Array;
  readonly scores: Float32Array;
  readonly removesExtraSpaces: boolean;
  readonly addsPrefix: boolean;
  readonly escapesSpaces: boolean;
  /** What is replaced before cutting, and with what: places of texts that end with a zero byte. */
  readonly prefixes: Uint32Array | undefined;
  readonly replacements: Uint8Array | undefined;
}

/** How codes become texts. */
export interface FastSentencepieceDecoder {
  readonly offset: number;
  readonly pieces: readonly Uint8Array[];
  readonly removesPrefix: boolean;
}

/** The only version there is. */
const sentencePiece = 0;

/** The encoder of a model; undefined for a version that is unknown. */
export function encoderOf(bytes: Uint8Array): FastSentencepieceEncoder | undefined {
  const table = FlatTable.root(bytes);
  if (table.byte(Encoder.VERSION) !== sentencePiece) return undefined;
  const scores = table.uints(Encoder.SCORES) ?? new Uint32Array(0);
  return {
    startCode: table.int(Encoder.START),
    endCode: table.int(Encoder.END),
    unknownCode: table.int(Encoder.UNKNOWN, -1),
    unknownPenalty: table.float(Encoder.PENALTY, 0),
    offset: table.int(Encoder.OFFSET),
    trie: table.table(Encoder.PIECES)?.uints(0) ?? new Uint32Array(1),
    scores: new Float32Array(scores.buffer),
    removesExtraSpaces: table.bool(Encoder.REMOVES_SPACES),
    addsPrefix: table.bool(Encoder.ADDS_PREFIX),
    escapesSpaces: table.bool(Encoder.ESCAPES_SPACES),
    prefixes: table.table(Encoder.PREFIXES)?.uints(0),
    replacements: table.vector(Encoder.REPLACEMENTS, 1),
  };
}

/** The decoder of a model; undefined for a version that is unknown. */
export function decoderOf(bytes: Uint8Array): FastSentencepieceDecoder | undefined {
  const table = FlatTable.root(bytes);
  if (table.byte(Decoder.VERSION) !== sentencePiece) return undefined;
  return {
    offset: table.int(Decoder.OFFSET),
    pieces: table.texts(Decoder.PIECES) ?? [],
    removesPrefix: table.bool(Decoder.REMOVES_PREFIX),
  };
}
