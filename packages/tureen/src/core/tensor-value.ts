import { allocate, type DataOf, type DType, dtypeWidth, type NumericArray } from "./dtype.js";
import { toBfloat16, toFloat16 } from "./half-float.js";
import { elementCount, type Shape, scalarShape, shapeText } from "./shape.js";
import { invalidArgument } from "./status-error.js";
import { encodeText } from "./text.js";

/**
 * A dense tensor's value: dtype, shape and row-major elements.
 *
 * Immutable by contract: who is handed one never writes into its data, except a kernel into what it has just made.
 */
export interface TensorValue<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: DataOf[D];
}

/** Makes a value of data that is already laid out; every value comes from here, so that all share one hidden class. */
export function tensorValue<D extends DType>(dtype: D, shape: Shape, data: DataOf[D]): TensorValue<D> {
  return { dtype, shape, data };
}

/** A zero-filled value (empty strings for string). */
export function zeros<D extends DType>(dtype: D, shape: Shape): TensorValue<D> {
  return tensorValue(dtype, shape, allocate(dtype, elementCount(shape)));
}

/** What `toTensor` takes: nested lists of numbers, bigints, booleans, texts or byte strings. */
export type NestedValue = number | bigint | boolean | string | Uint8Array | readonly NestedValue[] | NumericArray;

/**
 * A value from plain JavaScript: nested lists, a TypedArray (one dimension) or a scalar.
 *
 * Without `dtype`: numbers are float32, bigints int64, booleans bool, texts and byte strings string. A Uint8Array counts as a byte string
 * unless `dtype` says a numeric one. Ragged lists are INVALID_ARGUMENT.
 */
export function toTensor<D extends DType = DType>(value: NestedValue, dtype?: D, shape?: Shape): TensorValue<D> {
  const flat: (number | bigint | boolean | string | Uint8Array)[] = [];
  let found: number[];
  if (ArrayBuffer.isView(value) && !(value instanceof Uint8Array && (dtype === undefined || dtype === "string"))) {
    const array = value as NumericArray;
    const type = (dtype ?? dtypeOfArray(array)) as D;
    const width = dtypeWidth(type);
    const target = allocate(type, array.length / width) as unknown as NumericArray;
    if (target.constructor === array.constructor)
      return tensorValue(type, shape ?? [array.length / width], array as unknown as DataOf[D]);
    for (let i = 0; i < array.length; i++) flat.push(array[i]!);
    found = [array.length / width];
  } else {
    found = [];
    flatten(value, 0, found, flat);
  }
  const type = (dtype ?? dtypeOfScalar(flat[0])) as D;
  const target = shape ?? found;
  const count = elementCount(target);
  if (count * dtypeWidth(type) !== flat.length) {
    throw invalidArgument(`${flat.length} values do not fill a tensor of shape ${shapeText(target)}`);
  }
  const data = allocate(type, count);
  fill(type, data as unknown as unknown[], flat);
  return tensorValue(type, target.length === 0 ? scalarShape : target, data);
}

function dtypeOfArray(array: NumericArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof BigInt64Array) return "int64";
  if (array instanceof Int8Array) return "int8";
  if (array instanceof Int16Array) return "int16";
  if (array instanceof Uint16Array) return "uint16";
  if (array instanceof Uint32Array) return "uint32";
  if (array instanceof BigUint64Array) return "uint64";
  return "uint8";
}

function dtypeOfScalar(value: number | bigint | boolean | string | Uint8Array | undefined): DType {
  if (typeof value === "bigint") return "int64";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string" || value instanceof Uint8Array) return "string";
  return "float32";
}

function flatten(
  value: NestedValue,
  depth: number,
  shape: number[],
  out: (number | bigint | boolean | string | Uint8Array)[],
): void {
  const list = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof Uint8Array));
  if (!list) {
    if (depth < shape.length) throw invalidArgument("Lists of one tensor must all have the same length and depth");
    out.push(value as number);
    return;
  }
  const items = value as readonly NestedValue[];
  if (depth === shape.length) {
    if (out.length > 0) throw invalidArgument("Lists of one tensor must all have the same length and depth");
    shape.push(items.length);
  } else if (shape[depth] !== items.length) {
    throw invalidArgument("Lists of one tensor must all have the same length and depth");
  }
  for (const item of items) flatten(item, depth + 1, shape, out);
}

function fill(dtype: DType, data: unknown[], flat: readonly (number | bigint | boolean | string | Uint8Array)[]): void {
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i]!;
    if (dtype === "string") {
      if (typeof value === "string") data[i] = encodeText(value);
      else if (value instanceof Uint8Array) data[i] = value;
      else throw invalidArgument(`A string tensor takes texts or byte strings, not ${typeof value}`);
    } else if (typeof value === "string" || value instanceof Uint8Array) {
      throw invalidArgument(`A ${dtype} tensor does not take a string`);
    } else if (dtype === "int64" || dtype === "uint64") {
      data[i] = typeof value === "bigint" ? value : BigInt(value);
    } else if (dtype === "float16" || dtype === "bfloat16") {
      data[i] = dtype === "float16" ? toFloat16(Number(value)) : toBfloat16(Number(value));
    } else {
      data[i] = typeof value === "boolean" ? Number(value) : typeof value === "bigint" ? Number(value) : value;
    }
  }
}

/** The elements as plain JavaScript values, row-major and flat: numbers, bigints for 64-bit integers, booleans, byte strings. */
export function toFlatArray(value: TensorValue): (number | bigint | boolean | Uint8Array | object)[] {
  const list = Array.from(value.data as ArrayLike<number | bigint | Uint8Array | object>);
  return value.dtype === "bool" ? list.map((element) => element !== 0) : list;
}

/** The value as nested lists, a scalar as itself. */
export function toNested(value: TensorValue): unknown {
  const flat = toFlatArray(value);
  let level: unknown[] = flat;
  for (let d = value.shape.length - 1; d > 0; d--) {
    const size = value.shape[d]!;
    const rows = elementCount(value.shape.slice(0, d));
    level = Array.from({ length: rows }, (_, i) => level.slice(i * size, (i + 1) * size));
  }
  return value.shape.length === 0 ? level[0] : level;
}

/** The same elements under another shape, which must hold as many. */
export function withShape<D extends DType>(value: TensorValue<D>, shape: Shape): TensorValue<D> {
  return tensorValue(value.dtype, shape, value.data);
}

/** A float32 scalar, vector or array. */
export function floatValue(
  data: readonly number[] | Float32Array,
  shape: Shape = [data.length],
): TensorValue<"float32"> {
  return tensorValue("float32", shape, data instanceof Float32Array ? data : Float32Array.from(data));
}

/** An int32 vector or array. */
export function intValue(data: readonly number[] | Int32Array, shape: Shape = [data.length]): TensorValue<"int32"> {
  return tensorValue("int32", shape, data instanceof Int32Array ? data : Int32Array.from(data));
}

/** A string vector or array. */
export function stringValue(
  data: readonly (string | Uint8Array)[],
  shape: Shape = [data.length],
): TensorValue<"string"> {
  const bytes = data.map((text) => (typeof text === "string" ? encodeText(text) : text));
  return tensorValue("string", shape, bytes);
}

/** A scalar of any dtype. */
export function scalarValue<D extends DType>(
  dtype: D,
  value: number | bigint | boolean | string | Uint8Array,
): TensorValue<D> {
  return toTensor(value, dtype, scalarShape);
}

/**
 * The elements of an integer tensor as numbers: shapes, axes, sizes, indices.
 *
 * 64-bit values beyond 2^53 lose precision, which no shape or index of a real tensor reaches.
 */
export function toIntegers(value: TensorValue): number[] {
  const data = value.data as ArrayLike<number | bigint>;
  const result = new Array<number>(data.length);
  for (let i = 0; i < data.length; i++) result[i] = Number(data[i]);
  return result;
}
