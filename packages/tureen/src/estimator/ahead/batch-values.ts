import { dtypeFromNumber, dtypeNumber, type NumericArray, viewBytes } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";

/** An alignment that every dtype's elements keep to. */
const alignment = 8;

/** Whether values can go to another thread: numbers can, strings and handles cannot. */
export function areNumbers(values: readonly TensorValue[]): boolean {
  return values.every(({ data }) => ArrayBuffer.isView(data));
}

/**
 * Values in one piece of memory, for another thread.
 *
 * Int32 words: `note`, the number of values; for each its dtype's number, its rank, where its data begin (bytes) and its sizes. Then the data; values
 * that share their data share them there as well.
 */
export function packValues(values: readonly TensorValue[], note: number): ArrayBuffer {
  let words = 2;
  for (const { shape } of values) words += 3 + shape.length;
  const starts = new Map<NumericArray, number>();
  let size = aligned(words * 4);
  for (const { data } of values as readonly { readonly data: NumericArray }[]) {
    if (starts.has(data)) continue;
    starts.set(data, size);
    size += aligned(data.byteLength);
  }
  const buffer = new ArrayBuffer(size);
  const head = new Int32Array(buffer, 0, words);
  head[0] = note;
  head[1] = values.length;
  let at = 2;
  for (const { dtype, shape, data } of values) {
    head[at++] = dtypeNumber(dtype);
    head[at++] = shape.length;
    head[at++] = starts.get(data as NumericArray)!;
    for (const length of shape) head[at++] = length;
  }
  const bytes = new Uint8Array(buffer);
  for (const [data, start] of starts) bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return buffer;
}

/** The note of a piece that `packValues` made. */
export function noteOf(buffer: ArrayBuffer): number {
  return new Int32Array(buffer, 0, 1)[0]!;
}

/** The values of a piece that `packValues` made: views of it. */
export function unpackValues(buffer: ArrayBuffer): TensorValue[] {
  const head = new Int32Array(buffer, 0, buffer.byteLength >> 2);
  const values = new Array<TensorValue>(head[1]!);
  let at = 2;
  for (let i = 0; i < values.length; i++) {
    const dtype = dtypeFromNumber(head[at++]!);
    const shape = new Array<number>(head[at++]!);
    const start = head[at++]!;
    for (let d = 0; d < shape.length; d++) shape[d] = head[at++]!;
    values[i] = tensorValue(dtype, shape, viewBytes(dtype, buffer, start, elementCount(shape)) as TensorValue["data"]);
  }
  return values;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
