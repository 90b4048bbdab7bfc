import { failedPrecondition, invalidArgument, outOfRange, unimplemented } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, numbersOf } from "../sparse/integers.js";
import { concatBytes } from "./characters.js";
import { childOf, noValue, rootNode, valueAt } from "./double-array-trie.js";
import { FlatTable } from "./flat-buffer.js";
import { whiteWords } from "./whitespace.js";

/** Fields of `PhraseTokenizerConfig` in the library's schema. */
const Field = {
  PROBABILITY: 0,
  UNKNOWN: 1,
  UNKNOWN_ID: 2,
  DETOKENIZES: 3,
  VOCABULARY: 4,
  TRIE: 5,
  WHITESPACE: 6,
  SPLITS_PUNCTUATION: 7,
} as const;

interface PhraseModel {
  readonly unknown: Uint8Array;
  readonly unknownId: number;
  /** Phrases by their numbers; undefined where the model was built without. */
  readonly vocabulary: readonly Uint8Array[] | undefined;
  readonly trie: Uint32Array;
  /** A bit for each code point that is white. */
  readonly whitespace: Uint8Array;
  readonly splitsPunctuation: boolean;
}

const space = 0x20;

/** Ends of words that are tokens of their own, where the model says so. */
const endings: readonly Uint8Array[] = ["'t", "'s", ".", ",", "!", "?", "'m", "'re", "'ll", "'d", "'ve"].map((text) =>
  encodeText(text),
);

function endsWith(word: Uint8Array, ending: Uint8Array): boolean {
  const from = word.length - ending.length;
  return from >= 0 && ending.every((byte, i) => word[from + i] === byte);
}

function phraseModel(bytes: Uint8Array): PhraseModel {
  const table = FlatTable.root(bytes);
  // A probability of leaving off early makes the cut random.
  if (table.int(Field.PROBABILITY) !== 0) throw unimplemented("Phrases cut at random (prob > 0) are not supported");
  return {
    unknown: table.text(Field.UNKNOWN),
    unknownId: table.int(Field.UNKNOWN_ID),
    vocabulary: table.bool(Field.DETOKENIZES) ? (table.texts(Field.VOCABULARY) ?? []) : undefined,
    trie: table.table(Field.TRIE)?.uints(0) ?? new Uint32Array(1),
    whitespace: table.text(Field.WHITESPACE),
    splitsPunctuation: table.bool(Field.SPLITS_PUNCTUATION),
  };
}

/** A kernel's model, read again only when another one comes. */
function cachedModel(): (value: TensorValue) => PhraseModel {
  let source: unknown;
  let model: PhraseModel | undefined;
  return ({ data }) => {
    if (model === undefined || source !== data) {
      model = phraseModel(data as Uint8Array);
      source = data;
    }
    return model;
  };
}

/** The words of a text with one space between each. */
function joinedWords(text: Uint8Array, model: PhraseModel): Uint8Array {
  const gap = Uint8Array.of(space);
  const words = whiteWords(text, model.whitespace);
  const parts = words.flatMap((word, i) => {
    const ending = model.splitsPunctuation ? endings.find((end) => endsWith(word, end)) : undefined;
    const cut = ending === undefined ? [word] : [word.subarray(0, word.length - ending.length), gap, ending];
    return i + 1 < words.length ? [...cut, gap] : cut;
  });
  return concatBytes(...parts);
}

/** The longest phrase from `at` on that ends where a word does. */
function phraseAt(
  text: Uint8Array,
  at: number,
  trie: Uint32Array,
): { readonly id: number; readonly length: number } | undefined {
  let found: { readonly id: number; readonly length: number } | undefined;
  let node = rootNode;
  for (let i = at; i < text.length; i++) {
    node = childOf(trie, node, text[i]!);
    if (node < 0) break;
    const id = valueAt(trie, node);
    if (id !== noValue && (i + 1 === text.length || text[i + 1] === space)) found = { id, length: i + 1 - at };
  }
  return found;
}

const tokenize: KernelFactory = () => {
  const modelOf = cachedModel();
  return (inputs) => {
    const model = modelOf(inputs[1]!);
    const phrases: Uint8Array[] = [];
    const ids: number[] = [];
    const splits = [0];
    for (const input of inputs[0]!.data as readonly Uint8Array[]) {
      const text = joinedWords(input, model);
      for (let at = 0; at < text.length; ) {
        const phrase = phraseAt(text, at, model.trie);
        phrases.push(phrase === undefined ? model.unknown : text.subarray(at, at + phrase.length));
        ids.push(phrase === undefined ? model.unknownId : phrase.id);
        if (phrase !== undefined) at += phrase.length + 1;
        else {
          const next = text.indexOf(space, at);
          if (next < 0) break;
          at = next + 1;
        }
      }
      splits.push(ids.length);
    }
    return [
      tensorValue("string", [phrases.length], phrases),
      int64Value([ids.length], ids),
      int64Value([splits.length], splits),
    ];
  };
};

const detokenize: KernelFactory = () => {
  const modelOf = cachedModel();
  return (inputs) => {
    const { vocabulary, splitsPunctuation } = modelOf(inputs[2]!);
    const ids = inputs[0]!.data as Int32Array;
    const splits = numbersOf(inputs[1]!);
    const texts: Uint8Array[] = [];
    for (let i = 0; i + 1 < splits.length; i++) {
      if (vocabulary === undefined) {
        throw failedPrecondition(
          "Detokenize function is only enabled when support_detokenization is true in the config flatbuffer. Please rebuild the model flatbuffer by setting support_detokenization=true.",
        );
      }
      const [from, to] = [splits[i]!, splits[i + 1]!];
      if (from < 0 || to < from || to > ids.length) throw invalidArgument("Row splits do not match the values");
      const parts: Uint8Array[] = [];
      for (const id of ids.subarray(from, to)) {
        const phrase = vocabulary[id];
        if (phrase === undefined) throw outOfRange(`Token ID out of bounds: ${id}`);
        const isEnding =
          splitsPunctuation && endings.some((end) => end.length === phrase.length && endsWith(phrase, end));
        const isFirst = splitsPunctuation ? parts.every((part) => part.length === 0) : parts.length === 0;
        if (!isEnding && !isFirst) parts.push(Uint8Array.of(space));
        parts.push(phrase);
      }
      texts.push(concatBytes(...parts));
    }
    return [tensorValue("string", [texts.length], texts)];
  };
};

/** PhraseTokenize and its way back. */
export const phraseKernels: KernelTable = {
  PhraseTokenize: tokenize,
  "TFText>PhraseDetokenize": detokenize,
};
