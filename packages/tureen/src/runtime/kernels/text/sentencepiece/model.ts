import { internal } from "../../../../core/status-error.js";
import { byteKey, encodeText } from "../../../../core/text.js";
import { WireReader } from "../../../../formats/wire-format.js";
import { type Normalizer, normalizer } from "./normalizer.js";

/** `ModelProto.SentencePiece.Type`. */
export const PieceType = { NORMAL: 1, UNKNOWN: 2, CONTROL: 3, USER_DEFINED: 4, UNUSED: 5, BYTE: 6 } as const;
/** `TrainerSpec.ModelType`. */
export const ModelType = { UNIGRAM: 1, BPE: 2, WORD: 3, CHAR: 4 } as const;

/** A SentencePiece model, its pieces in flat arrays by number. */
export interface SentencePieceModel {
  readonly type: number;
  readonly pieces: readonly Uint8Array[];
  readonly types: Uint8Array;
  readonly scores: Float32Array;
  /** Numbers of pieces that text may be cut into (normal, user-defined, unused), by `byteKey`. */
  readonly normal: ReadonlyMap<string, number>;
  /** Numbers of the others: unknown, control, bytes. */
  readonly reserved: ReadonlyMap<string, number>;
  readonly unknownId: number;
  readonly byteFallback: boolean;
  /** The longest user-defined symbol first, as they are looked for. */
  readonly userDefined: readonly Uint8Array[];
  readonly normalizer: Normalizer;
  readonly denormalizer: Normalizer | undefined;
  /** Whether decoding drops a space at the very beginning. */
  readonly dropsFirstSpace: boolean;
  /** What an unknown piece becomes in decoded text. */
  readonly unknownSurface: Uint8Array;
  readonly bos: Uint8Array;
  readonly eos: Uint8Array;
}

interface TrainerSpec {
  type: number;
  whitespaceAsSuffix: boolean;
  byteFallback: boolean;
  unknownSurface: Uint8Array;
  bos: Uint8Array;
  eos: Uint8Array;
}

/** The piece of a byte: `<0x0A>`. */
export function bytePiece(byte: number): Uint8Array {
  return encodeText(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
}

/** Reads a `ModelProto` (sentencepiece_model.proto); INTERNAL with the library's text for one that is not consistent. */
export function readSentencePieceModel(bytes: Uint8Array): SentencePieceModel {
  const pieces: Uint8Array[] = [];
  const types: number[] = [];
  const scores: number[] = [];
  const trainer = readTrainer(new Uint8Array(0));
  let normalizerSpec: Uint8Array = new Uint8Array(0);
  let denormalizerSpec: Uint8Array | undefined;
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) readPiece(reader.lengthPrefixed(), pieces, types, scores);
    else if (tag === 18) Object.assign(trainer, readTrainer(reader.lengthPrefixed()));
    else if (tag === 26) normalizerSpec = reader.lengthPrefixed();
    else if (tag === 42) denormalizerSpec = reader.lengthPrefixed();
    else reader.skip(tag);
  }
  const normal = new Map<string, number>();
  const reserved = new Map<string, number>();
  let unknownId = -1;
  pieces.forEach((piece, id) => {
    const type = types[id]!;
    if (piece.length === 0) throw internal("piece must not be empty.");
    const isNormal = type === PieceType.NORMAL || type === PieceType.USER_DEFINED || type === PieceType.UNUSED;
    const target = isNormal ? normal : reserved;
    const key = byteKey(piece);
    if (target.has(key)) throw internal(`${key} is already defined.`);
    target.set(key, id);
    if (type === PieceType.UNKNOWN) {
      if (unknownId >= 0) throw internal("unk is already defined.");
      unknownId = id;
    }
  });
  if (unknownId < 0) throw internal("unk is not defined.");
  const spec = normalizer(normalizerSpec, trainer.whitespaceAsSuffix);
  return {
    type: trainer.type,
    pieces,
    types: Uint8Array.from(types),
    scores: Float32Array.from(scores),
    normal,
    reserved,
    unknownId,
    byteFallback: trainer.byteFallback,
    userDefined: pieces.filter((_, id) => types[id] === PieceType.USER_DEFINED).sort((a, b) => b.length - a.length),
    normalizer: spec,
    denormalizer:
      denormalizerSpec !== undefined && hasCharsmap(denormalizerSpec) ? normalizer(denormalizerSpec, false) : undefined,
    dropsFirstSpace: spec.addsDummyPrefix || spec.removesExtraSpaces,
    unknownSurface: trainer.unknownSurface,
    bos: trainer.bos,
    eos: trainer.eos,
  };
}

function readPiece(bytes: Uint8Array, pieces: Uint8Array[], types: number[], scores: number[]): void {
  const reader = new WireReader(bytes);
  let piece: Uint8Array = new Uint8Array(0);
  let type: number = PieceType.NORMAL;
  let score = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) piece = reader.lengthPrefixed();
    else if (tag === 21) score = reader.float();
    else if (tag === 24) type = reader.varint();
    else reader.skip(tag);
  }
  pieces.push(piece);
  types.push(type);
  scores.push(score);
}

/** ` ⁇ `, the default. */
const unknownSurface = encodeText(" \u2047 ");

function readTrainer(bytes: Uint8Array): TrainerSpec {
  const spec: TrainerSpec = {
    type: ModelType.UNIGRAM,
    whitespaceAsSuffix: false,
    byteFallback: false,
    unknownSurface,
    bos: encodeText("<s>"),
    eos: encodeText("</s>"),
  };
  const reader = new WireReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = Math.floor(tag / 8);
    if (field === 3) spec.type = reader.varint();
    else if (field === 24) spec.whitespaceAsSuffix = reader.varint() !== 0;
    else if (field === 35) spec.byteFallback = reader.varint() !== 0;
    else if (field === 44) spec.unknownSurface = reader.lengthPrefixed();
    else if (field === 46) spec.bos = orDefault(reader.lengthPrefixed(), spec.bos);
    else if (field === 47) spec.eos = orDefault(reader.lengthPrefixed(), spec.eos);
    else reader.skip(tag);
  }
  return spec;
}

const orDefault = (piece: Uint8Array, fallback: Uint8Array): Uint8Array => (piece.length === 0 ? fallback : piece);

function hasCharsmap(spec: Uint8Array): boolean {
  const reader = new WireReader(spec);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 18) return reader.lengthPrefixed().length > 0;
    reader.skip(tag);
  }
  return false;
}
