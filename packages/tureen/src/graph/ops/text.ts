import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Texts without case and without what is not seen (Unicode's NFKC_Casefold), of the same shape. */
export function caseFoldUtf8(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("CaseFoldUTF8", [input], {}, options);
}

/** Texts in a Unicode normalization form, of the same shape. */
export function normalizeUtf8(
  input: TensorLike,
  options: { readonly normalizationForm: string; readonly name?: string },
): Tensor {
  return build("NormalizeUTF8", [input], { normalization_form: options.normalizationForm }, options);
}

/** Texts in a Unicode normalization form, and a variant for each that maps places back: texts, maps. */
export function normalizeUtf8WithOffsetsMap(
  input: TensorLike,
  options: { readonly normalizationForm: string; readonly name?: string },
): readonly Tensor[] {
  return buildOp("NormalizeUTF8WithOffsetsMap", [input], { normalization_form: options.normalizationForm }, options)
    .outputs;
}

/** Places in the original texts of places in normalised ones, which are ragged rows. */
export function findSourceOffsets(
  offsetsMap: TensorLike,
  inputOffsetsValues: TensorLike,
  inputOffsetsSplits: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("FindSourceOffsets", [offsetsMap, inputOffsetsValues, inputOffsetsSplits], {}, options);
}

/** Code points of ragged rows cut at white space: values, inner splits, starts, limits, outer splits. */
export function whitespaceTokenizeWithOffsets(
  inputValues: TensorLike,
  inputSplits: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("WhitespaceTokenizeWithOffsets", [inputValues, inputSplits], {}, options).outputs;
}

/** Code points of ragged rows cut where the script changes: values, inner splits, starts, limits, outer splits. */
export function unicodeScriptTokenizeWithOffsets(
  inputValues: TensorLike,
  inputSplits: TensorLike,
  options: { readonly keepWhitespace?: boolean; readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp(
    "UnicodeScriptTokenizeWithOffsets",
    [inputValues, inputSplits],
    { keep_whitespace: options.keepWhitespace },
    options,
  ).outputs;
}

/** Texts cut at the code points that a bit set names: tokens, row splits, starts, ends. */
export function whitespaceTokenizeWithOffsetsV2(
  inputValues: TensorLike,
  inputConfig: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("TFText>WhitespaceTokenizeWithOffsetsV2", [inputValues, inputConfig], {}, options).outputs;
}

/** Words cut into pieces of a vocabulary table: pieces, row lengths (or splits), starts, limits. */
export function wordpieceTokenizeWithOffsets(
  inputValues: TensorLike,
  vocabLookupTable: TensorLike,
  options: {
    readonly suffixIndicator: string;
    readonly maxBytesPerWord: number;
    readonly maxCharsPerToken?: number;
    readonly useUnknownToken: boolean;
    readonly unknownToken: string;
    readonly splitUnknownCharacters?: boolean;
    readonly outputRowPartitionType?: string;
    readonly name?: string;
  },
): readonly Tensor[] {
  return buildOp(
    "WordpieceTokenizeWithOffsets",
    [inputValues, vocabLookupTable],
    {
      suffix_indicator: options.suffixIndicator,
      max_bytes_per_word: options.maxBytesPerWord,
      max_chars_per_token: options.maxCharsPerToken,
      use_unknown_token: options.useUnknownToken,
      unknown_token: options.unknownToken,
      split_unknown_characters: options.splitUnknownCharacters,
      output_row_partition_type: options.outputRowPartitionType,
    },
    options,
  ).outputs;
}

/** Texts cut where a pattern matches: tokens, begins, ends, row splits. */
export function regexSplitWithOffsets(
  input: TensorLike,
  delimRegexPattern: TensorLike,
  keepDelimRegexPattern: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("RegexSplitWithOffsets", [input, delimRegexPattern, keepDelimRegexPattern], {}, options).outputs;
}

/** Texts cut into pieces by a tokenizer model: pieces, numbers, row splits, starts, ends. */
export function fastWordpieceTokenizeWithOffsets(
  inputValues: TensorLike,
  wpModel: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("FastWordpieceTokenizeWithOffsets", [inputValues, wpModel], {}, options).outputs;
}

/** Texts of ragged rows of piece numbers. */
export function fastWordpieceDetokenize(
  inputValues: TensorLike,
  inputRowSplits: TensorLike,
  wpModel: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TFText>FastWordpieceDetokenize", [inputValues, inputRowSplits, wpModel], {}, options);
}

/** Texts as BERT normalises them by a model: texts, and offsets of their bytes with row splits where asked for. */
export function fastBertNormalize(
  inputValues: TensorLike,
  fastBertNormalizerModel: TensorLike,
  options: { readonly getOffsets?: boolean; readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp(
    "FastBertNormalize",
    [inputValues, fastBertNormalizerModel],
    { get_offsets: options.getOffsets },
    options,
  ).outputs;
}

/** Texts cut where a label of 0 stands for a character: tokens, row splits, starts, limits. */
export function splitMergeTokenizeWithOffsets(
  inputValues: TensorLike,
  labels: TensorLike,
  rowSplits: TensorLike,
  options: { readonly forceSplitAtBreakCharacter?: boolean; readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp(
    "SplitMergeTokenizeWithOffsets",
    [inputValues, labels, rowSplits],
    { force_split_at_break_character: options.forceSplitAtBreakCharacter },
    options,
  ).outputs;
}

/** Texts cut where a character's first logit is the larger: tokens, row splits, starts, limits. */
export function tokenizerFromLogits(
  strings: TensorLike,
  logits: TensorLike,
  forceSplitAtBreakCharacter: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("TokenizerFromLogits", [strings, logits, forceSplitAtBreakCharacter], {}, options).outputs;
}

/** Ragged segments cut so that a row of all of them is no longer than the limit: values, row splits. */
export function roundRobinTrim(
  maxSequenceLength: TensorLike,
  inputValues: readonly TensorLike[],
  inputRowSplits: readonly TensorLike[],
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("TFText>RoundRobinTrim", [maxSequenceLength, inputValues, inputRowSplits], {}, options).outputs;
}

/** Of ragged segments, which items RoundRobinTrim keeps. */
export function roundRobinGenerateMasks(
  maxSequenceLength: TensorLike,
  inputValues: readonly TensorLike[],
  inputRowSplits: readonly TensorLike[],
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("TFText>RoundRobinGenerateMasks", [maxSequenceLength, inputValues, inputRowSplits], {}, options)
    .outputs;
}

/** Runs of neighbouring strings of the innermost dimension, joined: values, row splits. */
export function ngramsStringJoin(
  inputValues: TensorLike,
  inputRowSplits: readonly TensorLike[],
  options: { readonly width: number; readonly axis: number; readonly stringSeparator: string; readonly name?: string },
): readonly Tensor[] {
  return buildOp(
    "TFText>NgramsStringJoin",
    [inputValues, inputRowSplits],
    { width: options.width, axis: options.axis, string_separator: options.stringSeparator },
    options,
  ).outputs;
}

/** The bytes of texts: bytes, row splits, starts, ends. */
export function byteSplitWithOffsets(
  inputValues: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("TFText>ByteSplitWithOffsets", [inputValues], {}, options).outputs;
}

/** Pieces of texts from given starts to given ends: pieces, row splits. */
export function byteSplitByOffsets(
  inputValues: TensorLike,
  inputStartOffsets: TensorLike,
  inputEndOffsets: TensorLike,
  inputRowSplits: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp(
    "TFText>ByteSplitByOffsets",
    [inputValues, inputStartOffsets, inputEndOffsets, inputRowSplits],
    {},
    options,
  ).outputs;
}

/** ROUGE-L of ragged rows of hypotheses and references: F measure, precision, recall. */
export function rougeL(
  hypValues: TensorLike,
  hypSplits: TensorLike,
  refValues: TensorLike,
  refSplits: TensorLike,
  alpha: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("RougeL", [hypValues, hypSplits, refValues, refSplits, alpha], {}, options).outputs;
}

/** A handle to a SentencePiece model that the graph holds. */
export function sentencepieceOp(
  options: {
    readonly model?: Uint8Array;
    readonly container?: string;
    readonly sharedName?: string;
    readonly useNodeNameSharing?: boolean;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "SentencepieceOp",
    [],
    {
      model: options.model,
      container: options.container,
      shared_name: options.sharedName,
      use_node_name_sharing: options.useNodeNameSharing,
    },
    options,
  );
}

/** Texts cut into pieces, as numbers or strings: values, row splits. */
export function sentencepieceTokenizeOp(
  spHandle: TensorLike,
  input: TensorLike,
  nbestSize: TensorLike,
  alpha: TensorLike,
  addBos: TensorLike,
  addEos: TensorLike,
  reverse: TensorLike,
  options: {
    readonly outType?: DType;
    readonly Tsplits?: DType;
    readonly returnNbest?: boolean;
    readonly name?: string;
  } = {},
): readonly Tensor[] {
  checkOptions("sentencepieceTokenizeOp", options, {
    outType: "optional",
    Tsplits: "optional",
    returnNbest: "optional",
    name: "optional",
  });
  return buildOp(
    "SentencepieceTokenizeOp",
    [spHandle, input, nbestSize, alpha, addBos, addEos, reverse],
    { out_type: options.outType, Tsplits: options.Tsplits, return_nbest: options.returnNbest },
    options.name,
  ).outputs;
}

/** Texts cut into pieces, as numbers or strings: values, row splits, starts, limits. */
export function sentencepieceTokenizeWithOffsetsOp(
  spHandle: TensorLike,
  input: TensorLike,
  nbestSize: TensorLike,
  alpha: TensorLike,
  addBos: TensorLike,
  addEos: TensorLike,
  reverse: TensorLike,
  options: {
    readonly outType?: DType;
    readonly Tsplits?: DType;
    readonly returnNbest?: boolean;
    readonly name?: string;
  } = {},
): readonly Tensor[] {
  checkOptions("sentencepieceTokenizeWithOffsetsOp", options, {
    outType: "optional",
    Tsplits: "optional",
    returnNbest: "optional",
    name: "optional",
  });
  return buildOp(
    "SentencepieceTokenizeWithOffsetsOp",
    [spHandle, input, nbestSize, alpha, addBos, addEos, reverse],
    { out_type: options.outType, Tsplits: options.Tsplits, return_nbest: options.returnNbest },
    options.name,
  ).outputs;
}

/** Texts of ragged rows of pieces. */
export function sentencepieceDetokenizeOp(
  spHandle: TensorLike,
  inputValues: TensorLike,
  inputSplits: TensorLike,
  addBos: TensorLike,
  addEos: TensorLike,
  reverse: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SentencepieceDetokenizeOp", [spHandle, inputValues, inputSplits, addBos, addEos, reverse], {}, options);
}

/** How many pieces a model has. */
export function sentencepieceVocabSizeOp(spHandle: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SentencepieceVocabSizeOp", [spHandle], {}, options);
}

/** Pieces of numbers. */
export function sentencepieceIdToStringOp(
  spHandle: TensorLike,
  input: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SentencepieceIdToStringOp", [spHandle, input], {}, options);
}

/** Numbers of pieces, that of the unknown one for what is none. */
export function sentencepieceStringToIdOp(
  spHandle: TensorLike,
  input: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SentencepieceStringToIdOp", [spHandle, input], {}, options);
}

/** Texts cut into pieces by a model in a FlatBuffer: numbers, row splits. */
export function fastSentencepieceTokenize(
  spModel: TensorLike,
  input: TensorLike,
  nbestSize: TensorLike,
  alpha: TensorLike,
  addBos: TensorLike,
  addEos: TensorLike,
  reverse: TensorLike,
  options: { readonly outType?: DType; readonly Tsplits?: DType; readonly name?: string } = {},
): readonly Tensor[] {
  checkOptions("fastSentencepieceTokenize", options, { outType: "optional", Tsplits: "optional", name: "optional" });
  return buildOp(
    "TFText>FastSentencepieceTokenize",
    [spModel, input, nbestSize, alpha, addBos, addEos, reverse],
    { out_type: options.outType, Tsplits: options.Tsplits },
    options.name,
  ).outputs;
}

/** Texts of ragged rows of numbers of pieces, by a model in a FlatBuffer. */
export function fastSentencepieceDetokenize(
  spModel: TensorLike,
  inputValues: TensorLike,
  inputSplits: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TFText>FastSentencepieceDetokenize", [spModel, inputValues, inputSplits], {}, options);
}

/** Texts cut into phrases of a model: phrases, numbers, row splits. */
export function phraseTokenize(
  inputValues: TensorLike,
  phraseModel: TensorLike,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  return buildOp("PhraseTokenize", [inputValues, phraseModel], {}, options).outputs;
}

/** Texts of ragged rows of numbers of phrases. */
export function phraseDetokenize(
  inputValues: TensorLike,
  inputRowSplits: TensorLike,
  phraseModel: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("TFText>PhraseDetokenize", [inputValues, inputRowSplits, phraseModel], {}, options);
}

/** For each token the tag of where it lies in a span: tokens and spans are ragged rows of starts and ends, a span has a type. */
export function offsetsToBoiseTags(
  inputs: {
    readonly tokenBeginOffsets: TensorLike;
    readonly tokenEndOffsets: TensorLike;
    readonly spanBeginOffsets: TensorLike;
    readonly spanEndOffsets: TensorLike;
    readonly spanType: TensorLike;
    readonly tokenBeginRowSplits: TensorLike;
    readonly tokenEndRowSplits: TensorLike;
    readonly spanBeginRowSplits: TensorLike;
    readonly spanEndRowSplits: TensorLike;
    readonly spanTypeRowSplits: TensorLike;
    readonly useStrictBoundaryMode: TensorLike;
  },
  options: { readonly name?: string } = {},
): Tensor {
  const { tokenBeginOffsets, tokenEndOffsets, spanBeginOffsets, spanEndOffsets, spanType } = inputs;
  const { tokenBeginRowSplits, tokenEndRowSplits, spanBeginRowSplits, spanEndRowSplits, spanTypeRowSplits } = inputs;
  const offsets = [tokenBeginOffsets, tokenEndOffsets, spanBeginOffsets, spanEndOffsets, spanType];
  const splits = [tokenBeginRowSplits, tokenEndRowSplits, spanBeginRowSplits, spanEndRowSplits, spanTypeRowSplits];
  return build("TFText>OffsetsToBoiseTags", [...offsets, ...splits, inputs.useStrictBoundaryMode], {}, options);
}

/** The spans that tags of tokens tell of: starts, ends, types, row splits. */
export function boiseTagsToOffsets(
  inputs: {
    readonly tokenBeginOffsets: TensorLike;
    readonly tokenEndOffsets: TensorLike;
    readonly boiseTags: TensorLike;
    readonly tokenBeginRowSplits: TensorLike;
    readonly tokenEndRowSplits: TensorLike;
    readonly boiseTagsRowSplits: TensorLike;
  },
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  const { tokenBeginOffsets, tokenEndOffsets, boiseTags } = inputs;
  const splits = [inputs.tokenBeginRowSplits, inputs.tokenEndRowSplits, inputs.boiseTagsRowSplits];
  return buildOp("TFText>BoiseTagsToOffsets", [tokenBeginOffsets, tokenEndOffsets, boiseTags, ...splits], {}, options)
    .outputs;
}

/** The bits of each text's first characters, as floats of 0 and 1. */
export function utf8Binarize(
  inputTokens: TensorLike,
  options: {
    readonly wordLength: number;
    readonly bitsPerChar: number;
    readonly replacementChar: number;
    readonly name?: string;
  },
): Tensor {
  return build(
    "TFText>Utf8Binarize",
    [inputTokens],
    {
      word_length: options.wordLength,
      bits_per_char: options.bitsPerChar,
      replacement_char: options.replacementChar,
    },
    options,
  );
}
