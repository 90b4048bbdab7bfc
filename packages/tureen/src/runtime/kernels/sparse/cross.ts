import { elementCount } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { codesOf, type StringDictionary } from "../../../core/string-codes.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { KernelTable } from "../../kernel.js";
import type { Hash64 } from "../string/farm-hash.js";
import { rememberedFingerprint64 } from "../string/fingerprint-memo.js";
import { sipKey } from "../string/hash-buckets.js";
import { joinBytes } from "../string/joins.js";
import { type SipKey, sipHash } from "../string/sip-hash.js";
import { Registers, remainder64 } from "../string/word64.js";
import { type CrossMemo, crossMemo } from "./cross-memo.js";
import { int64Value, numbersOf } from "./integers.js";

/** One column of a cross: for each row, a run of values. */
export interface CrossColumn {
  readonly values: TensorValue;
  /** The first value of each row, and behind the last one of all. */
  readonly starts: Int32Array;
  readonly isSparse: boolean;
}

/** What a cross combines its values with. */
interface Crosser {
  /** Starts a combination with the first column's value. */
  begin(column: CrossColumn, at: number): void;
  /** Goes on with a value of the `number`th column. */
  add(column: CrossColumn, at: number, number: number): void;
  store(output: number): void;
}

/** The columns of an op's inputs: sparse ones before dense ones. */
export function crossColumns(
  sparseIndices: readonly TensorValue[],
  sparseValues: readonly TensorValue[],
  sparseShapes: readonly TensorValue[],
  dense: readonly TensorValue[],
): { readonly columns: CrossColumn[]; readonly batch: number } {
  checkInputs(sparseIndices, sparseValues, sparseShapes, dense);
  const batch = sparseShapes.length > 0 ? numbersOf(sparseShapes[0]!)[0]! : (dense[0]?.shape[0] ?? 0);
  const columns: CrossColumn[] = sparseIndices.map((indices, c) => {
    const { buffer, byteOffset } = indices.data as BigInt64Array;
    const words = new Int32Array(buffer, byteOffset, indices.shape[0]! * 4);
    const starts = new Int32Array(batch + 1);
    for (let i = 0; i < indices.shape[0]!; i++) {
      const row = words[i * 4]! + words[i * 4 + 1]! * 4294967296;
      if (row < 0 || row >= batch) throw invalidArgument(`Invalid index: ${row} is not in [0, ${batch}).`);
      starts[row + 1]!++;
    }
    for (let row = 0; row < batch; row++) starts[row + 1]! += starts[row]!;
    return { values: sparseValues[c]!, starts, isSparse: true };
  });
  for (const values of dense) {
    const width = values.shape[1]!;
    const starts = new Int32Array(batch + 1);
    for (let row = 0; row <= batch; row++) starts[row] = row * width;
    columns.push({ values, starts, isSparse: false });
  }
  return { columns, batch };
}

function checkInputs(
  indices: readonly TensorValue[],
  values: readonly TensorValue[],
  shapes: readonly TensorValue[],
  dense: readonly TensorValue[],
): void {
  const text = (value: TensorValue): string => `[${value.shape.join(",")}]`;
  if (indices.length !== shapes.length) {
    throw invalidArgument(`Expected len(indices) == len(shapes) but got ${indices.length} and ${shapes.length}`);
  }
  indices.forEach((value, i) => {
    if (value.shape.length !== 2)
      throw invalidArgument(`Input indices should be a matrix but received shape ${text(value)} at position ${i}`);
    if (value.shape[1] !== 2)
      throw invalidArgument(`Expected D2 of index to be 2 got ${value.shape[1]} at position ${i}`);
  });
  values.forEach((value, i) => {
    if (value.shape.length !== 1)
      throw invalidArgument(`Input values should be a vector but received shape ${text(value)} at position ${i}`);
    if (value.shape[0] !== indices[i]!.shape[0]) {
      throw invalidArgument(
        `Expected size of values to be ${indices[i]!.shape[0]} got ${value.shape[0]} at position ${i}`,
      );
    }
  });
  shapes.forEach((value, i) => {
    if (value.shape.length !== 1)
      throw invalidArgument(`Input shapes should be a vector but received shape ${text(value)} at position ${i}`);
    if (elementCount(value.shape) !== 2)
      throw invalidArgument(`shape should imply a 2D tensor, but got ${text(value)} at position ${i}`);
  });
  dense.forEach((value, i) => {
    if (value.shape.length !== 2)
      throw invalidArgument(`Dense inputs should be a matrix but received shape ${text(value)} at position ${i}`);
  });
  const batch = shapes.length > 0 ? numbersOf(shapes[0]!)[0]! : dense[0]?.shape[0];
  shapes.forEach((value, i) => {
    const rows = numbersOf(value)[0]!;
    if (rows !== batch) throw invalidArgument(`Expected batch size ${batch} got ${rows} at position ${i}`);
  });
  dense.forEach((value, i) => {
    if (value.shape[0] !== batch) {
      throw invalidArgument(`Expected batch size ${batch} got ${value.shape[0]} at dense tensor ${i}`);
    }
  });
}

/** Runs through every combination of the columns' values row by row, the last column fastest. */
export function cross(columns: readonly CrossColumn[], batch: number, make: (count: number) => Crosser): Int32Array {
  const splits = new Int32Array(batch + 1);
  for (let row = 0; row < batch; row++) {
    let product = columns.length === 0 ? 0 : 1;
    for (const { starts } of columns) product *= starts[row + 1]! - starts[row]!;
    splits[row + 1] = splits[row]! + product;
  }
  const crosser = make(splits[batch]!);
  const at = new Int32Array(columns.length);
  for (let row = 0; row < batch; row++) {
    for (let c = 0; c < columns.length; c++) at[c] = columns[c]!.starts[row]!;
    for (let output = splits[row]!; output < splits[row + 1]!; output++) {
      crosser.begin(columns[0]!, at[0]!);
      for (let c = 1; c < columns.length; c++) crosser.add(columns[c]!, at[c]!, c);
      crosser.store(output);
      for (let c = columns.length - 1; c >= 0; c--) {
        if (++at[c]! < columns[c]!.starts[row + 1]!) break;
        at[c] = columns[c]!.starts[row]!;
      }
    }
  }
  return splits;
}

/** The sparse tensor of values that lie one after another in rows. */
function sparseRows(splits: Int32Array, batch: number, values: TensorValue): TensorValue[] {
  const count = splits[batch]!;
  const words = new Int32Array(count * 4);
  let longest = 0;
  for (let row = 0; row < batch; row++) {
    const start = splits[row]!;
    longest = Math.max(longest, splits[row + 1]! - start);
    for (let i = start; i < splits[row + 1]!; i++) {
      words[i * 4] = row;
      words[i * 4 + 2] = i - start;
    }
  }
  return [tensorValue("int64", [count, 2], new BigInt64Array(words.buffer)), values, int64Value([2], [batch, longest])];
}

const R = 0;
const V = 1;
const K = 2;
const T = 3;

/** FingerprintCat64 of TensorFlow (core/platform/fingerprint.h) step by step over 64-bit values. */
class FingerprintChain {
  readonly #r: Registers = new Registers(4);

  constructor() {
    this.#r.set(K, 0x5bd1e995, 0xc6a4a793);
  }

  start(low: number, high: number): void {
    this.#r.set(R, low, high);
  }

  add(low: number, high: number): void {
    const r = this.#r;
    r.set(V, low, high);
    r.xor(R, R, K);
    r.multiply(T, V, K);
    r.shiftMix(T, T);
    r.multiply(T, T, K);
    r.xor(R, R, T);
    r.multiply(R, R, K);
    r.shiftMix(R, R);
    r.multiply(R, R, K);
    r.shiftMix(R, R);
  }

  /** The value modulo `buckets`, or modulo the largest int64 where that is 0. */
  bucket(buckets: number): number | bigint {
    const { words } = this.#r;
    if (buckets > 0) return remainder64(words[R * 2]!, words[R * 2 + 1]!, buckets);
    return this.#r.value(R) % 0x7fffffffffffffffn;
  }
}

/** The hash of one value of a column: a string's fingerprint, an integer itself. */
function plainHash(column: CrossColumn, at: number, out: Hash64): void {
  const { dtype, data } = column.values;
  if (dtype === "string") rememberedFingerprint64((data as readonly Uint8Array[])[at]!, out);
  else {
    const integers = data as BigInt64Array;
    const words = new Int32Array(integers.buffer, integers.byteOffset + at * 8, 2);
    out.low = words[0]!;
    out.high = words[1]!;
  }
}

type ValueHash = (column: CrossColumn, at: number, out: Hash64) => void;

/** How SparseCrossHashed hashes: of integers only the first four bytes, the size of the dtype's enum, count as TensorFlow has it. */
function keyedHash(strong: boolean, key: SipKey): ValueHash {
  const four = new Uint8Array(4);
  return (column, at, out) => {
    const { dtype, data } = column.values;
    let bytes = four;
    if (dtype === "string") bytes = (data as readonly Uint8Array[])[at]! as Uint8Array<ArrayBuffer>;
    else {
      if (!strong && !column.isSparse) return plainHash(column, at, out);
      const integers = data as BigInt64Array;
      four.set(new Uint8Array(integers.buffer, integers.byteOffset + at * 8, 4));
    }
    if (strong) sipHash(key, bytes, out);
    else rememberedFingerprint64(bytes, out);
  };
}

/** A crosser into int64 buckets; with a hash key the chain starts from that, else from the first column's value. */
export function hashCrosser(
  result: BigInt64Array,
  buckets: number,
  hashKey: Hash64 | undefined,
  hash: ValueHash = plainHash,
  memo?: CrossMemo,
): Crosser {
  const chain = new FingerprintChain();
  const words = new Int32Array(result.buffer, result.byteOffset, result.length * 2);
  let parts = new Int32Array(16);
  let used = 0;
  const hashes: Int32Array[] = [];
  const add = (column: CrossColumn, at: number, number: number): void => {
    const known = hashes[number] ?? hashesOf(column, hash);
    hashes[number] = known;
    if (used + 2 > parts.length) parts = grown(parts);
    parts[used++] = known[at * 2]!;
    parts[used++] = known[at * 2 + 1]!;
  };
  const combine = (): number | bigint => {
    let from = 0;
    if (hashKey !== undefined) chain.start(hashKey.low, hashKey.high);
    else {
      chain.start(parts[0]!, parts[1]!);
      from = 2;
    }
    for (; from < used; from += 2) chain.add(parts[from]!, parts[from + 1]!);
    return chain.bucket(buckets);
  };
  const bucketOf = (): number | bigint => {
    if (memo === undefined) return combine();
    const slot = memo.find(parts, used);
    if (memo.isKnown(slot)) return memo.bucket(slot);
    const bucket = combine();
    if (typeof bucket === "number") memo.set(slot, bucket);
    return bucket;
  };
  return {
    begin: (column, at) => {
      used = 0;
      add(column, at, 0);
    },
    add,
    store: (output) => {
      const bucket = bucketOf();
      if (typeof bucket === "bigint") result[output] = bucket;
      else {
        words[output * 2] = bucket;
        words[output * 2 + 1] = Math.floor(bucket / 4294967296);
      }
    },
  };
}

/** The halves of the hash of every value of a column. */
function hashesOf(column: CrossColumn, hash: ValueHash): Int32Array {
  const { dtype, data } = column.values;
  if (dtype === "int64" && hash === plainHash) {
    const integers = data as BigInt64Array;
    return new Int32Array(integers.buffer, integers.byteOffset, integers.length * 2);
  }
  const out: Hash64 = { low: 0, high: 0 };
  const halves = new Int32Array(data.length * 2);
  const known = dtype === "string" && hash === plainHash ? codesOf(data as readonly Uint8Array[]) : undefined;
  if (known !== undefined) {
    const fingerprints = fingerprintsOf(known.dictionary);
    for (let i = 0; i < data.length; i++) {
      const code = known.codes[i]!;
      halves[i * 2] = fingerprints[code * 2]!;
      halves[i * 2 + 1] = fingerprints[code * 2 + 1]!;
    }
    return halves;
  }
  for (let i = 0; i < data.length; i++) {
    hash(column, i, out);
    halves[i * 2] = out.low;
    halves[i * 2 + 1] = out.high;
  }
  return halves;
}

interface Fingerprints {
  halves: Int32Array;
  count: number;
}

const fingerprinted = new WeakMap<StringDictionary, Fingerprints>();

/** The halves of the fingerprint of every word of a dictionary. */
function fingerprintsOf(dictionary: StringDictionary): Int32Array {
  let known = fingerprinted.get(dictionary);
  if (known === undefined) {
    known = { halves: new Int32Array(128), count: 0 };
    fingerprinted.set(dictionary, known);
  }
  const { words } = dictionary;
  const out: Hash64 = { low: 0, high: 0 };
  for (; known.count < words.length; known.count++) {
    if (known.halves.length < (known.count + 1) * 2) known.halves = grown(known.halves);
    rememberedFingerprint64(words[known.count]!, out);
    known.halves[known.count * 2] = out.low;
    known.halves[known.count * 2 + 1] = out.high;
  }
  return known.halves;
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}

/** A crosser into strings: the values' texts with a separator between. */
export function textCrosser(result: Uint8Array[], separator: Uint8Array): Crosser {
  let parts: Uint8Array[] = [];
  const add = ({ values }: CrossColumn, at: number): void => {
    parts.push(
      values.dtype === "string"
        ? (values.data as readonly Uint8Array[])[at]!
        : encodeText((values.data as BigInt64Array)[at]!.toString()),
    );
  };
  return {
    begin: (column, at) => {
      parts = [];
      add(column, at);
    },
    add,
    store: (output) => {
      result[output] = joinBytes(parts, separator);
    },
  };
}

/** The halves of an int64 attribute or input. */
export function halvesOf(value: bigint): Hash64 {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)) };
}

function splitInputs(inputs: readonly TensorValue[], sparse: number, dense: number): ReturnType<typeof crossColumns> {
  return crossColumns(
    inputs.slice(0, sparse),
    inputs.slice(sparse, 2 * sparse),
    inputs.slice(2 * sparse, 3 * sparse),
    inputs.slice(3 * sparse, 3 * sparse + dense),
  );
}

function crossToTexts(columns: readonly CrossColumn[], batch: number, separator: Uint8Array): TensorValue[] {
  const result: Uint8Array[] = [];
  const splits = cross(columns, batch, () => textCrosser(result, separator));
  return sparseRows(splits, batch, tensorValue("string", [result.length], result));
}

function crossToBuckets(
  columns: readonly CrossColumn[],
  batch: number,
  buckets: number,
  hashKey: Hash64 | undefined,
  hash?: ValueHash,
  memo?: CrossMemo,
): TensorValue[] {
  let result = new BigInt64Array(0);
  const splits = cross(columns, batch, (count) => {
    result = new BigInt64Array(count);
    return hashCrosser(result, buckets, hashKey, hash, memo);
  });
  return sparseRows(splits, batch, tensorValue("int64", [result.length], result));
}

const defaultSeparator = encodeText("_X_");

/** SparseCross, SparseCrossHashed, SparseCrossV2. */
export const crossKernels: KernelTable = {
  SparseCross: ({ attrs }) => {
    const sparse = attrs.int("N");
    const dense = attrs.types("dense_types").length;
    const buckets = attrs.int("num_buckets");
    const hashKey = halvesOf(attrs.bigint("hash_key"));
    const hashed = attrs.type("out_type") === "int64";
    const memo = crossMemo(sparse + dense);
    return (inputs) => {
      const { columns, batch } = splitInputs(inputs, sparse, dense);
      return hashed
        ? crossToBuckets(columns, batch, buckets, hashKey, plainHash, memo)
        : crossToTexts(columns, batch, defaultSeparator);
    };
  },

  SparseCrossHashed: ({ attrs }) => {
    const sparse = attrs.int("N");
    const dense = attrs.types("dense_types").length;
    return (inputs) => {
      const { columns, batch } = splitInputs(inputs, sparse, dense);
      const [numBuckets, strongHash, salt] = inputs.slice(3 * sparse + dense) as [
        TensorValue,
        TensorValue,
        TensorValue,
      ];
      const buckets = numbersOf(numBuckets)[0]!;
      const strong = (strongHash.data as Uint8Array)[0] !== 0;
      const key = sipKey(Array.from(salt.data as BigInt64Array));
      return crossToBuckets(columns, batch, buckets, undefined, keyedHash(strong, key));
    };
  },

  SparseCrossV2: ({ attrs }) => {
    const sparse = attrs.int("N");
    const dense = attrs.types("dense_types").length;
    return (inputs) => {
      const { columns, batch } = splitInputs(inputs, sparse, dense);
      const separator = (inputs[3 * sparse + dense]!.data as readonly Uint8Array[])[0]!;
      return crossToTexts(columns, batch, separator);
    };
  },
};
