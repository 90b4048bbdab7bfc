import { allocate, type DataOf, type DType, dtypeWidth, type NumericArray } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { failedPrecondition } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";

/** One request's tensors, by name. */
export type Feeds = ReadonlyMap<string, TensorValue>;

/**
 * Puts the tensors of several requests, which have the same names, one after another along their first dimension.
 *
 * `padding` more rows repeat the last request's first row. FAILED_PRECONDITION where other dimensions differ, unless `padVariableLength`
 * fills the shorter ones up with each tensor's own first value.
 */
export function mergeFeeds(
  tasks: readonly Feeds[],
  padding: number,
  padVariableLength: boolean,
): Map<string, TensorValue> {
  const merged = new Map<string, TensorValue>();
  for (const name of tasks[0]!.keys()) {
    let parts = tasks.map((feeds) => feeds.get(name)!);
    if (parts.some(({ shape }) => !sameRows(shape, parts[0]!.shape))) {
      if (!padVariableLength) {
        throw failedPrecondition(
          `Tensors with name '${name}' from different tasks have different shapes and padding is turned off. ` +
            "Set pad_variable_length_inputs to true, or ensure that all tensors with the same name have equal dimensions starting with the first dim.",
        );
      }
      parts = padToLargest(name, parts);
    }
    const last = parts[parts.length - 1]!;
    const firstRow = rowsOf(last, 0, 1);
    merged.set(name, concat([...parts, ...new Array<TensorValue>(padding).fill(firstRow)]));
  }
  return merged;
}

/** Rows `from` to `to` of a tensor, as a view where it is numeric. */
export function rowsOf(value: TensorValue, from: number, to: number): TensorValue {
  const shape = [to - from, ...value.shape.slice(1)];
  const row = elementCount(value.shape.slice(1)) * dtypeWidth(value.dtype);
  const data = ArrayBuffer.isView(value.data)
    ? (value.data as Float32Array).subarray(from * row, to * row)
    : (value.data as readonly Uint8Array[]).slice(from * row, to * row);
  return tensorValue(value.dtype, shape, data as DataOf[DType]);
}

/** Tensors of one dtype and row shape, one after another. */
export function concat(parts: readonly TensorValue[]): TensorValue {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  let rows = 0;
  for (const { shape } of parts) rows += shape[0]!;
  const shape = [rows, ...first.shape.slice(1)];
  if (first.dtype === "string") {
    return tensorValue(
      "string",
      shape,
      parts.flatMap(({ data }) => data as readonly Uint8Array[]),
    );
  }
  const data = allocate(first.dtype, elementCount(shape));
  let at = 0;
  for (const part of parts) {
    (data as Float32Array).set(part.data as Float32Array, at);
    at += (part.data as NumericArray).length;
  }
  return tensorValue(first.dtype, shape, data);
}

function sameRows(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => i === 0 || size === b[i]);
}

function padToLargest(name: string, parts: readonly TensorValue[]): TensorValue[] {
  const rank = parts[0]!.shape.length;
  if (parts.some(({ shape }) => shape.length !== rank)) {
    throw failedPrecondition(`Tensors with name '${name}' from different tasks have different numbers of dimensions`);
  }
  const largest = parts[0]!.shape.map((_, d) => Math.max(...parts.map(({ shape }) => shape[d]!)));
  return parts.map((part) => padTo(part, [part.shape[0]!, ...largest.slice(1)]));
}

/** TensorFlow Serving pads with the tensor's own first value, not with 0. */
function padTo(value: TensorValue, shape: readonly number[]): TensorValue {
  if (sameRows(value.shape, shape)) return value;
  const width = dtypeWidth(value.dtype);
  const source = value.data as unknown as ArrayLike<unknown>;
  const target = allocate(value.dtype, elementCount(shape)) as unknown as unknown[];
  for (let i = 0; i < target.length; i++) target[i] = source[i % width];
  const rowLength = value.shape[value.shape.length - 1]! * width;
  const rows = rowLength === 0 ? 0 : source.length / rowLength;
  for (let row = 0; row < rows; row++) {
    const to = rowOffset(row, value.shape, shape) * width;
    for (let i = 0; i < rowLength; i++) target[to + i] = source[row * rowLength + i];
  }
  return tensorValue(value.dtype, shape, target as unknown as DataOf[DType]);
}

/** Where the row-th innermost row of a tensor begins in a larger one. */
function rowOffset(row: number, from: readonly number[], to: readonly number[]): number {
  let rest = row;
  let stride = to[to.length - 1]!;
  let offset = 0;
  for (let d = from.length - 2; d >= 0; d--) {
    offset += (rest % from[d]!) * stride;
    rest = Math.floor(rest / from[d]!);
    stride *= to[d]!;
  }
  return offset;
}
