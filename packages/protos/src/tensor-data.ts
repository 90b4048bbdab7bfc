/** Elements of a decoded tensor, row-major; the dtype says which of these it is. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly Uint8Array[];

/**
 * A TensorProto as plain data.
 *
 * `dtype` is the number in `tensorflow.DataType`. Data by dtype: half and bfloat16 are Uint16Array (their bits), bool and float8 Uint8Array,
 * int4 and uint4 one element a byte, complex types twice as many floats as elements (real part first), strings a list of byte strings.
 */
export interface TensorMessage {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** TypedArrays that a tensor of numbers decodes into. */
export type NumericTensorData = Exclude<TensorData, readonly Uint8Array[]>;

/** How the values of a dtype lie in a TensorProto and in memory. */
export interface TensorLayout {
  /** Number of the `*_val` field. */
  readonly field: number;
  /** How that field encodes one number. */
  readonly encoding: "fixed32" | "fixed64" | "varint32" | "varint64" | "bool" | "bytes" | "strings";
  /** Numbers an element: 2 for complex. */
  readonly parts: 1 | 2;
  /** Bytes a number in memory. */
  readonly width: number;
  /** Allocates for that many numbers. */
  readonly allocate: (length: number) => NumericTensorData;
}

const layout = (
  field: number,
  encoding: TensorLayout["encoding"],
  allocate: TensorLayout["allocate"],
  parts: 1 | 2 = 1,
): TensorLayout => Object.freeze({ field, encoding, parts, width: allocate(0).BYTES_PER_ELEMENT, allocate });

const int8 = (n: number): Int8Array => new Int8Array(n);
const uint8 = (n: number): Uint8Array => new Uint8Array(n);
const int16 = (n: number): Int16Array => new Int16Array(n);
const uint16 = (n: number): Uint16Array => new Uint16Array(n);
const int32 = (n: number): Int32Array => new Int32Array(n);
const float32 = (n: number): Float32Array => new Float32Array(n);
const float64 = (n: number): Float64Array => new Float64Array(n);

/** The string dtype's number in `tensorflow.DataType`. */
export const stringDataType = 7;

/**
 * Layouts by the number of the dtype in `tensorflow.DataType`; undefined where a tensor of that dtype has no plain values
 * (invalid, resource, variant, references).
 */
export const tensorLayouts: readonly (TensorLayout | undefined)[] = Object.freeze([
  undefined,
  layout(5, "fixed32", float32),
  layout(6, "fixed64", float64),
  layout(7, "varint32", int32),
  layout(7, "varint32", uint8),
  layout(7, "varint32", int16),
  layout(7, "varint32", int8),
  layout(8, "strings", uint8),
  layout(9, "fixed32", float32, 2),
  layout(10, "varint64", (n) => new BigInt64Array(n)),
  layout(11, "bool", uint8),
  layout(7, "varint32", int8),
  layout(7, "varint32", uint8),
  layout(7, "varint32", int32),
  layout(13, "varint32", uint16),
  layout(7, "varint32", int16),
  layout(7, "varint32", uint16),
  layout(7, "varint32", uint16),
  layout(12, "fixed64", float64, 2),
  layout(13, "varint32", uint16),
  undefined,
  undefined,
  layout(16, "varint32", (n) => new Uint32Array(n)),
  layout(17, "varint64", (n) => new BigUint64Array(n)),
  layout(18, "bytes", uint8),
  layout(18, "bytes", uint8),
  undefined,
  undefined,
  undefined,
  layout(7, "varint32", int8),
  layout(7, "varint32", uint8),
]);

/** How many elements a tensor of this shape has. */
export function countElements(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}
