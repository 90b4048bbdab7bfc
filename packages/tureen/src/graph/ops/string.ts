import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** A sparse matrix of strings as its three tensors. */
export interface SparseStrings {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly shape: Tensor;
}

interface Named {
  readonly name?: string;
}

/** Each element as C's printf writes it. */
export function asString(
  input: TensorLike,
  options: Named & {
    readonly precision?: number;
    readonly scientific?: boolean;
    readonly shortest?: boolean;
    readonly width?: number;
    readonly fill?: string;
  } = {},
): Tensor {
  checkOptions("asString", options, {
    name: "optional",
    precision: "optional",
    scientific: "optional",
    shortest: "optional",
    width: "optional",
    fill: "optional",
  });
  const { name, ...attrs } = options;
  return build("AsString", [input], attrs, name);
}

/** Each string's FarmHash fingerprint modulo `numBuckets`. */
export function stringToHashBucketFast(input: TensorLike, options: Named & { readonly numBuckets: number }): Tensor {
  return build("StringToHashBucketFast", [input], { num_buckets: options.numBuckets }, options);
}

/** Each string's SipHash under a key of two integers, modulo `numBuckets`. */
export function stringToHashBucketStrong(
  input: TensorLike,
  options: Named & { readonly numBuckets: number; readonly key: readonly number[] },
): Tensor {
  const attrs = { num_buckets: options.numBuckets, key: options.key };
  return build("StringToHashBucketStrong", [input], attrs, options);
}

/** Each string's MurmurHash modulo `numBuckets`. */
export function stringToHashBucket(stringTensor: TensorLike, options: Named & { readonly numBuckets: number }): Tensor {
  return build("StringToHashBucket", [stringTensor], { num_buckets: options.numBuckets }, options);
}

/** Each string as a number. */
export function stringToNumber(stringTensor: TensorLike, options: Named & { readonly outType?: DType } = {}): Tensor {
  return build("StringToNumber", [stringTensor], { out_type: options.outType }, options);
}

/** Strings of several tensors joined element by element; scalars go with every element. */
export function stringJoin(
  inputs: readonly TensorLike[],
  options: Named & { readonly separator?: string } = {},
): Tensor {
  return build("StringJoin", [inputs], { separator: options.separator }, options);
}

/** Strings joined along axes, the first of which runs fastest. */
export function reduceJoin(
  inputs: TensorLike,
  reductionIndices: TensorLike,
  options: Named & { readonly keepDims?: boolean; readonly separator?: string } = {},
): Tensor {
  const attrs = { keep_dims: options.keepDims, separator: options.separator };
  return build("ReduceJoin", [inputs, reductionIndices], attrs, options);
}

/** Strings joined by segment. */
export function unsortedSegmentJoin(
  inputs: TensorLike,
  segmentIds: TensorLike,
  numSegments: TensorLike,
  options: Named & { readonly separator?: string } = {},
): Tensor {
  return build("UnsortedSegmentJoin", [inputs, segmentIds, numSegments], { separator: options.separator }, options);
}

/** Strings split at any of the delimiter's bytes. */
export function stringSplit(
  input: TensorLike,
  delimiter: TensorLike,
  options: Named & { readonly skipEmpty?: boolean } = {},
): SparseStrings {
  const op = buildOp("StringSplit", [input, delimiter], { skip_empty: options.skipEmpty }, options);
  return { indices: op.outputs[0]!, values: op.outputs[1]!, shape: op.outputs[2]! };
}

/** Strings split as Python's `str.split` does; an empty separator stands for runs of spaces. */
export function stringSplitV2(
  input: TensorLike,
  sep: TensorLike,
  options: Named & { readonly maxsplit?: number } = {},
): SparseStrings {
  const op = buildOp("StringSplitV2", [input, sep], { maxsplit: options.maxsplit }, options);
  return { indices: op.outputs[0]!, values: op.outputs[1]!, shape: op.outputs[2]! };
}

/** Strings in lower case: ASCII letters, or all with encoding "utf-8". */
export function stringLower(input: TensorLike, options: Named & { readonly encoding?: string } = {}): Tensor {
  return build("StringLower", [input], { encoding: options.encoding }, options);
}

/** Strings in upper case: ASCII letters, or all with encoding "utf-8". */
export function stringUpper(input: TensorLike, options: Named & { readonly encoding?: string } = {}): Tensor {
  return build("StringUpper", [input], { encoding: options.encoding }, options);
}

/** Strings without the blanks around them. */
export function stringStrip(input: TensorLike, options: Named = {}): Tensor {
  return build("StringStrip", [input], {}, options);
}

/** Lengths in bytes or in UTF-8 characters. */
export function stringLength(
  input: TensorLike,
  options: Named & { readonly unit?: "BYTE" | "UTF8_CHAR" } = {},
): Tensor {
  return build("StringLength", [input], { unit: options.unit }, options);
}

/** Parts of strings by position and length. */
export function substr(
  input: TensorLike,
  pos: TensorLike,
  len: TensorLike,
  options: Named & { readonly unit?: "BYTE" | "UTF8_CHAR" } = {},
): Tensor {
  return build("Substr", [input, pos, len], { unit: options.unit }, options);
}

/** A template with tensors' texts in the place of its placeholders. */
export function stringFormat(
  inputs: readonly TensorLike[],
  options: Named & { readonly template?: string; readonly placeholder?: string; readonly summarize?: number } = {},
): Tensor {
  checkOptions("stringFormat", options, {
    name: "optional",
    template: "optional",
    placeholder: "optional",
    summarize: "optional",
  });
  const { name, ...attrs } = options;
  return build("StringFormat", [inputs], attrs, name);
}

/** Matches of a regular expression replaced; pattern and rewrite are attributes. */
export function staticRegexReplace(
  input: TensorLike,
  options: Named & { readonly pattern: string; readonly rewrite: string; readonly replaceGlobal?: boolean },
): Tensor {
  const attrs = { pattern: options.pattern, rewrite: options.rewrite, replace_global: options.replaceGlobal };
  return build("StaticRegexReplace", [input], attrs, options);
}

/** Matches of a regular expression replaced. */
export function regexReplace(
  input: TensorLike,
  pattern: TensorLike,
  rewrite: TensorLike,
  options: Named & { readonly replaceGlobal?: boolean } = {},
): Tensor {
  return build("RegexReplace", [input, pattern, rewrite], { replace_global: options.replaceGlobal }, options);
}

/** Whether whole strings match a regular expression; the pattern is an attribute. */
export function staticRegexFullMatch(input: TensorLike, options: Named & { readonly pattern: string }): Tensor {
  return build("StaticRegexFullMatch", [input], { pattern: options.pattern }, options);
}

/** Whether whole strings match a regular expression. */
export function regexFullMatch(input: TensorLike, pattern: TensorLike, options: Named = {}): Tensor {
  return build("RegexFullMatch", [input, pattern], {}, options);
}

/** Web-safe base64 of byte strings. */
export function encodeBase64(input: TensorLike, options: Named & { readonly pad?: boolean } = {}): Tensor {
  return build("EncodeBase64", [input], { pad: options.pad }, options);
}

/** The byte strings of web-safe base64. */
export function decodeBase64(input: TensorLike, options: Named = {}): Tensor {
  return build("DecodeBase64", [input], {}, options);
}
