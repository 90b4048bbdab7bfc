/** `tf.strings`: functions of strings by TensorFlow's names; strings are bytes. */
import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { build, buildOp, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { stringSplitV2 } from "../../graph/ops/string.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { nameScope } from "../../graph/scope.js";
import { concat, reshape, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

export {
  asString,
  reduceJoin,
  regexFullMatch,
  regexReplace,
  stringFormat as format,
  stringJoin as join,
  stringLength as length,
  stringLower as lower,
  stringStrip as strip,
  stringToHashBucket as toHashBucket,
  stringToHashBucketFast as toHashBucketFast,
  stringToHashBucketStrong as toHashBucketStrong,
  stringToNumber as toNumber,
  stringUpper as upper,
  substr,
  unsortedSegmentJoin,
} from "../../graph/ops/string.js";

interface Named {
  readonly name?: string;
}

/** How text is read: as UTF-8 by default, and what is no text is replaced by U+FFFD. */
export interface UnicodeOptions extends Named {
  readonly inputEncoding?: string;
  /** "strict" fails with INVALID_ARGUMENT. */
  readonly errors?: "replace" | "strict" | "ignore";
  /** Default U+FFFD. */
  readonly replacementChar?: number;
  readonly replaceControlCharacters?: boolean;
}

/** The same for `checkOptions`. */
const unicodeOptionsTable: OptionTable<UnicodeOptions> = {
  inputEncoding: "optional",
  errors: "optional",
  replacementChar: "optional",
  replaceControlCharacters: "optional",
  name: "optional",
};

function unicodeAttrs({ errors, replacementChar, replaceControlCharacters }: UnicodeOptions) {
  return {
    errors: errors ?? "replace",
    replacement_char: replacementChar ?? 0xfffd,
    replace_control_characters: replaceControlCharacters ?? false,
  };
}

/** The parts of each of [rows] strings between separators (`tf.strings.split`): ragged [rows, parts]. By default what blanks are between. */
export function split(
  input: Tensor,
  options: Named & { readonly sep?: TensorLike; readonly maxsplit?: number } = {},
): RaggedTensor {
  checkOptions("split", options, { name: "optional", sep: "optional", maxsplit: "optional" });
  const { sep = "", maxsplit = -1 } = options;
  return nameScope(options.name ?? "StringSplit", () => {
    const separator = sep instanceof Tensor ? sep : constant(sep, "string", "sep");
    const { indices, values, shape } = stringSplitV2(reshape(input, [-1]), separator, { maxsplit });
    const rows = build("StridedSlice", [indices, [0, 0], [0, 1], [1, 1]], {
      begin_mask: 1,
      end_mask: 1,
      shrink_axis_mask: 2,
    });
    return new RaggedTensor(values, splitsOf(rows, sliceFirst(shape, { begin: 0, shrink: true })));
  });
}

/** Row splits of sorted row numbers: how many come before each row. */
function splitsOf(rows: Tensor, count: Tensor): Tensor {
  const one = constant(1n, "int64");
  const starts = build("Range", [constant(0n, "int64"), build("AddV2", [count, one]), one], {}, "range");
  const row = (x: Tensor): Tensor => reshape(x, [1, -1]);
  return reshape(build("LowerBound", [row(rows), row(starts)], { out_type: "int64" }, "LowerBound"), [-1]);
}

/** The code points of each of [rows] strings (`tf.strings.unicode_decode`): int32, ragged [rows, characters]. */
export function unicodeDecode(input: Tensor, options: UnicodeOptions = {}): RaggedTensor {
  checkOptions("unicodeDecode", options, unicodeOptionsTable);
  const { outputs } = buildOp(
    "UnicodeDecode",
    [reshape(input, [-1])],
    { input_encoding: options.inputEncoding ?? "UTF-8", ...unicodeAttrs(options) },
    options.name,
  );
  return new RaggedTensor(outputs[1]!, outputs[0]!);
}

/** The same with the byte at which each character starts (`tf.strings.unicode_decode_with_offsets`). */
export function unicodeDecodeWithOffsets(
  input: Tensor,
  options: UnicodeOptions = {},
): { readonly codepoints: RaggedTensor; readonly startOffsets: RaggedTensor } {
  checkOptions("unicodeDecodeWithOffsets", options, unicodeOptionsTable);
  const { outputs } = buildOp(
    "UnicodeDecodeWithOffsets",
    [reshape(input, [-1])],
    { input_encoding: options.inputEncoding ?? "UTF-8", ...unicodeAttrs(options) },
    options.name,
  );
  const [splits, values, starts] = outputs as [Tensor, Tensor, Tensor];
  return { codepoints: new RaggedTensor(values, splits), startOffsets: new RaggedTensor(starts, splits) };
}

/** Strings of ragged code points (`tf.strings.unicode_encode`); UTF-8 by default. */
export function unicodeEncode(
  input: RaggedTensor,
  options: Omit<UnicodeOptions, "inputEncoding" | "replaceControlCharacters"> & {
    readonly outputEncoding?: string;
  } = {},
): Tensor {
  checkOptions("unicodeEncode", options, {
    errors: "optional",
    replacementChar: "optional",
    name: "optional",
    outputEncoding: "optional",
  });
  return build(
    "UnicodeEncode",
    [input.values, input.rowSplits],
    {
      output_encoding: options.outputEncoding ?? "UTF-8",
      errors: options.errors ?? "replace",
      replacement_char: options.replacementChar ?? 0xfffd,
    },
    options.name,
  );
}

/** Strings in another encoding (`tf.strings.unicode_transcode`). */
export function unicodeTranscode(
  input: Tensor,
  options: UnicodeOptions & { readonly inputEncoding: string; readonly outputEncoding: string },
): Tensor {
  checkOptions("unicodeTranscode", options, {
    ...unicodeOptionsTable,
    inputEncoding: "required",
    outputEncoding: "required",
  });
  const { inputEncoding, outputEncoding } = options;
  return build(
    "UnicodeTranscode",
    [input],
    { input_encoding: inputEncoding, output_encoding: outputEncoding, ...unicodeAttrs(options) },
    options.name,
  );
}

/** The script (ICU's UScriptCode) of each code point (`tf.strings.unicode_script`). */
export function unicodeScript(input: Tensor, options: Named = {}): Tensor {
  checkOptions("unicodeScript", options, nameOnly);
  return build("UnicodeScript", [input], {}, options.name);
}

/** The characters of each of [rows] strings as strings (`tf.strings.unicode_split`): ragged [rows, characters]. */
export function unicodeSplit(input: Tensor, options: UnicodeOptions = {}): RaggedTensor {
  checkOptions("unicodeSplit", options, unicodeOptionsTable);
  return nameScope(options.name ?? "UnicodeSplit", () => {
    const { values, rowSplits } = unicodeDecode(input, { ...options, name: "UnicodeDecode" });
    const size = build("Size", [values], { out_type: "int64" }, "Size");
    const one = constant(1n, "int64");
    const each = build("Range", [constant(0n, "int64"), build("AddV2", [size, one]), one], {}, "range");
    const encoding = options.inputEncoding ?? "UTF-8";
    const characters = build("UnicodeEncode", [values, each], { output_encoding: encoding }, "UnicodeEncode");
    return new RaggedTensor(characters, rowSplits);
  });
}

/** The bytes of each of [rows] strings as strings (`tf.strings.bytes_split`): ragged [rows, bytes]. */
export function bytesSplit(input: Tensor, options: Named = {}): RaggedTensor {
  checkOptions("bytesSplit", options, nameOnly);
  return nameScope(options.name ?? "StringsByteSplit", () => {
    const lengths = build("StringLength", [reshape(input, [-1])], {}, "StringLength");
    const ends = build("Cumsum", [lengths, constant(0, "int32")], {}, "Cumsum");
    const splits = concat([constant([0], "int32"), ends], 0);
    const whole = build("ReduceJoin", [reshape(input, [-1]), constant([0], "int32")], {}, "ReduceJoin");
    const total = sliceFirst(splits, { begin: -1, shrink: false });
    const places = build("Range", [constant(0, "int32"), reshape(total, []), constant(1, "int32")], {}, "range");
    const copies = build("Fill", [shapeOf(places), whole], {}, "Fill");
    const bytes = build("Substr", [copies, places, build("OnesLike", [places])], {}, "Substr");
    return new RaggedTensor(bytes, build("Cast", [splits], { DstT: "int64" }, "Cast"));
  });
}

/** Options of `ngrams`. */
export interface NgramsOptions extends Named {
  /** One width or several. */
  readonly ngramWidth: number | readonly number[];
  /** What stands between the parts; default a blank. */
  readonly separator?: string;
  /** What rows are padded with on the left and the right; default none. */
  readonly padValues?: readonly [left: string, right: string];
  /** How much at most; default the width less one. */
  readonly paddingWidth?: number;
  /** Whether a row too short for any n-gram becomes one. */
  readonly preserveShortSequences?: boolean;
}

/** Joins of neighbours in each row of strings (`tf.strings.ngrams`): ragged [rows, n-grams]. */
export function ngrams(data: RaggedTensor, options: NgramsOptions): RaggedTensor {
  checkOptions("ngrams", options, {
    ngramWidth: "required",
    separator: "optional",
    padValues: "optional",
    paddingWidth: "optional",
    preserveShortSequences: "optional",
    name: "optional",
  });
  const { ngramWidth, separator = " ", padValues, paddingWidth, preserveShortSequences = false } = options;
  const { outputs } = buildOp(
    "StringNGrams",
    [data.values, data.rowSplits],
    {
      separator,
      ngram_widths: typeof ngramWidth === "number" ? [ngramWidth] : [...ngramWidth],
      left_pad: padValues?.[0] ?? "",
      right_pad: padValues?.[1] ?? "",
      pad_width: padValues === undefined ? 0 : (paddingWidth ?? -1),
      preserve_short_sequences: preserveShortSequences,
    },
    options.name,
  );
  return new RaggedTensor(outputs[0]!, outputs[1]!);
}
