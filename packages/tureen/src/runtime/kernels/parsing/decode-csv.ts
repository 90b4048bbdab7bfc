import { allocate, type DType, dtypeLabel } from "../../../core/dtype.js";
import { elementCount } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { decodeText, equalBytes } from "../../../core/text.js";
import type { KernelFactory } from "../../kernel.js";
import { parseInteger, parseReal } from "../string/parse-number.js";

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

interface Dialect {
  readonly delimiter: number;
  readonly quotes: boolean;
  /** Columns to keep in rising order; none for all. */
  readonly columns: readonly number[];
}

/** DecodeCSV: one tensor a column, of the record's shape; RFC 4180 with quotes, as TensorFlow's kernel reads it. */
export const decodeCsv: KernelFactory = ({ attrs }) => {
  const types = attrs.types("OUT_TYPE");
  const delimiter = attrs.bytes("field_delim");
  const columns = attrs.ints("select_cols");
  const naValue = attrs.bytes("na_value");
  if (delimiter.length !== 1) throw invalidArgument("field_delim should be only 1 char");
  if (columns.length > 0 && columns.length !== types.length) {
    throw invalidArgument("select_cols should match output size");
  }
  columns.forEach((column, i) => {
    if (i > 0 && columns[i - 1]! >= column) throw invalidArgument("select_cols should be strictly increasing indices");
  });
  if (columns.length > 0 && columns[0]! < 0) throw invalidArgument("select_cols should be non-negative indices");
  const dialect: Dialect = { delimiter: delimiter[0]!, quotes: attrs.bool("use_quote_delim"), columns };
  return ([records, ...defaults]) => {
    defaults.forEach((value, i) => {
      const count = elementCount(value.shape);
      if (value.shape.length > 1) {
        throw invalidArgument(`Each record default should be at most rank 1`);
      }
      if (count > 1) throw invalidArgument(`There should only be 1 default per field but field ${i} has ${count}`);
    });
    const lines = records!.data as readonly Uint8Array[];
    const outputs = types.map((dtype) => allocate(dtype, lines.length) as unknown as unknown[]);
    lines.forEach((line, i) => {
      const fields = splitRecord(line, dialect);
      if (fields.length !== types.length) {
        throw invalidArgument(`Expect ${types.length} fields but have ${fields.length} in record ${i}`);
      }
      types.forEach((dtype, f) => {
        outputs[f]![i] = fieldValue(fields[f]!, dtype, defaults[f]!, naValue, f, i);
      });
    });
    return types.map((dtype, f) => tensorValue(dtype, records!.shape, outputs[f] as never));
  };
};

function fieldValue(
  field: Uint8Array,
  dtype: DType,
  defaultValue: TensorValue,
  naValue: Uint8Array,
  f: number,
  record: number,
): unknown {
  if (field.length === 0 || equalBytes(field, naValue)) {
    const [value] = defaultValue.data as readonly unknown[];
    if (value === undefined) throw invalidArgument(`Field ${f} is required but missing in record ${record}!`);
    return value;
  }
  if (dtype === "string") return field;
  const text = decodeText(field);
  const value =
    dtype === "int32" ? parseInteger(text, 32) : dtype === "int64" ? parseInteger(text, 64) : parseReal(text);
  if (value === undefined) {
    throw invalidArgument(`Field ${f} in record ${record} is not a valid ${dtypeLabel(dtype)}: ${text}`);
  }
  return dtype === "int32" ? Number(value) : value;
}

function splitRecord(line: Uint8Array, { delimiter, quotes, columns }: Dialect): Uint8Array[] {
  const fields: Uint8Array[] = [];
  let parsed = 0;
  const add = (field: () => Uint8Array): void => {
    if (columns.length === 0 || columns[fields.length] === parsed) fields.push(field());
    parsed++;
  };
  const complete = (): boolean => columns.length > 0 && fields.length === columns.length;
  let at = 0;
  while (at < line.length) {
    if (line[at] === newline || line[at] === carriageReturn) {
      at++;
      continue;
    }
    if (quotes && line[at] === quote) {
      const field: number[] = [];
      at++;
      while (at < line.length - 1 && (line[at] !== quote || line[at + 1] !== delimiter)) {
        if (line[at] !== quote) field.push(line[at++]!);
        else if (line[at + 1] !== quote) {
          throw invalidArgument("Quote inside a string has to be escaped by another quote");
        } else {
          field.push(quote);
          at += 2;
        }
      }
      const closed = at < line.length && line[at] === quote && (at === line.length - 1 || line[at + 1] === delimiter);
      if (!closed) throw invalidArgument("Quoted field has to end with quote followed by delim or end");
      at += 2;
      add(() => Uint8Array.from(field));
    } else {
      const start = at;
      while (at < line.length && line[at] !== delimiter) {
        const byte = line[at++];
        if ((quotes && byte === quote) || byte === newline || byte === carriageReturn) {
          throw invalidArgument("Unquoted fields cannot have quotes/CRLFs inside");
        }
      }
      const end = at;
      at++;
      add(() => line.subarray(start, end));
    }
    if (complete()) return fields;
  }
  // A delimiter at the end stands before an empty last field.
  if (line.length > 0 && line[line.length - 1] === delimiter) add(() => line.subarray(0, 0));
  return fields;
}
