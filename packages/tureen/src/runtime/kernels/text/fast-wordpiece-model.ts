import { invalidArgument } from "../../../core/status-error.js";
import { FlatTable } from "./flat-buffer.js";

/** Fields of `FastWordpieceTokenizerConfig` in the library's schema. */
const Field = {
  TRIE: 0,
  FAILURES: 1,
  POPS: 2,
  SUFFIX_ROOT: 3,
  MAX_BYTES: 4,
  SUFFIX_INDICATOR: 5,
  UNKNOWN: 6,
  UNKNOWN_ID: 7,
  SUFFIX_RESULT: 8,
  PUNCTUATION_NODE: 9,
  END_TO_END: 10,
  DETOKENIZES: 11,
  VOCABULARY: 12,
  IS_SUFFIX: 13,
} as const;

/** A word piece tokenizer as the library's FlatBuffer describes it. */
export interface FastWordpieceModel {
  readonly trie: Uint32Array;
  /** Two numbers a node: where to go on when no child fits, and which tokens that emits. */
  readonly failures: Uint32Array;
  readonly pops: Uint32Array;
  readonly suffixRoot: number;
  readonly maxBytes: number;
  readonly suffixIndicator: Uint8Array;
  readonly unknown: Uint8Array;
  readonly unknownId: number;
  /** Tokens for a word that is the suffix indicator itself. */
  readonly suffixResult: Uint32Array;
  readonly punctuationNode: number;
  /** Whether texts are cut into words as well. */
  readonly isEndToEnd: boolean;
  readonly detokenizes: boolean;
  readonly vocabulary: readonly Uint8Array[] | undefined;
  readonly isSuffix: Uint8Array | undefined;
}

const models = new WeakMap<Uint8Array, FastWordpieceModel>();

/** Reads a model; the same bytes are read once. INVALID_ARGUMENT with the library's text where the trie is missing. */
export function fastWordpieceModel(bytes: Uint8Array): FastWordpieceModel {
  const known = models.get(bytes);
  if (known !== undefined) return known;
  const table = FlatTable.root(bytes);
  const trie = table.uints(Field.TRIE);
  if (trie === undefined) throw invalidArgument("FastWordpieceTokenizerConfig or its trie_array is null.");
  const failures = table.vector(Field.FAILURES, 8) ?? new Uint8Array(0);
  const model: FastWordpieceModel = {
    trie,
    failures: new Uint32Array(new Uint8Array(failures).buffer),
    pops: table.uints(Field.POPS) ?? new Uint32Array(0),
    suffixRoot: table.uint(Field.SUFFIX_ROOT),
    maxBytes: table.int(Field.MAX_BYTES),
    suffixIndicator: table.text(Field.SUFFIX_INDICATOR),
    unknown: table.text(Field.UNKNOWN),
    unknownId: table.int(Field.UNKNOWN_ID),
    suffixResult: table.uints(Field.SUFFIX_RESULT) ?? new Uint32Array(0),
    punctuationNode: table.uint(Field.PUNCTUATION_NODE),
    isEndToEnd: table.bool(Field.END_TO_END),
    detokenizes: table.bool(Field.DETOKENIZES),
    vocabulary: table.texts(Field.VOCABULARY),
    isSuffix: table.vector(Field.IS_SUFFIX, 1),
  };
  models.set(bytes, model);
  return model;
}
