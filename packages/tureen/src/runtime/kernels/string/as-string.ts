import { dtypeLabel } from "../../../core/dtype.js";
import { widenHalf } from "../../../core/half-float.js";
import { elementCount } from "../../../core/shape.js";
import { invalidArgument, unimplemented } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { KernelFactory } from "../../kernel.js";
import { formatInteger, formatReal, type PrintfFlags } from "./printf.js";

const yes = encodeText("true");
const no = encodeText("false");
const minus = 0x2d;
const nought = 0x30;

/** AsString: each element as C's printf writes it; six decimals for floats unless told otherwise. */
export const asString: KernelFactory = ({ attrs, inputTypes }) => {
  const dtype = attrs.type("T");
  const isReal = ["float16", "bfloat16", "float32", "float64", "complex64", "complex128", "string"].includes(dtype);
  const scientific = attrs.bool("scientific");
  const shortest = attrs.bool("shortest");
  const precision = attrs.int("precision");
  const flag = attrs.text("fill");
  if (!isReal) {
    if (scientific || shortest) {
      throw invalidArgument(`scientific and shortest format not supported for datatype ${dtypeLabel(dtype)}`);
    }
    if (precision >= 0) throw invalidArgument(`precision not supported for datatype ${dtypeLabel(dtype)}`);
  }
  if (attrs.bytes("fill").length > 1) throw invalidArgument("Fill string must be one or fewer characters");
  if (scientific && shortest) throw invalidArgument("Cannot select both scientific and shortest notation");
  if (flag !== "" && !" +-0#".includes(flag)) throw invalidArgument(`Fill argument not supported: "${flag}"`);
  const flags: PrintfFlags = { flag, width: attrs.int("width"), precision };
  const letter = scientific ? "e" : shortest ? "g" : "f";
  const plainIntegers = flag === "" && flags.width < 0;
  if (dtype === "variant") throw unimplemented(`AsString of ${inputTypes[0]}`);
  return ([input]) => [tensorValue("string", input!.shape, texts(input!, letter, flags, plainIntegers))];
};

function texts(
  input: TensorValue,
  letter: "f" | "e" | "g",
  flags: PrintfFlags,
  plainIntegers: boolean,
): readonly Uint8Array[] {
  const count = elementCount(input.shape);
  const result = new Array<Uint8Array>(count);
  switch (input.dtype) {
    case "string":
      return (input.data as readonly Uint8Array[]).map((text) => paddedText(text, flags));
    case "bool":
      for (let i = 0; i < count; i++) result[i] = (input.data as Uint8Array)[i] === 0 ? no : yes;
      return result;
    case "float16":
    case "bfloat16":
      return realTexts(widenHalf(input.dtype, input.data as Uint16Array), letter, flags);
    case "float32":
    case "float64":
      return realTexts(input.data as Float32Array | Float64Array, letter, flags);
    case "complex64":
    case "complex128": {
      const parts = realTexts(input.data as Float32Array | Float64Array, letter, flags);
      for (let i = 0; i < count; i++) result[i] = complexText(parts[2 * i]!, parts[2 * i + 1]!);
      return result;
    }
    case "int64": {
      const data = input.data as BigInt64Array;
      if (!plainIntegers) break;
      const words = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
      for (let i = 0; i < count; i++) {
        const low = words[2 * i]!;
        // Most ids fit in 32 bits, whose digits need no BigInt.
        result[i] = words[2 * i + 1] === low >> 31 ? digits(low) : encodeText(data[i]!.toString());
      }
      return result;
    }
    case "int32":
    case "int16":
    case "int8":
    case "uint8":
    case "uint16": {
      if (!plainIntegers) break;
      const data = input.data as Int32Array;
      for (let i = 0; i < count; i++) result[i] = digits(data[i]!);
      return result;
    }
    default:
  }
  const data = input.data as ArrayLike<number | bigint>;
  const unsigned = input.dtype.startsWith("u");
  for (let i = 0; i < count; i++) result[i] = encodeText(formatInteger(data[i]!, flags, unsigned));
  return result;
}

/** The decimal digits of a 32-bit integer. */
function digits(value: number): Uint8Array {
  let rest = Math.abs(value);
  let length = value < 0 ? 2 : 1;
  for (let bound = 10; bound <= rest; bound *= 10) length++;
  const bytes = new Uint8Array(length);
  do {
    const next = Math.floor(rest / 10);
    bytes[--length] = nought + rest - next * 10;
    rest = next;
  } while (rest > 0);
  if (value < 0) bytes[0] = minus;
  return bytes;
}

function realTexts(data: Float32Array | Float64Array, letter: "f" | "e" | "g", flags: PrintfFlags): Uint8Array[] {
  const result = new Array<Uint8Array>(data.length);
  const words = new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  const step = data.BYTES_PER_ELEMENT / 4;
  for (let i = 0; i < data.length; i++) {
    const negative = words[i * step + step - 1]! < 0;
    result[i] = encodeText(formatReal(data[i]!, letter, flags, negative));
  }
  return result;
}

/** A byte string as `%s` writes it: cut to the precision, padded with blanks to the width. */
function paddedText(text: Uint8Array, { flag, width, precision }: PrintfFlags): Uint8Array {
  const kept = precision >= 0 && text.length > precision ? text.subarray(0, precision) : text;
  if (kept.length >= width) return kept;
  const padded = new Uint8Array(width).fill(0x20);
  padded.set(kept, flag === "-" ? 0 : width - kept.length);
  return padded;
}

function complexText(real: Uint8Array, imaginary: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(real.length + imaginary.length + 3);
  bytes[0] = 0x28;
  bytes.set(real, 1);
  bytes[real.length + 1] = 0x2c;
  bytes.set(imaginary, real.length + 2);
  bytes[bytes.length - 1] = 0x29;
  return bytes;
}
