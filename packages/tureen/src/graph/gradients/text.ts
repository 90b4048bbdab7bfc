import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import { expandDims, oneHot, shape, stridedSlice } from "../ops/array.js";
import { mul } from "../ops/math.js";
import { denseOf } from "./array/build-math.js";

/** Each arc of the best tree gets the gradient of the tree's score. */
const maxSpanningTree: GradientRule = (op, grads) => {
  const { dtype } = op.outputs[0]!;
  const sources = op.outputs[1]!;
  const nodes = stridedSlice(shape(sources), [1], [2], [1], { shrinkAxisMask: 1 });
  const arcs = oneHot(sources, nodes, constant(1, dtype), constant(0, dtype));
  return [null, mul(arcs, expandDims(expandDims(denseOf(grads), -1), -1))];
};

/** Gradients of the text family: text itself has none. */
export const textGradients: GradientTable = {
  CaseFoldUTF8: null,
  NormalizeUTF8: null,
  NormalizeUTF8WithOffsetsMap: null,
  FindSourceOffsets: null,
  WhitespaceTokenizeWithOffsets: null,
  UnicodeScriptTokenizeWithOffsets: null,
  "TFText>WhitespaceTokenizeWithOffsetsV2": null,
  WordpieceTokenizeWithOffsets: null,
  RegexSplitWithOffsets: null,
  FastWordpieceTokenizeWithOffsets: null,
  "TFText>FastWordpieceDetokenize": null,
  FastBertNormalize: null,
  SplitMergeTokenizeWithOffsets: null,
  TokenizerFromLogits: null,
  "TFText>RoundRobinTrim": null,
  "TFText>RoundRobinGenerateMasks": null,
  "TFText>NgramsStringJoin": null,
  "TFText>ByteSplitWithOffsets": null,
  "TFText>ByteSplitByOffsets": null,
  RougeL: null,
  ConstrainedSequence: null,
  MaxSpanningTree: maxSpanningTree,
  SentencepieceOp: null,
  SentencepieceTokenizeOp: null,
  SentencepieceTokenizeWithOffsetsOp: null,
  SentencepieceDetokenizeOp: null,
  SentencepieceVocabSizeOp: null,
  SentencepieceIdToStringOp: null,
  SentencepieceStringToIdOp: null,
};
