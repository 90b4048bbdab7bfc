import { internal, invalidArgument, unimplemented } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { integerValue, numbersOf } from "../sparse/integers.js";
import { concatBytes } from "./characters.js";
import { childOf, noValue, rootNode, valueAt } from "./double-array-trie.js";
import {
  decoderOf,
  encoderOf,
  type FastSentencepieceDecoder,
  type FastSentencepieceEncoder,
} from "./fast-sentencepiece-model.js";

/** The mark that stands for a space, U+2581. */
const spaceMark = Uint8Array.of(0xe2, 0x96, 0x81);
const space = 0x20;
const isSpace = (byte: number | undefined): boolean => byte === space || byte === 9 || byte === 13 || byte === 10;

/** The longest entry of a trie that bytes from `at` on begin with: its value and its length; a value of -1 for none. */
function longestPrefix(
  trie: Uint32Array,
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly length: number } {
  let [value, length] = [noValue, 0];
  let node = rootNode;
  for (let i = at; i < bytes.length; i++) {
    node = childOf(trie, node, bytes[i]!);
    if (node < 0) break;
    const found = valueAt(trie, node);
    if (found !== noValue) [value, length] = [found, i + 1 - at];
  }
  return { value, length };
}

/** A text as the model's pieces are cut from it. */
function normalized(text: Uint8Array, model: FastSentencepieceEncoder): Uint8Array {
  if (text.length === 0) return text;
  let bytes = model.addsPrefix ? concatBytes(Uint8Array.of(space), text) : text;
  const { prefixes, replacements } = model;
  if (prefixes !== undefined && prefixes.length > 0 && replacements !== undefined) {
    const parts: Uint8Array[] = [];
    for (let i = 0; i < bytes.length; ) {
      const { value, length } = longestPrefix(prefixes, bytes, i);
      if (value < 0 || value >= replacements.length) {
        parts.push(bytes.subarray(i, i + 1));
        i += 1;
        continue;
      }
      const end = replacements.indexOf(0, value);
      parts.push(replacements.subarray(value, end < 0 ? replacements.length : end));
      i += length;
    }
    bytes = concatBytes(...parts);
  }
  if (model.removesExtraSpaces) bytes = withoutExtraSpaces(bytes);
  if (!model.escapesSpaces) return bytes;
  return concatBytes(...Array.from(bytes, (byte, i) => (isSpace(byte) ? spaceMark : bytes.subarray(i, i + 1))));
}

/** Runs of white bytes as one space, none at the end; a white byte alone stays what it is. */
function withoutExtraSpaces(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; ) {
    let end = i + 1;
    if (isSpace(bytes[i])) while (isSpace(bytes[end])) end += 1;
    kept[length++] = end > i + 1 ? space : bytes[i]!;
    i = end;
  }
  if (length > 0 && isSpace(kept[length - 1])) length -= 1;
  return kept.subarray(0, length);
}

/** The best way through a text by the sum of its pieces' scores, which are float32: codes from its end to its start. */
function bestCodes(bytes: Uint8Array, model: FastSentencepieceEncoder): number[] {
  const { trie, scores, unknownCode, unknownPenalty } = model;
  const length = bytes.length;
  const [score, code, from] = [new Float32Array(length + 1), new Int32Array(length + 1), new Int32Array(length + 1)];
  code.fill(-1);
  from.fill(-1);
  for (let i = 0; i < length; i++) {
    if (i > 0 && from[i]! < 0) continue;
    if (unknownCode >= 0) {
      const penalized = Math.fround(score[i]! + unknownPenalty);
      if (from[i + 1]! < 0 || score[i + 1]! < penalized) {
        score[i + 1] = penalized;
        code[i + 1] = unknownCode;
        from[i + 1] = code[i] === unknownCode ? from[i]! : i;
      }
    }
    let node = rootNode;
    for (let j = i; j < length; j++) {
      node = childOf(trie, node, bytes[j]!);
      if (node < 0) break;
      const piece = valueAt(trie, node);
      if (piece < 0 || piece >= scores.length) continue;
      const reached = Math.fround(score[i]! + scores[piece]!);
      if (from[j + 1]! >= 0 && !(score[j + 1]! < reached)) continue;
      score[j + 1] = reached;
      code[j + 1] = piece;
      from[j + 1] = i;
    }
  }
  const codes: number[] = [];
  if (from[length]! < 0) return codes;
  for (let at = length; at > 0; at = from[at]!) {
    codes.push(code[at] === unknownCode ? unknownCode : code[at]! + model.offset);
  }
  return codes;
}

/** What is made of a model, kept until another one comes. */
function cached<Model>(make: (bytes: Uint8Array) => Model | undefined): (value: TensorValue) => Model {
  let source: unknown;
  let model: Model | undefined;
  return ({ data }) => {
    if (model === undefined || source !== data) {
      model = make(data as Uint8Array);
      source = data;
    }
    if (model === undefined) throw internal("Sentencepiece conversion failed");
    return model;
  };
}

const flag = (value: TensorValue): boolean => (value.data as Uint8Array)[0] !== 0;

const tokenize: KernelFactory = ({ attrs }) => {
  // TensorFlow Text's kernel ends the process for these.
  if (attrs.type("out_type") !== "int32" || attrs.type("Tsplits") !== "int32") {
    throw unimplemented("FastSentencepieceTokenize gives numbers of pieces and splits as int32 alone");
  }
  const modelOf = cached(encoderOf);
  return (inputs) => {
    const [addsStart, addsEnd, reverses] = [flag(inputs[4]!), flag(inputs[5]!), flag(inputs[6]!)];
    const codes: number[] = [];
    const splits = [0];
    for (const text of inputs[1]!.data as readonly Uint8Array[]) {
      const model = modelOf(inputs[0]!);
      const row = bestCodes(normalized(text, model), model);
      if (addsEnd) row.unshift(model.endCode);
      if (addsStart) row.push(model.startCode);
      if (!reverses) row.reverse();
      for (const code of row) codes.push(code);
      splits.push(codes.length);
    }
    return [
      tensorValue("int32", [codes.length], Int32Array.from(codes)),
      integerValue("int32", [splits.length], splits),
    ];
  };
};

function decode(codes: Int32Array, model: FastSentencepieceDecoder): Uint8Array {
  let removesPrefix = model.removesPrefix;
  const parts = Array.from(codes, (code) => {
    const piece = model.pieces[code - model.offset];
    if (piece === undefined) throw internal("Sentencepiece conversion failed");
    const end = piece.indexOf(0);
    const start = removesPrefix && piece[0] === space ? 1 : 0;
    removesPrefix = false;
    return piece.subarray(start, end < 0 ? piece.length : end);
  });
  return concatBytes(...parts);
}

const detokenize: KernelFactory = () => {
  const modelOf = cached(decoderOf);
  return (inputs) => {
    const values = inputs[1]!.data as Int32Array;
    const splits = numbersOf(inputs[2]!);
    if (splits.length === 0) throw invalidArgument("input_splits must have at least 1 element.");
    const texts: Uint8Array[] = [];
    // Rows lie one behind the other, whatever the first split says.
    let at = 0;
    for (let i = 0; i + 1 < splits.length; i++) {
      const size = splits[i + 1]! - splits[i]!;
      if (size < 0 || at + size > values.length) {
        throw invalidArgument("input_splits must be monotonically non-decreasing and within bounds.");
      }
      texts.push(decode(values.subarray(at, at + size), modelOf(inputs[0]!)));
      at += size;
    }
    return [tensorValue("string", [texts.length], texts)];
  };
};

/** The SentencePiece ops that read a FlatBuffer. */
export const fastSentencepieceKernels: KernelTable = {
  "TFText>FastSentencepieceTokenize": tokenize,
  "TFText>FastSentencepieceDetokenize": detokenize,
};
