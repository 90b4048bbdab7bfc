import { type DType, isFloatingDType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { dtypeString, pythonText, tupleText } from "./python-text.js";

/** Throws INVALID_ARGUMENT for a key that is no string. */
export function checkKey(key: string): void {
  if (typeof key === "string") return;
  throw invalidArgument(`key must be a string. Got: type ${pythonType(key)}. Given key: ${pythonText(key)}.`);
}

/** Throws INVALID_ARGUMENT for a dtype that can be no id. */
export function checkStringOrInteger(dtype: DType, prefix: string): void {
  if (dtype === "string" || isIntegerDType(dtype)) return;
  throw invalidArgument(`${prefix} dtype must be string or integer. dtype: ${dtypeString(dtype)}.`);
}

/** Throws INVALID_ARGUMENT where a column's dtype and that of its input are not both strings or both integers. */
export function checkSameKind(key: string, column: DType, input: DType): void {
  if (isIntegerDType(column) === isIntegerDType(input)) return;
  throw invalidArgument(
    `Column dtype and SparseTensors dtype must be compatible. key: ${key}, column dtype: ${dtypeString(column)}, tensor dtype: ${dtypeString(input)}`,
  );
}

/** Whether numbers of a dtype can be cast to float. */
export function isNumber(dtype: DType | undefined): boolean {
  return dtype !== undefined && (isIntegerDType(dtype) || isFloatingDType(dtype));
}

/** Throws INVALID_ARGUMENT for a dtype of no numbers. */
export function checkNumber(dtype: DType, key: string): void {
  if (!isNumber(dtype))
    throw invalidArgument(`dtype must be convertible to float. dtype: ${dtypeString(dtype)}, key: ${key}`);
}

/** A column's shape, a single size as a list of one; INVALID_ARGUMENT for sizes that are not positive integers. */
export function checkShape(shape: readonly number[] | number, key: string): readonly number[] {
  checkKey(key);
  const sizes = Object.freeze(typeof shape === "number" ? [shape] : [...shape]);
  for (const size of sizes) {
    const text = tupleText(sizes).text;
    if (!Number.isInteger(size)) throw invalidArgument(`shape dimensions must be integer. shape: ${text}, key: ${key}`);
    if (size < 1) throw invalidArgument(`shape dimensions must be greater than 0. shape: ${text}, key: ${key}`);
  }
  return sizes;
}

/** Throws INVALID_ARGUMENT for out-of-vocabulary buckets that are negative or come with a default. */
export function checkOovBuckets(key: string, oovBuckets: number, hasDefault: boolean): void {
  if (oovBuckets === 0) return;
  if (hasDefault) throw invalidArgument(`Can't specify both num_oov_buckets and default_value in ${key}.`);
  if (oovBuckets < 0) throw invalidArgument(`Invalid num_oov_buckets ${oovBuckets} in ${key}.`);
}

/** The class of a value as Python prints it. */
function pythonType(value: unknown): string {
  const name =
    typeof value === "number"
      ? Number.isInteger(value)
        ? "int"
        : "float"
      : value === undefined || value === null
        ? "NoneType"
        : typeof value;
  return `<class '${name}'>`;
}
