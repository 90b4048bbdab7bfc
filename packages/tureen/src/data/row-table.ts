import { allocate, dtypeWidth, type NumericArray } from "../core/dtype.js";
import { elementCount, type Shape } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import type { ElementSpec } from "./element-spec.js";
import { type StringColumn, stringColumn } from "./string-column.js";
import { type Layout, pack, type Structure } from "./structure.js";

/** Tensors in memory that share their leading dimension: row i is element i. */
export interface RowTable {
  readonly layout: Layout;
  readonly columns: readonly Column[];
  readonly length: number;
}

interface Column {
  readonly value: TensorValue;
  readonly rowShape: Shape;
  /** Array entries a row. */
  readonly entries: number;
  /** The same memory as whole words, so that one copy loop serves every dtype of that width. */
  readonly words: Uint8Array | Uint16Array | Int32Array | Float32Array | undefined;
  /** Words a row. */
  readonly width: number;
  /** Numbers the strings of a column of them. */
  readonly strings?: StringColumn;
}

/** A table of tensors, by the number of their leaf; INVALID_ARGUMENT where they have no or different leading dimensions. */
export function rowTable(layout: Layout, values: readonly TensorValue[]): RowTable {
  for (const { shape } of values) {
    if (shape.length === 0) throw invalidArgument("Unbatching a tensor is only supported for rank >= 1");
    if (shape[0] !== values[0]!.shape[0]) {
      throw invalidArgument(`Dimensions ${values[0]!.shape[0]} and ${shape[0]} are not compatible`);
    }
  }
  return { layout, columns: values.map(column), length: values[0]?.shape[0] ?? 0 };
}

function column(value: TensorValue): Column {
  const rowShape = value.shape.slice(1);
  const entries = elementCount(rowShape) * dtypeWidth(value.dtype);
  if (!ArrayBuffer.isView(value.data)) {
    const lists = { value, rowShape, entries, words: undefined, width: entries };
    if (value.dtype !== "string") return lists;
    return { ...lists, strings: stringColumn(value.data as readonly Uint8Array[]) };
  }
  const data = value.data as NumericArray;
  const words = wordsOf(data);
  return { value, rowShape, entries, words, width: (entries * data.BYTES_PER_ELEMENT) / words.BYTES_PER_ELEMENT };
}

// 8-byte elements are copied as two words: a float64 read as a number could change the bits of a NaN, and a bigint costs an allocation.
function wordsOf(data: NumericArray): Uint8Array | Uint16Array | Int32Array | Float32Array {
  if (data instanceof Float32Array || data instanceof Int32Array) return data;
  if (data.BYTES_PER_ELEMENT === 1) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (data.BYTES_PER_ELEMENT === 2) return new Uint16Array(data.buffer, data.byteOffset, data.length);
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** The spec of a table's rows. */
export function rowSpec(table: RowTable): ElementSpec {
  return {
    layout: table.layout,
    leaves: table.columns.map(({ value, rowShape }) => ({ dtype: value.dtype, shape: rowShape })),
  };
}

/** Row `index` as an element of its own memory. */
export function rowAt(table: RowTable, index: number): Structure {
  const leaves = table.columns.map(({ value, rowShape, entries }) =>
    tensorValue(value.dtype, rowShape, value.data.slice(index * entries, (index + 1) * entries) as typeof value.data),
  );
  return pack(table.layout, leaves);
}

/** The rows `order[0..count)` as one batch in fresh memory. */
export function gatherRows(table: RowTable, order: Int32Array, count: number): Structure {
  const run = isRun(order, count);
  const leaves = new Array<TensorValue>(table.columns.length);
  for (let c = 0; c < leaves.length; c++) {
    const source = table.columns[c]!;
    const { value, entries } = source;
    const shape = [count, ...source.rowShape];
    const data =
      source.strings?.gather(order, count, entries) ??
      (run
        ? value.data.slice(order[0]! * entries, (order[0]! + count) * entries)
        : gatherColumn(source, order, count, shape));
    leaves[c] = tensorValue(value.dtype, shape, data as typeof value.data);
  }
  return pack(table.layout, leaves);
}

function isRun(order: Int32Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (order[i] !== order[i - 1]! + 1) return false;
  return true;
}

function gatherColumn(source: Column, order: Int32Array, count: number, shape: Shape): TensorValue["data"] {
  const { words, width, value } = source;
  if (words === undefined) return gatherList(value.data as readonly object[], order, count, width) as typeof value.data;
  const data = allocate(value.dtype, elementCount(shape));
  const target = wordsOf(data as NumericArray);
  if (width > copyRowsFrom) gatherLongRows(words, target, order, count, width);
  else if (words instanceof Float32Array) gatherFloats(words, target as Float32Array, order, count, width);
  else if (words instanceof Int32Array) gatherWords(words, target as Int32Array, order, count, width);
  else gatherShort(words, target as Uint8Array, order, count, width);
  return data;
}

/** From this many words a row on, a block copy beats the loop (measured: a subarray and a set cost about as much as 100 words). */
const copyRowsFrom = 128;

function gatherLongRows(
  source: NumericArray,
  target: NumericArray,
  order: Int32Array,
  count: number,
  width: number,
): void {
  for (let i = 0; i < count; i++) {
    const from = order[i]! * width;
    (target as Int32Array).set((source as Int32Array).subarray(from, from + width), i * width);
  }
}

// Loops that read alike: each sees one kind of array only, which keeps the compiler's element access direct; scalars and pairs of words have
// their own, which are the common columns.
function gatherFloats(
  source: Float32Array,
  target: Float32Array,
  order: Int32Array,
  count: number,
  width: number,
): void {
  if (width === 1) {
    for (let i = 0; i < count; i++) target[i] = source[order[i]!]!;
    return;
  }
  for (let i = 0, at = 0; i < count; i++) {
    const from = order[i]! * width;
    for (let j = 0; j < width; j++) target[at++] = source[from + j]!;
  }
}

function gatherWords(source: Int32Array, target: Int32Array, order: Int32Array, count: number, width: number): void {
  if (width === 1) {
    for (let i = 0; i < count; i++) target[i] = source[order[i]!]!;
    return;
  }
  if (width === 2) {
    for (let i = 0; i < count; i++) {
      const from = 2 * order[i]!;
      target[2 * i] = source[from]!;
      target[2 * i + 1] = source[from + 1]!;
    }
    return;
  }
  for (let i = 0, at = 0; i < count; i++) {
    const from = order[i]! * width;
    for (let j = 0; j < width; j++) target[at++] = source[from + j]!;
  }
}

function gatherShort(
  source: Uint8Array | Uint16Array,
  target: Uint8Array | Uint16Array,
  order: Int32Array,
  count: number,
  width: number,
): void {
  for (let i = 0, at = 0; i < count; i++) {
    const from = order[i]! * width;
    for (let j = 0; j < width; j++) target[at++] = source[from + j]!;
  }
}

function gatherList(source: readonly object[], order: Int32Array, count: number, width: number): readonly object[] {
  const target = new Array<object>(count * width);
  if (width === 1) {
    for (let i = 0; i < count; i++) target[i] = source[order[i]!]!;
    return target;
  }
  for (let i = 0, at = 0; i < count; i++) {
    const from = order[i]! * width;
    for (let j = 0; j < width; j++) target[at++] = source[from + j]!;
  }
  return target;
}
