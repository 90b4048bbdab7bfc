import type { KernelTable } from "../kernel.js";
import { constrainedSequenceKernels } from "./text/constrained-sequence.js";
import { fastBertNormalizeKernels } from "./text/fast-bert-normalize.js";
import { fastSentencepieceKernels } from "./text/fast-sentencepiece.js";
import { fastWordpieceKernels } from "./text/fast-wordpiece.js";
import { maxSpanningTreeKernels } from "./text/max-spanning-tree.js";
import { normalizeKernels } from "./text/normalize.js";
import { phraseKernels } from "./text/phrases.js";
import { pieceKernels } from "./text/pieces.js";
import { regexSplitKernels } from "./text/regex-split.js";
import { sentencepieceKernels } from "./text/sentencepiece.js";
import { spanKernels } from "./text/spans.js";
import { splitMergeKernels } from "./text/split-merge.js";
import { trimKernels } from "./text/trim.js";
import { whitespaceKernels } from "./text/whitespace.js";
import { wordpieceKernels } from "./text/wordpiece.js";

/** Host kernels of the text family: the ops of TensorFlow Text that served models use. */
export const textKernels: KernelTable = {
  ...constrainedSequenceKernels,
  ...fastBertNormalizeKernels,
  ...fastSentencepieceKernels,
  ...fastWordpieceKernels,
  ...maxSpanningTreeKernels,
  ...normalizeKernels,
  ...phraseKernels,
  ...pieceKernels,
  ...regexSplitKernels,
  ...sentencepieceKernels,
  ...spanKernels,
  ...splitMergeKernels,
  ...trimKernels,
  ...whitespaceKernels,
  ...wordpieceKernels,
};
