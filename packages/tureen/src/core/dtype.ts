import { invalidArgument, StatusError } from "./status-error.js";

/** How elements of a dtype lie in memory, by the TypedArray (or list) that holds them. */
export interface DataOf {
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  /** One byte an element, 0 or 1. */
  readonly bool: Uint8Array;
  /** Byte strings; text is UTF-8 by convention of whoever wrote it. */
  readonly string: readonly Uint8Array[];
  /** Real and imaginary part side by side: twice as many numbers as elements. */
  readonly complex64: Float32Array;
  /** Real and imaginary part side by side: twice as many numbers as elements. */
  readonly complex128: Float64Array;
  readonly qint8: Int8Array;
  readonly quint8: Uint8Array;
  readonly qint16: Int16Array;
  readonly quint16: Uint16Array;
  readonly qint32: Int32Array;
  /** One element a byte, sign-extended. */
  readonly int4: Int8Array;
  /** One element a byte. */
  readonly uint4: Uint8Array;
  readonly float8_e5m2: Uint8Array;
  readonly float8_e4m3fn: Uint8Array;
  /** Handles to variables, tables and other state of a session. */
  readonly resource: readonly object[];
  /** TensorLists, optionals, ragged values. */
  readonly variant: readonly object[];
}

/** A TensorFlow dtype, by the name that Python's `tf.DType.name` gives it. */
export type DType = keyof DataOf;

/** The TypedArrays among the data representations. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

interface DTypeFacts {
  /** Number of the dtype in `tensorflow.DataType`. */
  readonly number: number;
  /** Bytes an element, 0 for string, resource and variant. */
  readonly size: number;
  readonly array: (new (length: number) => NumericArray) | undefined;
  /** Name in C++ messages (`DataTypeString`): "float", "double", "half". */
  readonly label: string;
}

const facts: Readonly<Record<DType, DTypeFacts>> = {
  float32: { number: 1, size: 4, array: Float32Array, label: "float" },
  float64: { number: 2, size: 8, array: Float64Array, label: "double" },
  int32: { number: 3, size: 4, array: Int32Array, label: "int32" },
  uint8: { number: 4, size: 1, array: Uint8Array, label: "uint8" },
  int16: { number: 5, size: 2, array: Int16Array, label: "int16" },
  int8: { number: 6, size: 1, array: Int8Array, label: "int8" },
  string: { number: 7, size: 0, array: undefined, label: "string" },
  complex64: { number: 8, size: 8, array: Float32Array, label: "complex64" },
  int64: { number: 9, size: 8, array: BigInt64Array, label: "int64" },
  bool: { number: 10, size: 1, array: Uint8Array, label: "bool" },
  qint8: { number: 11, size: 1, array: Int8Array, label: "qint8" },
  quint8: { number: 12, size: 1, array: Uint8Array, label: "quint8" },
  qint32: { number: 13, size: 4, array: Int32Array, label: "qint32" },
  bfloat16: { number: 14, size: 2, array: Uint16Array, label: "bfloat16" },
  qint16: { number: 15, size: 2, array: Int16Array, label: "qint16" },
  quint16: { number: 16, size: 2, array: Uint16Array, label: "quint16" },
  uint16: { number: 17, size: 2, array: Uint16Array, label: "uint16" },
  complex128: { number: 18, size: 16, array: Float64Array, label: "complex128" },
  float16: { number: 19, size: 2, array: Uint16Array, label: "half" },
  resource: { number: 20, size: 0, array: undefined, label: "resource" },
  variant: { number: 21, size: 0, array: undefined, label: "variant" },
  uint32: { number: 22, size: 4, array: Uint32Array, label: "uint32" },
  uint64: { number: 23, size: 8, array: BigUint64Array, label: "uint64" },
  float8_e5m2: { number: 24, size: 1, array: Uint8Array, label: "float8_e5m2" },
  float8_e4m3fn: { number: 25, size: 1, array: Uint8Array, label: "float8_e4m3fn" },
  int4: { number: 29, size: 1, array: Int8Array, label: "int4" },
  uint4: { number: 30, size: 1, array: Uint8Array, label: "uint4" },
};

const byNumber = new Map<number, DType>(
  (Object.keys(facts) as DType[]).map((dtype) => [facts[dtype].number, dtype] as const),
);

/** Every dtype. */
export const allDTypes: readonly DType[] = Object.freeze(Object.keys(facts) as DType[]);

/** `tensorflow.DataType` numbers of ref types (TF1 variables) lie this much above the plain one's. */
export const refOffset = 100;

/** The number of a dtype in `tensorflow.DataType`. */
export function dtypeNumber(dtype: DType): number {
  return facts[dtype].number;
}

/** The dtype of a `tensorflow.DataType` number, ref types as their plain ones; INVALID_ARGUMENT for what is none. */
export function dtypeFromNumber(value: number): DType {
  const dtype = byNumber.get(value > refOffset ? value - refOffset : value);
  if (dtype === undefined) throw invalidArgument(`Unknown data type number: ${value}`);
  return dtype;
}

/** The enum name, such as `DT_FLOAT`. */
export function dtypeEnumName(dtype: DType): string {
  return `DT_${facts[dtype].label.toUpperCase()}`;
}

/** The name that C++ messages use: `float`, `double`, `half`, else the dtype's own. */
export function dtypeLabel(dtype: DType): string {
  return facts[dtype].label;
}

/** The dtype named by Python (`float32`), C++ (`float`) or the enum (`DT_FLOAT`); undefined for what is none. */
export function dtypeFromName(name: string): DType | undefined {
  const plain = name.startsWith("DT_") ? name.slice(3).toLowerCase() : name;
  if (Object.hasOwn(facts, plain)) return plain as DType;
  return allDTypes.find((dtype) => facts[dtype].label === plain);
}

/** Bytes an element takes in TensorFlow's memory and files; 0 for string, resource and variant. */
export function dtypeSize(dtype: DType): number {
  return facts[dtype].size;
}

/** How many array entries an element takes: 2 for complex, else 1. */
export function dtypeWidth(dtype: DType): 1 | 2 {
  return dtype === "complex64" || dtype === "complex128" ? 2 : 1;
}

/** Whether elements lie in a TypedArray, that is, all but string, resource and variant. */
export function isNumericDType(dtype: DType): boolean {
  return facts[dtype].array !== undefined;
}

/** Whether the dtype is float16, bfloat16, float32 or float64. */
export function isFloatingDType(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";
}

/** Whether the dtype is one of the eight signed and unsigned integers. */
export function isIntegerDType(dtype: DType): boolean {
  return /^u?int(8|16|32|64)$/.test(dtype);
}

/** The largest tensor that an engine makes unless its operator says otherwise, in bytes: more than any real one, less than harms a server. */
export const defaultTensorLimit: number = 2 ** 31;

let tensorLimit = defaultTensorLimit;

/** Sets how many bytes one tensor may take, for the whole process: models are not trusted with the machine's memory. */
export function setTensorLimit(bytes: number): void {
  tensorLimit = bytes;
}

/** How many bytes one tensor may take in this process. */
export function currentTensorLimit(): number {
  return tensorLimit;
}

/** A byte string's own place in a list. */
const pointerBytes = 8;

function arrayElementSize(array: object): number {
  return (array as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
}

/** Throws RESOURCE_EXHAUSTED, before anything is allocated, where a tensor of so many elements would be larger than the limit. */
export function checkAllocation(dtype: DType, elements: number): void {
  const { array, label } = facts[dtype];
  const bytes = array === undefined ? elements * pointerBytes : elements * dtypeWidth(dtype) * arrayElementSize(array);
  if (bytes <= tensorLimit && elements >= 0) return;
  throw new StatusError(
    "RESOURCE_EXHAUSTED",
    `OOM when allocating tensor with ${elements} elements and type ${label}: a tensor may take ${tensorLimit} bytes`,
  );
}

/** A zero-filled store for `elements` elements; for string it is a list of empty byte strings. RESOURCE_EXHAUSTED beyond the limit. */
export function allocate<D extends DType>(dtype: D, elements: number): DataOf[D] {
  const array = facts[dtype].array;
  checkAllocation(dtype, elements);
  if (array !== undefined) return new array(elements * dtypeWidth(dtype)) as unknown as DataOf[D];
  if (dtype === "string") return new Array<Uint8Array>(elements).fill(emptyBytes) as unknown as DataOf[D];
  return new Array<object>(elements) as unknown as DataOf[D];
}

/** A TypedArray over the bytes of a buffer, without a copy; `byteOffset` must be a multiple of the array's element size. */
export function viewBytes(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, elements: number): NumericArray {
  const array = facts[dtype].array as unknown as
    | (new (
        buffer: ArrayBufferLike,
        byteOffset: number,
        length: number,
      ) => NumericArray)
    | undefined;
  if (array === undefined) throw invalidArgument(`${dtype} has no fixed-size memory layout`);
  return new array(buffer, byteOffset, elements * dtypeWidth(dtype));
}

/** The empty byte string. */
export const emptyBytes: Uint8Array = new Uint8Array(0);
