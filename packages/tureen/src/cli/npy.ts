import { type DType, dtypeSize, viewBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";

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

/**
 * The array of a `.npy` file, in NumPy's format (numpy.lib.format, versions 1 to 3).
 *
 * INVALID_ARGUMENT for what is none, for Fortran order and for types that are not plain numbers.
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
  const dtype = dtypes[code];
  if (dtype === undefined) throw invalidArgument(`A .npy file of type ${code} is not supported`);
  if (/'fortran_order': *True/.test(header)) throw invalidArgument("A .npy file in Fortran order is not supported");
  const shape = (/'shape': *\(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .flatMap((size) => (size.trim() === "" ? [] : [Number(size)]));
  const count = elementCount(shape);
  if (bytes.length - end < count * dtypeSize(dtype)) throw invalidArgument("The .npy file is cut short");
  // A copy: the data need not be aligned in the file.
  const data = new Uint8Array(bytes.subarray(end, end + count * dtypeSize(dtype)));
  return tensorValue(dtype, shape, viewBytes(dtype, data.buffer, data.byteOffset, count) as never);
}
