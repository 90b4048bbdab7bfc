import { countElements, type TensorData, type TensorMessage, tensorLayouts } from "@tureen/protos/tensor-data";

/** A tensor as plain JavaScript: nested lists, or a scalar. */
export type PlainTensor = number | bigint | boolean | string | Uint8Array | readonly PlainTensor[] | ArrayBufferView;

/** dtypes by the name that Python's `tf.DType.name` gives them, with their number in `tensorflow.DataType`. */
export const dtypeNumbers: Readonly<Record<DTypeName, number>> = Object.freeze({
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  complex128: 18,
  float16: 19,
  uint32: 22,
  uint64: 23,
});

/** The name of a dtype. */
export type DTypeName =
  | "float32"
  | "float64"
  | "int32"
  | "uint8"
  | "int16"
  | "int8"
  | "string"
  | "complex64"
  | "int64"
  | "bool"
  | "bfloat16"
  | "uint16"
  | "complex128"
  | "float16"
  | "uint32"
  | "uint64";

/** A tensor whose dtype is said outright; made by `tensor`. */
export interface TypedTensor {
  readonly dtype: DTypeName;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

const stringNumber = dtypeNumbers.string;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * A tensor of a dtype from nested lists, a TypedArray or a scalar; `shape` only where the value is flat and the tensor is not.
 *
 * TypeError for lists that are ragged or hold what is no value of the dtype.
 */
export function tensor(value: PlainTensor, dtype: DTypeName, shape?: readonly number[]): TypedTensor {
  const found: number[] = [];
  const flat: unknown[] = [];
  flatten(value, 0, found, flat, dtype === "string");
  const target = shape ?? found;
  if (countElements(target) !== flat.length)
    throw new TypeError(`${flat.length} values do not fill shape [${target.join(", ")}]`);
  return { dtype, shape: target, data: pack(flat, dtype) };
}

function isList(value: unknown, bytesAreStrings: boolean): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(bytesAreStrings && value instanceof Uint8Array));
}

function flatten(value: unknown, depth: number, shape: number[], out: unknown[], bytesAreStrings: boolean): void {
  if (!isList(value, bytesAreStrings)) {
    if (depth < shape.length) throw new TypeError("The lists of a tensor must all have the same depth");
    out.push(value);
    return;
  }
  if (depth === shape.length) {
    if (out.length > 0) throw new TypeError("The lists of a tensor must all have the same depth");
    shape.push(value.length);
  } else if (shape[depth] !== value.length) {
    throw new TypeError(`The lists of a tensor must all have the same length: ${value.length} is not ${shape[depth]}`);
  }
  for (let i = 0; i < value.length; i++) flatten(value[i], depth + 1, shape, out, bytesAreStrings);
}

function pack(flat: readonly unknown[], dtype: DTypeName): TensorData {
  if (dtype === "string") {
    return flat.map((value) => {
      if (typeof value === "string") return encoder.encode(value);
      if (value instanceof Uint8Array) return value;
      throw new TypeError(`A string tensor takes texts or bytes, not ${typeof value}`);
    });
  }
  const layout = tensorLayouts[dtypeNumbers[dtype]]!;
  const data = layout.allocate(flat.length * layout.parts);
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  flat.forEach((value, i) => {
    if (typeof value === "string" || value instanceof Uint8Array)
      throw new TypeError(`A ${dtype} tensor does not take a string`);
    data[i] = wide ? BigInt(value as number) : Number(value);
  });
  return data;
}

/** The message of a typed tensor. */
export function toMessage({ dtype, shape, data }: TypedTensor): TensorMessage {
  return { dtype: dtypeNumbers[dtype], shape, data };
}

/** The name of a dtype by its number, plain or ref; undefined for one that clients do not send. */
export function dtypeName(number: number): DTypeName | undefined {
  const plain = number > 100 ? number - 100 : number;
  return (Object.keys(dtypeNumbers) as DTypeName[]).find((name) => dtypeNumbers[name] === plain);
}

/** A received tensor as nested lists: numbers, bigints for 64-bit integers, booleans, texts (bytes where they are no UTF-8). */
export function toPlain({ dtype, shape, data }: TensorMessage): PlainTensor {
  const flat = Array.from(data as ArrayLike<number | bigint | Uint8Array>, (value) => {
    if (dtype === stringNumber) return textOrBytes(value as Uint8Array);
    return dtype === dtypeNumbers.bool ? value !== 0 : value;
  }) as PlainTensor[];
  let level = flat;
  for (let d = shape.length - 1; d > 0; d--) {
    const size = shape[d]!;
    const rows = countElements(shape.slice(0, d));
    level = Array.from({ length: rows }, (_, i) => level.slice(i * size, (i + 1) * size));
  }
  return shape.length === 0 ? level[0]! : level;
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}
