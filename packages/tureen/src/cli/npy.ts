import { unzipSync } from "fflate";
import { type DType, dtypeSize, dtypeWidth, viewBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { swapByteOrder } from "../formats/tensor-bundle-data.js";

/** NumPy's type codes of little-endian and one-byte numbers. */
const dtypes: Readonly<Record<string, DType>> = {
  "|b1": "bool",
  "|i1": "int8",
  "|u1": "uint8",
  "<i2": "int16",
  "<u2": "uint16",
  "<i4": "int32",
  "<u4": "uint32",
  "<i8": "int64",
  "<u8": "uint64",
  "<f2": "float16",
  "<f4": "float32",
  "<f8": "float64",
  "<c8": "complex64",
  "<c16": "complex128",
};

/** Big-endian files, where a number is of several bytes, have `>` for `<`. */
const bigEndian = /^>/;
/** Fixed-width texts: bytes (`S`) or UTF-32 (`U`), padded with zeros. */
const textCode = /^([|<>])([SU])(\d+)$/;

/**
 * The array of a `.npy` file, in NumPy's format (numpy.lib.format, versions 1 to 3).
 *
 * INVALID_ARGUMENT for what is none and for types that are neither plain numbers nor fixed-width texts.
 */
export function parseNpy(bytes: Uint8Array): TensorValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = "\u0093NUMPY";
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString("latin1") !== magic)
    throw invalidArgument("Not a .npy file");
  const long = bytes[6]! > 1;
  const start = long ? 12 : 10;
  const end = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(start, end)).toString("latin1");
  const code = /'descr': *'([^']*)'/.exec(header)?.[1] ?? "";
  const shape = (/'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const isFortran = /'fortran_order': *True/.test(header);
  const count = elementCount(shape);
  const body = (width: number): Uint8Array<ArrayBuffer> => {
    if (bytes.length - end < count * width) throw invalidArgument("The .npy file is cut short");
    // A copy: the data need not be aligned in the file.
    const stored = new Uint8Array(bytes.subarray(end, end + count * width));
    return isFortran && shape.length > 1 ? inRowOrder(stored, shape, width) : stored;
  };
  const text = textCode.exec(code);
  if (text !== null) return tensorValue("string", shape, texts(body, text, count));
  const dtype = dtypes[code.replace(bigEndian, "<")];
  if (dtype === undefined) throw invalidArgument(`A .npy file of type ${code === "" ? header : code} is not supported`);
  const data = body(dtypeSize(dtype));
  if (bigEndian.test(code)) swapByteOrder(data, dtypeSize(dtype) / dtypeWidth(dtype));
  return tensorValue(dtype, shape, viewBytes(dtype, data.buffer, 0, count) as never);
}

/** The arrays of a `.npz` file by their names, without the `.npy` that the archive gives them. INVALID_ARGUMENT for what is none. */
export function parseNpz(bytes: Uint8Array): Map<string, TensorValue> {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw invalidArgument(`Not a .npz file: ${error instanceof Error ? error.message : String(error)}`);
  }
  return new Map(Object.entries(files).map(([name, file]) => [name.replace(/\.npy$/, ""), parseNpy(file)]));
}

function texts(
  body: (width: number) => Uint8Array,
  [, order, kind, length]: RegExpExecArray,
  count: number,
): Uint8Array[] {
  const width = Number(length) * (kind === "U" ? 4 : 1);
  const stored = body(width);
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const own = stored.subarray(i * width, (i + 1) * width);
    if (kind === "S") return own.slice(0, own.findLastIndex((byte) => byte !== 0) + 1);
    const points: number[] = [];
    for (let at = i * width; at < (i + 1) * width; at += 4) points.push(view.getUint32(at, order !== ">"));
    return encodeText(String.fromCodePoint(...points.slice(0, points.findLastIndex((point) => point !== 0) + 1)));
  });
}

/** The elements with the last dimension varying fastest, of a file in which the first does. */
function inRowOrder(stored: Uint8Array, shape: readonly number[], width: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(stored.length);
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < stored.length; i += width) {
    const from = index.reduce((sum, at, d) => sum + at * strides[d]!, 0) * width;
    result.set(stored.subarray(from, from + width), i);
    for (let d = shape.length - 1; d >= 0 && ++index[d]! === shape[d]; d--) index[d] = 0;
  }
  return result;
}
