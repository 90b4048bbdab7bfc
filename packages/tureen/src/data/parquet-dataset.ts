import { existsSync } from "node:fs";
import type { SchemaTree } from "hyparquet";
import { checkOptions } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import { dataLoss, invalidArgument, notFound, StatusError } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { Dataset } from "./dataset.js";
import { rowsOf, selected } from "./table.js";
import { type Columns, columnOf, type TableOptions, tableOptionsTable } from "./table-column.js";

/**
 * The rows of Parquet files, each a record of tensors by column; with `labelName`, pairs of the other columns and that one.
 *
 * The files' columns are read now, so that shuffle, repeat and batch run on row numbers; an input function may return the promise. Columns keep
 * their type: INT32 and its narrower kinds are int32, INT64 int64, FLOAT float32, DOUBLE float64, BOOLEAN bool, texts and bytes string; a DATE is
 * the int32 of days since 1970, a TIMESTAMP the int64 in its own unit, a DECIMAL float64. A list is a tensor where all rows have as many
 * items. `dtypes` asks for another type. Any codec that Parquet has. NOT_FOUND for a missing file, DATA_LOSS for one that is no Parquet,
 * INVALID_ARGUMENT for columns that are not there, a null without a default, lists of several lengths, maps and structs.
 */
export function parquetDataset(
  files: string | readonly string[],
  options: TableOptions & { readonly labelName: string },
): Promise<Dataset<readonly [Columns, TensorValue]>>;
export function parquetDataset(
  files: string | readonly string[],
  options?: TableOptions & { readonly labelName?: undefined },
): Promise<Dataset<Columns>>;
export async function parquetDataset(
  files: string | readonly string[],
  options: TableOptions & { readonly labelName?: string | undefined } = {},
): Promise<Dataset<Columns> | Dataset<readonly [Columns, TensorValue]>> {
  checkOptions("parquetDataset", options, { ...tableOptionsTable, labelName: "optional" });
  const list = typeof files === "string" ? [files] : files;
  const columns = new Map<string, ParquetColumn>();
  for (const [i, file] of list.entries()) {
    const found = new Map<string, DType | undefined>();
    await readFile(file, options, (name, dtype, values) => {
      found.set(name, dtype);
      const column = columns.get(name);
      if (i === 0 && column === undefined) columns.set(name, { dtype, values: [values] });
      else column?.values.push(values);
    });
    const differs = [...columns].some(([name, { dtype }]) => !found.has(name) || found.get(name) !== dtype);
    if (differs || found.size !== columns.size) {
      throw invalidArgument(`All Parquet files must have the same columns: ${file} differs from ${list[0]}`);
    }
  }
  if (columns.size === 0) throw invalidArgument("There is no Parquet file to read, or no column in it");
  const { dtypes, defaults, labelName } = options;
  const tensors = [...columns].map(([name, { dtype, values }]): [string, TensorValue] => [
    name,
    columnOf(name, concatenated(values), dtypes?.[name] ?? dtype, defaults?.[name]),
  ]);
  return rowsOf(Object.fromEntries(tensors), labelName);
}

/** A column as it was read: its dtype and its values by row group. */
interface ParquetColumn {
  readonly dtype: DType | undefined;
  readonly values: ArrayLike<unknown>[];
}

function concatenated(parts: readonly ArrayLike<unknown>[]): readonly unknown[] {
  const all = new Array<unknown>(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) for (let i = 0; i < part.length; i++) all[at++] = part[i];
  return all;
}

/** Values stay what the file stores: a date's days, a moment's ticks, a text's bytes. */
const parsers = {
  dateFromDays: (days: number) => days,
  timestampFromMilliseconds: (ticks: bigint) => ticks,
  timestampFromMicroseconds: (ticks: bigint) => ticks,
  timestampFromNanoseconds: (ticks: bigint) => ticks,
  stringFromBytes: (bytes: Uint8Array) => bytes,
  jsonFromBytes: (bytes: Uint8Array) => bytes,
  uuidFromBytes: (bytes: Uint8Array) => bytes,
};

async function readFile(
  path: string,
  options: TableOptions,
  take: (name: string, dtype: DType | undefined, values: ArrayLike<unknown>) => void,
): Promise<void> {
  if (!existsSync(path)) throw notFound(`${path}; No such file or directory`);
  // Only who reads such files pays for loading what reads them.
  const [hyparquet, { compressors }] = await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const { asyncBufferFromFile, parquetMetadataAsync, parquetScan, parquetSchema } = hyparquet;
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file, { geoparquet: false });
    const fields = new Map(parquetSchema(metadata).children.map((field) => [field.element.name, field]));
    const names = selected([...fields.keys()], options);
    const scan = await parquetScan({
      file,
      metadata,
      columns: names,
      compressors,
      utf8: false,
      geoparquet: false,
      parsers,
    });
    for (const name of names) {
      const dtype = dtypeOf(fields.get(name)!);
      if (scan.ranges.length === 0) take(name, dtype, []);
      for (const range of scan.ranges) take(name, dtype, await scan.readColumn({ column: name, ...range }));
    }
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw dataLoss(`${path}: ${(error as Error).message}`);
  }
}

const dtypeOfType: Partial<Record<NonNullable<SchemaTree["element"]["type"]>, DType>> = {
  BOOLEAN: "bool",
  INT32: "int32",
  INT64: "int64",
  // Moments of old files, read as nanoseconds.
  INT96: "int64",
  FLOAT: "float32",
  DOUBLE: "float64",
  BYTE_ARRAY: "string",
  FIXED_LEN_BYTE_ARRAY: "string",
};

/** A field's dtype; that of the items for a list. INVALID_ARGUMENT for a map or a struct. */
function dtypeOf({ element, children }: SchemaTree): DType | undefined {
  const [only] = children;
  const kind = element.converted_type ?? element.logical_type?.type;
  if (only !== undefined) {
    const isList = kind === "LIST" && children.length === 1;
    // A list holds a repeated group of one field, or in old files the repeated field itself.
    if (!isList) throw invalidArgument(`Column '${element.name}' is a struct or a map, which no tensor holds`);
    return dtypeOf(only.children.length === 1 ? only.children[0]! : only);
  }
  if (kind === "DECIMAL") return "float64";
  if (element.logical_type?.type === "FLOAT16") return "float16";
  return element.type === undefined ? undefined : dtypeOfType[element.type];
}
