import { mergeShapes, type PartialShape } from "../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";

/** Checks the ranks of the first inputs; INVALID_ARGUMENT with TensorFlow's text for another. */
function checkRanks({ inputs }: ShapeNode, ranks: readonly number[]): void {
  ranks.forEach((rank, i) => {
    const { shape } = inputs[i]!;
    if (shape !== undefined && shape.length !== rank)
      throw invalidArgument(`Shape must be rank ${rank} but is rank ${shape.length}`);
  });
}

/** Checks that the first inputs are vectors; FAILED_PRECONDITION with the library's text for another. */
function checkVectors({ inputs }: ShapeNode, count: number): void {
  for (const { shape } of inputs.slice(0, count)) {
    if (shape !== undefined && shape.length !== 1) {
      const sizes = shape.map((size) => (size < 0 ? "?" : size));
      throw failedPrecondition(`Shape must be rank 1: [ ${sizes.join(" ")} ]`);
    }
  }
}

const unchanged: ShapeRule = ({ inputs }) => [inputs[0]!.shape];
const vector: PartialShape = [-1];

/** Elements of a shape and `more`; -1 where they are not known. */
function elementsAnd(shape: PartialShape, more: number): number {
  if (shape === undefined || shape.some((size) => size < 0)) return -1;
  return shape.reduce((product, size) => product * size, 1) + more;
}

const firstSize = (shape: PartialShape): number => shape?.[0] ?? -1;
/** A vector of one entry more than the input has rows. */
const splitsOf = (shape: PartialShape): PartialShape => {
  const size = firstSize(shape);
  return [size < 0 ? -1 : size + 1];
};

const codeTokens: ShapeRule = (node) => {
  checkRanks(node, [1, 1]);
  return [vector, vector, vector, vector, node.inputs[1]!.shape ?? vector];
};

const sentencepieces =
  (outputs: number): ShapeRule =>
  (node) => {
    checkRanks(node, [0, 1, 0, 0, 0, 0, 0]);
    const splits = node.attrs.bool("return_nbest") ? -1 : elementsAnd(node.inputs[1]!.shape, 1);
    return [vector, [splits], ...Array.from({ length: outputs - 2 }, () => vector)];
  };

const sentencepieceLookup: ShapeRule = (node) => {
  checkRanks(node, [0, 1]);
  return [node.inputs[1]!.shape ?? vector];
};

const segmentShapes = (node: ShapeNode): readonly PartialShape[] =>
  Array.from({ length: node.attrs.int("N") }, () => vector);

/** Shape rules of the text family. */
export const textShapes: ShapeTable = {
  CaseFoldUTF8: unchanged,
  NormalizeUTF8: unchanged,
  NormalizeUTF8WithOffsetsMap: ({ inputs }) => [inputs[0]!.shape, inputs[0]!.shape],
  FindSourceOffsets: (node) => {
    checkRanks(node, [1, 1, 1]);
    return [node.inputs[1]!.shape ?? vector];
  },
  WhitespaceTokenizeWithOffsets: codeTokens,
  UnicodeScriptTokenizeWithOffsets: codeTokens,
  "TFText>WhitespaceTokenizeWithOffsetsV2": ({ inputs }) => [vector, splitsOf(inputs[0]!.shape), vector, vector],
  WordpieceTokenizeWithOffsets: (node) => {
    checkRanks(node, [1, 0]);
    const { shape } = node.inputs[0]!;
    const isLengths = node.attrs.text("output_row_partition_type") === "row_lengths";
    return [vector, isLengths ? [firstSize(shape)] : splitsOf(shape), vector, vector];
  },
  RegexSplitWithOffsets: ({ inputs }) => [vector, vector, vector, [elementsAnd(inputs[0]!.shape, 1)]],
  FastWordpieceTokenizeWithOffsets: ({ inputs }) => [vector, vector, splitsOf(inputs[0]!.shape), vector, vector],
  "TFText>FastWordpieceDetokenize": () => [vector],
  FastBertNormalize: ({ inputs }) => [vector, vector, splitsOf(inputs[0]!.shape)],
  SplitMergeTokenizeWithOffsets: (node) => {
    checkRanks(node, [1, 1, 1]);
    return [vector, splitsOf(node.inputs[0]!.shape), vector, vector];
  },
  TokenizerFromLogits: (node) => {
    checkRanks(node, [1, 3, 0]);
    return [vector, splitsOf(node.inputs[0]!.shape), vector, vector];
  },
  "TFText>RoundRobinTrim": (node) => {
    const count = node.attrs.int("N");
    const splits = node.inputs.slice(1 + count, 1 + 2 * count).map(({ shape }) => shape);
    return [...segmentShapes(node), ...splits];
  },
  "TFText>RoundRobinGenerateMasks": ({ inputs, attrs }) =>
    inputs.slice(1, 1 + attrs.int("N")).map(({ shape }) => shape),
  "TFText>NgramsStringJoin": ({ inputs, attrs }) => {
    const { shape } = inputs[0]!;
    const splits = inputs.slice(1).map((input) => input.shape);
    if (shape === undefined || shape.length === 0) return [shape, ...splits];
    const last = shape[shape.length - 1]!;
    const left = last < 0 ? -1 : Math.max(0, last - attrs.int("width") + 1);
    return [[...shape.slice(0, -1), splits.length > 0 ? -1 : left], ...splits];
  },
  "TFText>ByteSplitWithOffsets": ({ inputs }) => [vector, splitsOf(inputs[0]!.shape), vector, vector],
  "TFText>ByteSplitByOffsets": ({ inputs }) => [inputs[1]!.shape, inputs[3]!.shape],
  RougeL: (node) => {
    checkRanks(node, [1, 1, 1, 1, 0]);
    const splits = mergeShapes(node.inputs[1]!.shape, node.inputs[3]!.shape);
    const rows = firstSize(splits) - 1;
    const shape = [rows < 0 ? -1 : rows];
    return [shape, shape, shape];
  },
  "TFText>FastSentencepieceTokenize": () => [vector, vector],
  "TFText>FastSentencepieceDetokenize": () => [vector],
  PhraseTokenize: (node) => {
    checkVectors(node, 2);
    return [vector, vector, splitsOf(node.inputs[0]!.shape)];
  },
  "TFText>PhraseDetokenize": (node) => {
    checkVectors(node, 3);
    return [vector];
  },
  "TFText>OffsetsToBoiseTags": (node) => {
    checkVectors(node, 10);
    return [[firstSize(node.inputs[0]!.shape)]];
  },
  "TFText>BoiseTagsToOffsets": (node) => {
    checkVectors(node, 6);
    return [vector, vector, vector, vector];
  },
  "TFText>Utf8Binarize": (node) => {
    checkVectors(node, 1);
    return [[firstSize(node.inputs[0]!.shape), node.attrs.int("word_length") * node.attrs.int("bits_per_char")]];
  },
  ConstrainedSequence: () => [undefined, undefined],
  MaxSpanningTree: ({ inputs }) => {
    const [batch, nodes] = inputs[1]!.shape ?? [-1, -1];
    return [[batch ?? -1], [batch ?? -1, nodes ?? -1]];
  },
  SentencepieceOp: () => [[]],
  SentencepieceTokenizeOp: sentencepieces(2),
  SentencepieceTokenizeWithOffsetsOp: sentencepieces(4),
  SentencepieceDetokenizeOp: (node) => {
    checkRanks(node, [0, 1, 1, 0, 0, 0]);
    const splits = elementsAnd(node.inputs[2]!.shape, 0);
    if (splits === 0) throw invalidArgument("input_splits must have at least 1 element.");
    return [[splits < 0 ? -1 : splits - 1]];
  },
  SentencepieceVocabSizeOp: () => [[]],
  SentencepieceIdToStringOp: sentencepieceLookup,
  SentencepieceStringToIdOp: sentencepieceLookup,
};
