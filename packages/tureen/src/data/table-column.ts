import type { OptionTable } from "../core/check-options.js";
import { allocate, type DType, dtypeSize, isFloatingDType, isIntegerDType } from "../core/dtype.js";
import { elementCount, type Shape, sameShape, shapeText } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";

/** Columns of one table: tensors by name whose leading dimension counts the rows. */
export type Columns = Readonly<Record<string, TensorValue>>;

/** How the columns of a table of rows come to be: the names of `csvDataset` where it has the option too. */
export interface TableOptions {
  /** The columns to read, by name; all unless said. */
  readonly selectColumns?: readonly string[] | undefined;
  /** dtypes by column; a column that is not named here has its dtype from its values. */
  readonly dtypes?: Readonly<Record<string, DType>> | undefined;
  /** What stands for a missing value, by column. Without one, a missing value is INVALID_ARGUMENT. */
  readonly defaults?: Readonly<Record<string, number | bigint | string | boolean>> | undefined;
}

/** The same for `checkOptions`. */
export const tableOptionsTable: OptionTable<TableOptions> = {
  selectColumns: "optional",
  dtypes: "optional",
  defaults: "optional",
};

const int32Limit = 2n ** 31n;
const int64Limit = 2n ** 63n;

/**
 * A column of plain values, one a row: numbers, booleans, texts, bytes, or lists of them of one shape for all rows.
 *
 * Without a `dtype`, whole numbers are int32 where all fit, else int64; other numbers are float32. INVALID_ARGUMENT names column and row of a
 * missing value without a default, of a value that is not of the dtype, and of a list of another shape.
 */
export function columnOf(
  name: string,
  values: readonly unknown[],
  dtype: DType | undefined,
  fallback: number | bigint | string | boolean | undefined,
): TensorValue {
  const first = values.find((value) => value !== undefined && value !== null);
  const shape = shapeOf(first ?? fallback ?? 0);
  const size = elementCount(shape);
  const type = dtype ?? inferDType(name, values);
  const filler = fallback === undefined ? undefined : scalarValue(type, fallback as number).data[0];
  const convert = converterTo(type);
  const data = allocate(type, values.length * size);
  const target = data as unknown as unknown[];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === undefined || value === null) {
      if (filler === undefined) {
        throw invalidArgument(`Column '${name}' misses a value in row ${row}, and has no default for it`);
      }
      target.fill(filler, row * size, (row + 1) * size);
    } else if (size === 1 && shape.length === 0) {
      if (isList(value)) throw otherShape(name, row, shapeOf(value), shape);
      const element = convert(value);
      if (element === undefined) throw wrongValue(name, type, row, value);
      target[row] = element;
    } else {
      const own = shapeOf(value);
      if (!sameShape(own, shape)) throw otherShape(name, row, own, shape);
      const wrong = fillList(target, row * size, value as ArrayLike<unknown>, shape, 0, convert);
      if (wrong === raggedList) throw invalidArgument(`Column '${name}' has lists of several lengths in row ${row}`);
      if (wrong !== undefined) throw wrongValue(name, type, row, wrong.value);
    }
  }
  return tensorValue(type, [values.length, ...shape], data);
}

function otherShape(name: string, row: number, own: Shape, shape: Shape): Error {
  return invalidArgument(
    `Column '${name}' has shape ${shapeText(own)} in row ${row}, not ${shapeText(shape)} as in the first`,
  );
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof Uint8Array));
}

function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let inner = value; isList(inner); inner = inner[0]) shape.push(inner.length);
  return shape;
}

/** What a list that is not as long as its neighbours is reported with. */
const raggedList: { readonly value: unknown } = Object.freeze({ value: undefined });

/** Writes a nested list's items one after the other; gives the first that is wrong. */
function fillList(
  target: unknown[],
  at: number,
  list: ArrayLike<unknown>,
  shape: Shape,
  axis: number,
  convert: Convert,
): { readonly value: unknown } | undefined {
  const stride = elementCount(shape.slice(axis + 1));
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (axis + 1 < shape.length) {
      if (!isList(item) || item.length !== shape[axis + 1]) return raggedList;
      const wrong = fillList(target, at + i * stride, item, shape, axis + 1, convert);
      if (wrong !== undefined) return wrong;
      continue;
    }
    const element = isList(item) ? undefined : convert(item);
    if (element === undefined) return isList(item) ? raggedList : { value: item };
    target[at + i] = element;
  }
  return undefined;
}

/** What makes one dtype's element of a plain value; undefined for what is none. */
type Convert = (value: unknown) => unknown;

function converterTo(dtype: DType): Convert {
  if (dtype === "string") {
    return (value) => (typeof value === "string" ? encodeText(value) : value instanceof Uint8Array ? value : undefined);
  }
  if (dtype === "bool") return (value) => (typeof value === "boolean" ? Number(value) : undefined);
  if (dtype === "int64" || dtype === "uint64") {
    return (value) => {
      if (typeof value === "bigint") return value;
      return typeof value === "boolean" || Number.isInteger(value) ? BigInt(value as number) : undefined;
    };
  }
  const isNumber = (value: unknown): boolean =>
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  if (isFloatingDType(dtype)) return (value) => (isNumber(value) ? Number(value) : undefined);
  if (!isIntegerDType(dtype)) throw invalidArgument(`A column cannot be ${dtype}`);
  const bits = 8 * dtypeSize(dtype);
  const [low, end] = dtype.startsWith("u") ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  return (value) => {
    const whole = isNumber(value) ? Number(value) : Number.NaN;
    return Number.isInteger(whole) && whole >= low && whole < end ? whole : undefined;
  };
}

function wrongValue(name: string, dtype: DType, row: number, value: unknown): Error {
  return invalidArgument(`Column '${name}' is ${dtype}, but row ${row} has ${shown(value)}`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return `the text '${value}'`;
  if (value instanceof Uint8Array) return "bytes";
  if (value === null || value === undefined) return "nothing in a list";
  return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value)}`;
}

/** The kinds of values that a column was seen to have. */
interface Seen {
  text: boolean;
  truth: boolean;
  fraction: boolean;
  wide: boolean;
  whole: boolean;
}

function inferDType(name: string, values: readonly unknown[]): DType {
  const seen: Seen = { text: false, truth: false, fraction: false, wide: false, whole: false };
  for (const value of values) look(name, value, seen);
  const kinds = Number(seen.text) + Number(seen.truth) + Number(seen.fraction || seen.whole || seen.wide);
  if (kinds === 0) throw invalidArgument(`Column '${name}' has no value to tell its dtype: give it in \`dtypes\``);
  if (kinds > 1) {
    throw invalidArgument(`Column '${name}' mixes texts, booleans or numbers: give its dtype in \`dtypes\``);
  }
  if (seen.text) return "string";
  if (seen.truth) return "bool";
  if (seen.fraction) return "float32";
  return seen.wide ? "int64" : "int32";
}

function look(name: string, value: unknown, seen: Seen): void {
  if (value === undefined || value === null) return;
  if (typeof value === "string" || value instanceof Uint8Array) seen.text = true;
  else if (typeof value === "boolean") seen.truth = true;
  else if (typeof value === "bigint") {
    if (value >= int64Limit || value < -int64Limit)
      throw invalidArgument(`Column '${name}' has ${value}, beyond int64`);
    if (value >= int32Limit || value < -int32Limit) seen.wide = true;
    else seen.whole = true;
  } else if (typeof value === "number") {
    if (!Number.isInteger(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) seen.fraction = true;
    else if (value >= 2 ** 31 || value < -(2 ** 31)) seen.wide = true;
    else seen.whole = true;
  } else if (isList(value)) for (let i = 0; i < value.length; i++) look(name, value[i], seen);
  else
    throw invalidArgument(
      `Column '${name}' holds objects: only numbers, booleans, texts and lists of them are columns`,
    );
}
