import { allocate, dtypeLabel } from "../../../core/dtype.js";
import {
  elementCount,
  isCompatible,
  isFullyDefined,
  type PartialShape,
  sameShape,
  shapeText,
} from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { byteKey, decodeText } from "../../../core/text.js";
import { int64Value, integerValue } from "../sparse/integers.js";
import type { FeatureDType } from "./example-spec.js";
import { fieldOne, fieldThree, fieldTwo, WirePosition } from "./example-wire.js";
import { readFloats, readIntegers, readStrings } from "./feature-values.js";
import { StringPool } from "./string-pool.js";

/** A feature of the context or a feature list, as ParseSequenceExample is asked for it. */
export interface SequenceFeature {
  readonly key: Uint8Array;
  readonly dtype: FeatureDType;
  readonly kind: "dense" | "sparse" | "ragged";
  /** Dense: the shape of one Example's context value, or of one row of a feature list. */
  readonly shape?: PartialShape;
  /** Dense context features. */
  readonly defaultValue?: TensorValue;
  /** Dense feature lists: whether a missing one counts as empty. */
  readonly missingIsEmpty?: boolean;
  /** Ragged. */
  readonly splitsDType?: "int32" | "int64";
}

/** What parsing gives: each feature's tensors in the order that its kind has among the op's outputs. */
export type ParsedSequence = ReadonlyMap<SequenceFeature, readonly TensorValue[]>;

/** Where the values of one feature lie, Example by Example. */
interface Found {
  readonly feature: SequenceFeature;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where the Example has an entry for it. */
  readonly present: Uint8Array;
}

interface Batch {
  readonly examples: readonly Uint8Array[];
  readonly nameOf: (row: number) => string;
  readonly isBatch: boolean;
}

const wire = new WirePosition();
const kindTags = { string: fieldOne, float32: fieldTwo, int64: fieldThree } as const;

/** Values of one dtype while they are collected. */
class Values {
  readonly dtype: FeatureDType;
  count = 0;
  #words = new Int32Array(64);
  readonly #strings: Uint8Array[] = [];
  readonly #pool = new StringPool();

  constructor(dtype: FeatureDType) {
    this.dtype = dtype;
  }

  /** Reads a Feature; the number of its values, or -1 where it is of another kind or malformed. */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end || bytes[start] !== kindTags[this.dtype]) return -1;
    let read: number;
    if (this.dtype === "string") {
      read = readStrings(bytes, start + 1, end, this.#strings, this.count, Number.POSITIVE_INFINITY, this.#pool);
    } else if (this.dtype === "float32") {
      const most = (end - start) >> 2;
      this.#reserve(this.count + most);
      read = readFloats(bytes, start + 1, end, this.#words, this.count, most);
      if (read > most) read = -1;
    } else {
      this.#reserve((this.count + end - start) * 2);
      read = readIntegers(bytes, start + 1, end, this.#words, this.count, end - start);
    }
    if (read > 0) this.count += read;
    return read;
  }

  /** Appends a value of this dtype. */
  append(value: TensorValue): void {
    const count = elementCount(value.shape);
    if (this.dtype === "string") {
      for (let i = 0; i < count; i++) this.#strings[this.count + i] = (value.data as readonly Uint8Array[])[i]!;
    } else {
      const data = value.data as Float32Array | BigInt64Array;
      const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
      const size = this.dtype === "float32" ? 1 : 2;
      this.#reserve((this.count + count) * size);
      this.#words.set(words, this.count * size);
    }
    this.count += count;
  }

  /** Appends zeros or empty strings. */
  pad(count: number): void {
    if (count > 0) this.append(tensorValue(this.dtype, [count], allocate(this.dtype, count)));
  }

  tensor(shape: readonly number[]): TensorValue {
    const { count } = this;
    if (this.dtype === "string") return tensorValue("string", shape, this.#strings.slice(0, count));
    const words = this.#words.slice(0, this.dtype === "float32" ? count : count * 2);
    return this.dtype === "float32"
      ? tensorValue("float32", shape, new Float32Array(words.buffer, 0, count))
      : tensorValue("int64", shape, new BigInt64Array(words.buffer, 0, count));
  }

  #reserve(words: number): void {
    if (words <= this.#words.length) return;
    const grown = new Int32Array(Math.max(words, this.#words.length * 2));
    grown.set(this.#words);
    this.#words = grown;
  }
}

/** Parses SequenceExamples (TensorFlow's FastParseSequenceExample): context features and feature lists. */
export function parseSequenceExamples(
  context: readonly SequenceFeature[],
  lists: readonly SequenceFeature[],
  examples: readonly Uint8Array[],
  names: readonly Uint8Array[],
  isBatch: boolean,
): { readonly context: ParsedSequence; readonly lists: ParsedSequence } {
  if (names.length > 0 && names.length !== examples.length) {
    throw invalidArgument("example_names must be empty or have the correct number of elements");
  }
  for (const feature of context) checkDefault(feature);
  const nameOf = (row: number): string => (names.length > 0 ? decodeText(names[row]!) : "<unknown>");
  const batch: Batch = { examples, nameOf, isBatch };
  const foundContext = makeFound(context, examples.length);
  const foundLists = makeFound(lists, examples.length);
  examples.forEach((_, row) => {
    extract(batch, row, byName(foundContext), byName(foundLists));
  });
  const parsedContext = new Map(foundContext.map((found) => [found.feature, parseContext(found, batch)] as const));
  const parsedLists = new Map(foundLists.map((found) => [found.feature, parseList(found, batch)] as const));
  return { context: parsedContext, lists: parsedLists };
}

function checkDefault({ kind, key, shape, defaultValue }: SequenceFeature): void {
  if (kind !== "dense" || defaultValue === undefined || elementCount(defaultValue.shape) === 0) return;
  if (!isCompatible(shape, defaultValue.shape)) {
    throw invalidArgument(
      `Default value for context feature ${decodeText(key)} has an incorrect shape: saw ${shapeText(defaultValue.shape)} but expected ${shapeText(shape)}`,
    );
  }
}

function makeFound(features: readonly SequenceFeature[], rows: number): Found[] {
  return features.map((feature) => ({
    feature,
    starts: new Int32Array(rows),
    ends: new Int32Array(rows),
    present: new Uint8Array(rows),
  }));
}

function byName(found: readonly Found[]): Map<string, Found> {
  return new Map(found.map((entry) => [byteKey(entry.feature.key), entry] as const));
}

/** Finds where the wanted features of one SequenceExample lie. */
function extract(batch: Batch, row: number, context: Map<string, Found>, lists: Map<string, Found>): void {
  const bytes = batch.examples[row]!;
  const malformed = (): never => {
    throw invalidArgument(`Invalid protocol message input, example id: ${batch.nameOf(row)}`);
  };
  let p = 0;
  const open = (limit: number): number => {
    const length = wire.varint32(bytes, p, limit);
    if (length < 0) malformed();
    p = wire.next;
    return Math.min(limit, p + length);
  };
  const piece = (tag: number, limit: number): readonly [number, number] => {
    if (p >= limit || bytes[p++] !== tag) malformed();
    const length = wire.varint32(bytes, p, limit);
    if (length < 0 || wire.next + length > limit) malformed();
    const start = wire.next;
    p = start + length;
    return [start, p];
  };
  while (p < bytes.length) {
    const tag = bytes[p];
    if (tag !== fieldOne && tag !== fieldTwo) {
      if (!wire.skipField(bytes, p, bytes.length)) malformed();
      p = wire.next;
      continue;
    }
    p++;
    const wanted = tag === fieldOne ? context : lists;
    const end = open(bytes.length);
    while (p < end) {
      if (bytes[p++] !== fieldOne) malformed();
      const entryEnd = open(end);
      const [keyStart, keyEnd] = piece(fieldOne, entryEnd);
      const [start, stop] = piece(fieldTwo, entryEnd);
      if (p !== entryEnd) malformed();
      const found = wanted.get(byteKey(bytes.subarray(keyStart, keyEnd)));
      if (found === undefined) continue;
      found.starts[row] = start;
      found.ends[row] = stop;
      found.present[row] = 1;
    }
  }
}

function parseContext(found: Found, batch: Batch): TensorValue[] {
  const { feature, starts, ends, present } = found;
  const { dtype, kind } = feature;
  const key = decodeText(feature.key);
  const rows = batch.examples.length;
  const counts = new Int32Array(rows);
  const values = new Values(dtype);
  const defaultCount = kind === "dense" ? elementCount(feature.defaultValue!.shape) : 0;
  let longest = kind === "dense" ? defaultCount : 0;
  // A first pass over all Examples, for errors come in that order.
  for (let row = 0; row < rows; row++) {
    if (starts[row] === ends[row]) continue;
    const count = new Values(dtype).read(batch.examples[row]!, starts[row]!, ends[row]!);
    if (count < 0) {
      throw invalidArgument(
        `Name: ${batch.nameOf(row)}, Context feature: ${key}.  Data types don't match. Expected type: ${dtypeLabel(dtype)}`,
      );
    }
    counts[row] = count;
    longest = Math.max(longest, count);
  }
  if (kind === "dense") {
    const { shape } = feature;
    const expected = isFullyDefined(shape) ? elementCount(shape) : -1;
    if (expected !== longest) {
      throw invalidArgument(
        `Inconsistent max number of elements for feature ${key}: expected ${expected}, but found ${longest}`,
      );
    }
    for (let row = 0; row < rows; row++) {
      const before = values.count;
      if (present[row] === 0) {
        if (defaultCount === 0) {
          throw invalidArgument(
            `Feature: ${key} (data type: ${dtypeLabel(dtype)}) is required but could not be found.`,
          );
        }
        values.append(feature.defaultValue!);
      } else if (starts[row]! < ends[row]!) values.read(batch.examples[row]!, starts[row]!, ends[row]!);
      if (values.count - before !== longest) {
        throw invalidArgument(`Unexpected number of elements in example ${batch.nameOf(row)}`);
      }
    }
    return [values.tensor([...(batch.isBatch ? [rows] : []), ...shape!])];
  }
  for (let row = 0; row < rows; row++) {
    if (starts[row]! < ends[row]!) values.read(batch.examples[row]!, starts[row]!, ends[row]!);
  }
  if (kind === "ragged") {
    const splits = [0];
    for (const count of counts) splits.push(splits[splits.length - 1]! + count);
    return [values.tensor([values.count]), splitsTensor(feature, batch, splits)];
  }
  const indices: number[] = [];
  counts.forEach((count, row) => {
    for (let i = 0; i < count; i++) indices.push(...(batch.isBatch ? [row, i] : [i]));
  });
  const rank = batch.isBatch ? 2 : 1;
  return [
    int64Value([values.count, rank], indices),
    values.tensor([values.count]),
    int64Value([rank], batch.isBatch ? [rows, longest] : [longest]),
  ];
}

/** Splits by Example; of a single one TensorFlow gives a scalar that means nothing. */
function splitsTensor({ splitsDType }: SequenceFeature, { isBatch }: Batch, splits: readonly number[]): TensorValue {
  return isBatch ? integerValue(splitsDType!, [splits.length], splits) : integerValue(splitsDType!, [], [0]);
}

/** The rows of a feature list: where each Feature lies. */
function listRows(found: Found, batch: Batch, row: number): (readonly [number, number])[] {
  const bytes = batch.examples[row]!;
  const end = found.ends[row]!;
  const rows: (readonly [number, number])[] = [];
  let p = found.starts[row]!;
  while (p < end) {
    const length = bytes[p] === fieldOne ? wire.varint32(bytes, p + 1, end) : -1;
    if (length < 0)
      throw invalidArgument(
        `Error in sequence feature ${decodeText(found.feature.key)} in example ${batch.nameOf(row)}`,
      );
    const start = wire.next;
    p = Math.min(end, start + length);
    rows.push([start, p]);
  }
  return rows;
}

function parseList(found: Found, batch: Batch): TensorValue[] {
  const { feature } = found;
  const { dtype, kind } = feature;
  const key = decodeText(feature.key);
  const total = batch.examples.length;
  const values = new Values(dtype);
  const rowShape = kind === "dense" ? feature.shape : [];
  const rowSize = isFullyDefined(rowShape) ? elementCount(rowShape) : -1;
  // Number of values in each row of each Example.
  const counts: number[][] = [];
  const parts: Values[] = [];
  for (let row = 0; row < total; row++) {
    const own = new Values(dtype);
    const sizes: number[] = [];
    for (const [start, end] of listRows(found, batch, row)) {
      const bytes = batch.examples[row]!;
      let count = 0;
      if (end - start > 2) count = own.read(bytes, start, end);
      else if (end - start === 2) count = bytes[start] === kindTags[dtype] && bytes[start + 1] === 0 ? 0 : -1;
      else if (end > start) throw invalidArgument(`Error in sequence feature ${key} in example ${batch.nameOf(row)}`);
      if (count < 0) {
        throw invalidArgument(
          `Name: ${batch.nameOf(row)}, Feature list: ${key}, Index: ${sizes.length}.  Data types don't match. Expected type: ${dtypeLabel(dtype)}`,
        );
      }
      sizes.push(count);
    }
    counts.push(sizes);
    parts.push(own);
  }
  const longest = Math.max(0, ...parts.map((part) => part.count));
  if (kind === "dense") {
    if (rowSize < 0 || longest % rowSize !== 0) {
      throw invalidArgument(
        `Feature list '${key}' has an unexpected number of values.  Total values size: ${longest} is not consistent with output shape: ${shapeText([-1, ...(rowShape ?? [])])}`,
      );
    }
    const rows = longest / rowSize;
    counts.forEach((sizes, row) => {
      if (found.present[row] === 0 && feature.missingIsEmpty !== true) {
        throw invalidArgument(
          `Name: ${batch.nameOf(row)}, Feature list '${key}' is required but could not be found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?`,
        );
      }
      sizes.forEach((size, index) => {
        if (size !== rowSize) {
          throw invalidArgument(
            `Name: ${batch.nameOf(row)}, Key: ${key}, Index: ${index}.  Number of values != expected.  values size: ${size} but output shape: ${shapeText(rowShape)}`,
          );
        }
      });
      values.append(parts[row]!.tensor([parts[row]!.count]));
      values.pad(longest - parts[row]!.count);
    });
    const outer = batch.isBatch ? [total] : [];
    const lengths = counts.map((sizes) => sizes.length);
    return [
      values.tensor([...outer, rows, ...rowShape!]),
      int64Value(outer, batch.isBatch ? lengths : lengths.slice(0, 1)),
    ];
  }
  for (const part of parts) values.append(part.tensor([part.count]));
  if (kind === "ragged") {
    const inner = [0];
    const outer = [0];
    for (const sizes of counts) {
      for (const size of sizes) inner.push(inner[inner.length - 1]! + size);
      outer.push(outer[outer.length - 1]! + sizes.length);
    }
    return [
      values.tensor([values.count]),
      integerValue(feature.splitsDType!, [inner.length], inner),
      splitsTensor(feature, batch, outer),
    ];
  }
  const indices: number[] = [];
  let mostRows = 0;
  let mostColumns = 0;
  counts.forEach((sizes, row) => {
    mostRows = Math.max(mostRows, sizes.length);
    sizes.forEach((size, index) => {
      mostColumns = Math.max(mostColumns, size);
      for (let i = 0; i < size; i++) indices.push(...(batch.isBatch ? [row, index, i] : [index, i]));
    });
  });
  const rank = batch.isBatch ? 3 : 2;
  return [
    int64Value([values.count, rank], indices),
    values.tensor([values.count]),
    int64Value([rank], batch.isBatch ? [total, mostRows, mostColumns] : [mostRows, mostColumns]),
  ];
}

/** Whether a default has exactly the declared shape. */
export function hasShape(value: TensorValue, shape: PartialShape): boolean {
  return shape !== undefined && sameShape(value.shape, shape);
}
