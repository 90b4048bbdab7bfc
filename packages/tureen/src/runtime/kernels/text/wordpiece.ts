import { internal, invalidArgument, StatusError } from "../../../core/status-error.js";
import { scalarValue, tensorValue } from "../../../core/tensor-value.js";
import { byteKey } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import type { LookupTable } from "../lookup/lookup-table.js";
import { tableOf } from "../lookup.js";
import { int64Value } from "../sparse/integers.js";
import { concatBytes, utf8Characters } from "./characters.js";
import { TokenRows } from "./token-rows.js";

interface WordpieceOptions {
  readonly suffixIndicator: Uint8Array;
  readonly maxBytesPerWord: number;
  /** 0 for no limit. */
  readonly maxCharsPerToken: number;
  readonly unknownToken: Uint8Array | undefined;
  readonly splitUnknownCharacters: boolean;
}

/** Whether a piece is in the vocabulary. */
type Contains = (piece: Uint8Array) => boolean;

/** What the table gives for words that are not in it. */
const missing = scalarValue("int64", -1n);
/** How many answers of a table are kept: those of pieces of real text come again and again. */
const rememberedPieces = 65_536;

/** What the table says of one piece; its errors become INVALID_ARGUMENT, as the library passes on the text alone. */
function isInTable(table: LookupTable, piece: Uint8Array): boolean {
  try {
    return (table.find(tensorValue("string", [1], [piece]), missing) as BigInt64Array)[0] !== -1n;
  } catch (error) {
    throw error instanceof StatusError ? invalidArgument(error.message) : error;
  }
}

/** Asks the table, of one that cannot change any more once for each piece. */
function vocabularyOf(table: LookupTable, memory: Map<string, boolean>): Contains {
  if (!table.isInitializable) return (piece) => isInTable(table, piece);
  return (piece) => {
    const key = byteKey(piece);
    const known = memory.get(key);
    if (known !== undefined) return known;
    const contains = isInTable(table, piece);
    if (memory.size >= rememberedPieces) memory.clear();
    memory.set(key, contains);
    return contains;
  };
}

/** Greedy from the left: the longest piece that the vocabulary has, again and again. */
function tokenizeWord(word: Uint8Array, options: WordpieceOptions, contains: Contains, rows: TokenRows): void {
  const { suffixIndicator, unknownToken, splitUnknownCharacters } = options;
  if (word.length > options.maxBytesPerWord) {
    rows.add(unknownToken ?? word, 0, (unknownToken ?? word).length);
    return;
  }
  const ends = utf8Characters(word).map(({ end }) => end);
  const found: [Uint8Array, number, number][] = [];
  const named = (piece: Uint8Array, start: number): Uint8Array =>
    start > 0 ? concatBytes(suffixIndicator, piece) : piece;
  let first = 0;
  for (let start = 0; start < word.length; ) {
    const limit = options.maxCharsPerToken > 0 ? Math.min(ends.length, first + options.maxCharsPerToken) : ends.length;
    let last = limit - 1;
    let piece: Uint8Array | undefined;
    for (; last >= first; last--) {
      const candidate = named(word.subarray(start, ends[last]!), start);
      if (contains(candidate)) {
        piece = candidate;
        break;
      }
      if (last === first && splitUnknownCharacters) {
        piece = unknownToken === undefined ? candidate : named(unknownToken, start);
        break;
      }
    }
    if (piece === undefined) {
      rows.add(unknownToken ?? word, 0, word.length);
      return;
    }
    found.push([piece, start, ends[last]!]);
    start = ends[last]!;
    first = last + 1;
  }
  for (const [piece, start, end] of found) rows.add(piece, start, end);
}

const wordpiece: KernelFactory = ({ attrs }) => {
  const options: WordpieceOptions = {
    suffixIndicator: attrs.bytes("suffix_indicator"),
    maxBytesPerWord: attrs.int("max_bytes_per_word"),
    maxCharsPerToken: attrs.int("max_chars_per_token"),
    unknownToken: attrs.bool("use_unknown_token") ? attrs.bytes("unknown_token") : undefined,
    splitUnknownCharacters: attrs.bool("split_unknown_characters"),
  };
  const partition = attrs.text("output_row_partition_type");
  if (partition !== "row_lengths" && partition !== "row_splits") {
    throw internal("Unexpected value for output_row_partition_type");
  }
  let memory = new Map<string, boolean>();
  let remembered: LookupTable | undefined;
  return ([words, handle], context) => {
    const table = tableOf(handle!, context);
    if (table.keyDType !== "string" || table.valueDType !== "int64") {
      throw invalidArgument(`Expected a table of strings and int64, got ${table.keyDType} and ${table.valueDType}`);
    }
    if (remembered !== table) {
      memory = new Map();
      remembered = table;
    }
    const contains = vocabularyOf(table, memory);
    const rows = new TokenRows();
    for (const word of words!.data as readonly Uint8Array[]) {
      tokenizeWord(word, options, contains, rows);
      rows.endRow();
    }
    const { splits } = rows;
    const lengths = splits.slice(1).map((split, i) => split - splits[i]!);
    const parts = partition === "row_splits" ? splits : lengths;
    return [rows.tokenValue(), int64Value([parts.length], parts), ...rows.offsetValues("int64")];
  };
};

/** WordpieceTokenizeWithOffsets. */
export const wordpieceKernels: KernelTable = { WordpieceTokenizeWithOffsets: wordpiece };
