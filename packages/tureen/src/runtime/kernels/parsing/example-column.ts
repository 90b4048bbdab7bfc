import { type DataOf, emptyBytes } from "../../../core/dtype.js";
import { noteCodes, type StringCodes, type StringDictionary } from "../../../core/string-codes.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { FeatureSpec } from "./example-spec.js";
import { readFloats, readIntegers, readStrings } from "./feature-values.js";
import { StringPool } from "./string-pool.js";

/** Numbers a feature's scratch starts with, and those above which it is not kept from run to run. */
const firstCapacity = 64;
const keptCapacity = 1 << 18;

/** Smaller batches are looked up as soon as their strings are numbered. */
const leastCoded = 8;

/** What columns of numbers have for strings; never written to. */
const noStrings: Uint8Array[] = [];
const noEnds = new Int32Array(0);

/** What a Feature's kind tag says it holds, by that tag's field number. */
export const TypeCode = { STRING: 1, FLOAT: 2, INT64: 3 } as const;

const typeCodes = { string: TypeCode.STRING, float32: TypeCode.FLOAT, int64: TypeCode.INT64 } as const;

/** What `BatchParser` read of a feature; `ends` and `words` are only lent. */
export interface ParsedColumn {
  readonly count: number;
  readonly ends: Int32Array;
  readonly words: Int32Array;
  readonly base: number;
  readonly strings: Uint8Array[] | undefined;
  /** The numbers of the strings, where all of them are words of a dictionary. */
  readonly codes: StringCodes | undefined;
}

/**
 * The values of one feature over a batch, while it is parsed.
 *
 * Numbers go as 32-bit words (int64 low and high) into `words`: for a dense feature straight into its output, else into a scratch
 * that grows and is kept for the next run. `ends` has the number of values up to the end of each Example, for features of varying length.
 */
export class ExampleColumn {
  readonly feature: FeatureSpec;
  readonly code: number;
  /** Words an element takes: 1 for float, 2 for int64, 0 for string. */
  readonly wordsPerElement: number;
  /** Elements of a dense feature in one Example; 0 where the number varies. */
  readonly fixed: number;
  /** Number of values so far, of a feature of varying length. */
  count = 0;
  words: Int32Array = new Int32Array(0);
  strings: Uint8Array[] = noStrings;
  ends: Int32Array = new Int32Array(0);
  /** Offset in `words` or `strings`, in elements, where this feature's output begins. */
  base = 0;
  readonly #pool: StringPool = new StringPool();
  /** The pool's numbers of the strings of a feature of varying length, and the dictionary that they are of. */
  #codes: number[] | undefined;
  #dictionary: StringDictionary | undefined;
  #scratch: Int32Array;
  /** A dense feature's default; empty where it has none. */
  readonly defaultWords: Int32Array;
  readonly defaultStrings: readonly Uint8Array[];
  /** What was taken of another parser, until the outputs hold it. */
  #taken: ParsedColumn | undefined;

  constructor(feature: FeatureSpec) {
    this.feature = feature;
    this.code = typeCodes[feature.dtype];
    this.wordsPerElement = feature.dtype === "string" ? 0 : feature.dtype === "float32" ? 1 : 2;
    this.fixed = feature.kind === "dense" ? feature.stride : 0;
    this.#scratch = new Int32Array(feature.kind === "dense" ? 0 : firstCapacity * this.wordsPerElement);
    this.defaultWords =
      feature.kind === "dense" && feature.dtype !== "string" ? wordsOf(feature.defaultValue) : new Int32Array(0);
    this.defaultStrings =
      feature.kind === "dense" && feature.dtype === "string" ? (feature.defaultValue.data as DataOf["string"]) : [];
  }

  /** Makes ready for a batch; a dense feature's output lies in `words` from element `base`. */
  begin(batch: number, words: Int32Array, base: number): void {
    this.count = 0;
    this.base = base;
    if (this.feature.kind === "dense") {
      this.words = words;
      this.strings = this.wordsPerElement === 0 ? new Array<Uint8Array>(batch * this.fixed) : noStrings;
    } else {
      this.words = this.#scratch;
      this.strings = this.wordsPerElement === 0 ? [] : noStrings;
      this.#codes = this.wordsPerElement === 0 && batch >= leastCoded ? [] : undefined;
      this.#dictionary = this.#pool.dictionary;
      if (this.ends.length < batch) this.ends = new Int32Array(batch);
    }
  }

  /** Holds what another parser has read of a batch. */
  take(parsed: ParsedColumn): void {
    this.#taken = parsed;
    this.count = parsed.count;
    this.base = parsed.base;
    this.ends = parsed.ends;
    this.words = parsed.words;
    this.strings = parsed.strings ?? noStrings;
  }

  /** Lets go of what the batch's outputs now hold. */
  finish(): void {
    if (this.#taken !== undefined) {
      this.#taken = undefined;
      this.ends = noEnds;
      this.words = this.#scratch;
      return;
    }
    if (this.feature.kind === "dense") this.words = this.#scratch;
    else if (this.words.length <= keptCapacity) this.#scratch = this.words;
    else this.words = this.#scratch;
  }

  /** Reads a dense feature's list into Example `row`; the number of values it has, or -1. */
  readFixed(bytes: Uint8Array, start: number, end: number, row: number): number {
    const at = this.base + row * this.fixed;
    if (this.code === TypeCode.FLOAT) return readFloats(bytes, start, end, this.words, at, this.fixed);
    if (this.code === TypeCode.INT64) return readIntegers(bytes, start, end, this.words, at, this.fixed);
    return readStrings(bytes, start, end, this.strings, at, this.fixed, this.#pool);
  }

  /** Appends a list of varying length; the number of values it has, or -1. */
  append(bytes: Uint8Array, start: number, end: number): number {
    let read: number;
    if (this.code === TypeCode.STRING) {
      read = readStrings(
        bytes,
        start,
        end,
        this.strings,
        this.count,
        Number.POSITIVE_INFINITY,
        this.#pool,
        this.#codes,
      );
    } else if (this.code === TypeCode.FLOAT) {
      const most = (end - start) >> 2;
      this.#reserve(this.count + most);
      read = readFloats(bytes, start, end, this.words, this.count, most);
      // A block that says it holds more than its bytes is none.
      if (read > most) read = -1;
    } else {
      this.#reserve((this.count + end - start) * 2);
      read = readIntegers(bytes, start, end, this.words, this.count, end - start);
    }
    if (read > 0) this.count += read;
    return read;
  }

  /** Puts a dense feature's default into Example `row`; false where it has none. */
  fillDefault(row: number): boolean {
    const at = this.base + row * this.fixed;
    if (this.code === TypeCode.STRING) {
      const values = this.defaultStrings;
      if (values.length === 0) return false;
      for (let i = 0; i < values.length; i++) this.strings[at + i] = values[i]!;
      return true;
    }
    const values = this.defaultWords;
    if (values.length === 0) return false;
    const offset = at * this.wordsPerElement;
    for (let i = 0; i < values.length; i++) this.words[offset + i] = values[i]!;
    return true;
  }

  /** The largest number of values in one Example. */
  longest(batch: number): number {
    let longest = 0;
    let before = 0;
    for (let i = 0; i < batch; i++) {
      const end = this.ends[i]!;
      if (end - before > longest) longest = end - before;
      before = end;
    }
    return longest;
  }

  /** The values of varying length one after another, as a vector. */
  flatValues(): TensorValue {
    const { count } = this;
    if (this.code === TypeCode.STRING) {
      this.#noteCodes();
      return tensorValue("string", [count], this.strings);
    }
    const copy = this.words.slice(0, count * this.wordsPerElement);
    return this.code === TypeCode.FLOAT
      ? tensorValue("float32", [count], new Float32Array(copy.buffer, 0, count))
      : tensorValue("int64", [count], new BigInt64Array(copy.buffer, 0, count));
  }

  /** Numbers the strings for who looks them up, where all of them are words of one dictionary. */
  #noteCodes(): void {
    if (this.#taken !== undefined) {
      if (this.#taken.codes !== undefined) noteCodes(this.strings, this.#taken.codes);
      return;
    }
    const codes = this.#codes;
    this.#codes = undefined;
    if (codes === undefined || codes.length !== this.count || this.#dictionary !== this.#pool.dictionary) return;
    for (let i = 0; i < codes.length; i++) if (codes[i]! < 0) return;
    noteCodes(this.strings, { dictionary: this.#pool.dictionary, codes: Int32Array.from(codes) });
  }

  #reserve(words: number): void {
    if (words <= this.words.length) return;
    const grown = new Int32Array(Math.max(words, this.words.length * 2));
    grown.set(this.words);
    this.words = grown;
  }
}

/** The bits of a numeric value as 32-bit words. */
export function wordsOf(value: TensorValue): Int32Array {
  const data = value.data as Float32Array | BigInt64Array;
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** A value of a spec's dtype that is all padding: the one element of `padding` over and over. */
export function filled(padding: TensorValue, shape: readonly number[], count: number): TensorValue {
  if (padding.dtype === "string") {
    const element = (padding.data as DataOf["string"])[0] ?? emptyBytes;
    return tensorValue("string", shape, new Array<Uint8Array>(count).fill(element));
  }
  if (padding.dtype === "float32") {
    return tensorValue("float32", shape, new Float32Array(count).fill((padding.data as Float32Array)[0]!));
  }
  return tensorValue("int64", shape, new BigInt64Array(count).fill((padding.data as BigInt64Array)[0]!));
}
