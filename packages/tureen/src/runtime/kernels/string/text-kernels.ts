import { allocate, type DType, emptyBytes } from "../../../core/dtype.js";
import { elementCount } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { decodeText, encodeText } from "../../../core/text.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import { parseInteger, parseReal } from "./parse-number.js";

/** Whether a byte is a space to C's `isspace` in the C locale. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** Applies a function to each string. */
function mapStrings(input: TensorValue, change: (bytes: Uint8Array) => Uint8Array): TensorValue {
  return tensorValue("string", input.shape, (input.data as readonly Uint8Array[]).map(change));
}

/** Shifts the ASCII letters from `first` to `first + 25` by `by`. */
function shiftLetters(first: number, by: number): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => bytes.map((byte) => (byte >= first && byte < first + 26 ? byte + by : byte));
}

const asciiCase = { lower: shiftLetters(0x41, 32), upper: shiftLetters(0x61, -32) };

/** StringLower and StringUpper: ASCII letters alone, or with the encoding utf-8 every script's. */
function caseOp(to: "lower" | "upper"): KernelFactory {
  return ({ attrs }) => {
    const encoding = attrs.text("encoding");
    if (encoding !== "" && encoding !== "utf-8") {
      throw invalidArgument(`only utf-8 or '' (no encoding) is supported, received ${encoding}`);
    }
    if (encoding === "") return ([input]) => [mapStrings(input!, asciiCase[to])];
    const change = (bytes: Uint8Array): Uint8Array => {
      // TensorFlow hands a C string to ICU, which ends at the first zero.
      const end = bytes.indexOf(0);
      const text = decodeText(end < 0 ? bytes : bytes.subarray(0, end));
      return encodeText(to === "lower" ? text.toLowerCase() : text.toUpperCase());
    };
    return ([input]) => [mapStrings(input!, change)];
  };
}

/** Number of characters of UTF-8: bytes that continue none. */
export function countCharacters(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}

/** Case, blanks, lengths and numbers of strings. */
export const textKernels: KernelTable = {
  StringLower: caseOp("lower"),
  StringUpper: caseOp("upper"),

  StringStrip:
    () =>
    ([input]) => [
      mapStrings(input!, (bytes) => {
        let start = 0;
        let end = bytes.length;
        while (start < end && isSpace(bytes[start]!)) start++;
        while (end > start && isSpace(bytes[end - 1]!)) end--;
        return bytes.subarray(start, end);
      }),
    ],

  StringLength: ({ attrs }) => {
    const inCharacters = attrs.text("unit") === "UTF8_CHAR";
    return ([input]) => {
      const strings = input!.data as readonly Uint8Array[];
      const lengths = new Int32Array(strings.length);
      for (let i = 0; i < lengths.length; i++) {
        lengths[i] = inCharacters ? countCharacters(strings[i]!) : strings[i]!.length;
      }
      return [tensorValue("int32", input!.shape, lengths)];
    };
  },

  StringToNumber: ({ attrs }) => {
    const dtype = attrs.type("out_type");
    return ([input]) => [stringToNumber(input!, dtype)];
  },
};

function stringToNumber(input: TensorValue, dtype: DType): TensorValue {
  const strings = input.data as readonly Uint8Array[];
  const result = allocate(dtype, elementCount(input.shape)) as unknown as (number | bigint)[];
  strings.forEach((bytes, i) => {
    const text = bytes === emptyBytes ? "" : decodeText(bytes);
    const value =
      dtype === "int32" ? parseInteger(text, 32) : dtype === "int64" ? parseInteger(text, 64) : parseReal(text);
    if (value === undefined) throw invalidArgument(`StringToNumberOp could not correctly convert string: ${text}`);
    result[i] = dtype === "int32" ? Number(value) : value;
  });
  return tensorValue(dtype, input.shape, result as never);
}
