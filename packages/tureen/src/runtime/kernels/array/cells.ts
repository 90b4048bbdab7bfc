import { allocate, type DType, dtypeLabel, dtypeSize, type NumericArray } from "../../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../../core/shape.js";
import { StatusError } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";

/**
 * Elements as what a kernel moves without looking into them: bytes, 16-bit or 32-bit words, or objects.
 *
 * Four kinds of store serve all dtypes, so that a loop that moves elements stays fast whatever dtypes it has met. Typed as Int32Array, whose
 * interface the loops use; lists of byte strings and handles share its element access, but not `set` and `subarray`.
 */
export type Cells = Int32Array;

/** How many cells an element takes: 2 for eight-byte dtypes, 4 for complex128, else 1. */
export function cellWidth(dtype: DType): 1 | 2 | 4 {
  const size = dtypeSize(dtype);
  return size === 8 ? 2 : size === 16 ? 4 : 1;
}

/** A value's elements as cells, without a copy; complex numbers and 64-bit integers take two or more. */
export function cellsOf(value: TensorValue): Cells {
  const data = value.data as unknown as NumericArray;
  switch (dtypeSize(value.dtype)) {
    case 0:
      return data as unknown as Cells;
    case 1:
      if (data instanceof Uint8Array) return data as unknown as Cells;
      return new Uint8Array(data.buffer, data.byteOffset, data.byteLength) as unknown as Cells;
    case 2:
      if (data instanceof Uint16Array) return data as unknown as Cells;
      return new Uint16Array(data.buffer, data.byteOffset, data.length) as unknown as Cells;
    default:
      if (data instanceof Int32Array) return data;
      return new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  }
}

/** A zero-filled value for a kernel to write into; RESOURCE_EXHAUSTED with TensorFlow's text where memory does not hold it. */
export function newValue<D extends DType>(dtype: D, shape: Shape): TensorValue<D> {
  try {
    return tensorValue(dtype, shape, allocate(dtype, elementCount(shape)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StatusError(
      "RESOURCE_EXHAUSTED",
      `OOM when allocating tensor with shape${shapeText(shape)} and type ${dtypeLabel(dtype)} on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu`,
      { cause: error },
    );
  }
}

/** Below this many cells an element loop beats `set` on a `subarray`, whose view costs about as much. */
const blockCells = 24;

/** Copies `count` cells that lie side by side. */
export function copyCells(target: Cells, at: number, source: Cells, from: number, count: number): void {
  if (count < blockCells || Array.isArray(source)) {
    for (let i = 0; i < count; i++) target[at + i] = source[from + i]!;
  } else {
    target.set(source.subarray(from, from + count), at);
  }
}

/** The indices of an int32, int64 or smaller integer tensor as numbers, without a copy where it can be. */
export function indicesOf(value: TensorValue): Int32Array | Float64Array {
  if (value.data instanceof Int32Array) return value.data;
  if (!(value.data instanceof BigInt64Array)) return Int32Array.from(value.data as ArrayLike<number>);
  const words = cellsOf(value);
  const count = words.length >> 1;
  const small = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const low = words[2 * i]!;
    if (words[2 * i + 1] !== low >> 31) return wideIndices(words, count);
    small[i] = low;
  }
  return small;
}

const twoTo32 = 2 ** 32;

function wideIndices(words: Cells, count: number): Float64Array {
  const result = new Float64Array(count);
  for (let i = 0; i < count; i++) result[i] = words[2 * i + 1]! * twoTo32 + (words[2 * i]! >>> 0);
  return result;
}

/** The one integer of a scalar tensor. */
export function integerOf(value: TensorValue): number {
  return Number((value.data as ArrayLike<number | bigint>)[0]);
}

/** An int32 or int64 tensor of these integers. */
export function integersValue(dtype: DType, shape: Shape, integers: ArrayLike<number>): TensorValue {
  if (dtype !== "int64") {
    return tensorValue("int32", shape, integers instanceof Int32Array ? integers : Int32Array.from(integers));
  }
  const result = newValue("int64", shape);
  const words = cellsOf(result);
  for (let i = 0; i < integers.length; i++) {
    const integer = integers[i]!;
    words[2 * i] = integer;
    words[2 * i + 1] = Math.floor(integer / twoTo32);
  }
  return result;
}
