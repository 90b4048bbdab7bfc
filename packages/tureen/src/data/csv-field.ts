import type { DType } from "../core/dtype.js";
import { dtypeLabel } from "../core/dtype.js";
import { invalidArgument, unimplemented } from "../core/status-error.js";
import { decodeText } from "../core/text.js";

/** The dtypes that a CSV column can have: those of the op DecodeCSV. */
export type CsvDType = "int32" | "int64" | "float32" | "float64" | "string";

/** Whether a column can have the dtype. */
export function isCsvDType(dtype: DType): dtype is CsvDType {
  return dtype === "string" || dtype === "int32" || dtype === "int64" || dtype === "float32" || dtype === "float64";
}

/** A field's value: a number, a bigint for int64, the bytes for string; undefined for what is no value of the dtype. */
export function parseField(dtype: CsvDType, field: Uint8Array): number | bigint | Uint8Array | undefined {
  if (dtype === "string") return field;
  const text = decodeText(field).trim();
  if (dtype === "int64") return parseInt64(text);
  return dtype === "int32" ? parseInt32(text) : parseFloating(text);
}

const integer = /^-?\d+$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^[+-]?0x[\da-f]+$/i;

function parseInt32(text: string): number | undefined {
  if (!integer.test(text)) return undefined;
  const value = Number(text);
  return value === (value | 0) ? value | 0 : undefined;
}

function parseInt64(text: string): bigint | undefined {
  if (!integer.test(text)) return undefined;
  const value = BigInt(text);
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

/** As `strings::safe_strtof` takes them; a field of blanks is 0, and `infinity` is no number but `inf` is. */
function parseFloating(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  if (text === "") return 0;
  const sign = text[0] === "-" ? -1 : 1;
  const size = text.replace(/^[+-]/, "").toLowerCase();
  if (size === "inf") return sign * Number.POSITIVE_INFINITY;
  if (size === "nan") return Number.NaN;
  return hexadecimal.test(text) ? sign * Number.parseInt(size, 16) : undefined;
}

/** The error for a field that is no value of its column's dtype, in CsvDataset's words, and where it is. */
export function invalidField(place: number, dtype: CsvDType, field: Uint8Array, where: string): Error {
  const text = `Field ${place} in record is not a valid ${dtypeLabel(dtype)}: ${decodeText(field)}`;
  return invalidArgument(`${text} (${where})`);
}

/** The dtype as one that a CSV column can have. */
export function csvDType(dtype: DType): CsvDType {
  if (isCsvDType(dtype)) return dtype;
  throw unimplemented(`A CSV column is int32, int64, float32, float64 or string, not ${dtype}`);
}

const inferred: readonly CsvDType[] = ["int32", "int64", "float32", "float64"];

/**
 * The first of int32, int64, float32, float64 and string that all the fields can have, as `make_csv_dataset` infers it; string where there are
 * none.
 *
 * As there, a float32 column holds nothing that is infinite as a float32, and no NaN.
 */
export function inferDType(fields: readonly Uint8Array[]): CsvDType {
  if (fields.length === 0) return "string";
  return inferred.find((dtype) => fields.every((field) => isInferable(dtype, field))) ?? "string";
}

function isInferable(dtype: CsvDType, field: Uint8Array): boolean {
  if (field.every((byte) => byte === 0x20)) return false;
  const value = parseField(dtype, field);
  if (value === undefined) return false;
  return dtype === "float32"
    ? Math.fround(value as number) < Number.POSITIVE_INFINITY
    : dtype !== "float64" || (value as number) < Number.POSITIVE_INFINITY;
}
