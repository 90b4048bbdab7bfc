import { checkOptions, type OptionTable } from "../core/check-options.js";
import { allocate, type DType } from "../core/dtype.js";
import { readWholeFile } from "../core/file-system.js";
import { invalidArgument } from "../core/status-error.js";
import { scalarValue, type TensorValue, tensorValue } from "../core/tensor-value.js";
import { decodeText, encodeText, equalBytes } from "../core/text.js";
import { readCsvRecords } from "../formats/csv.js";
import { type CsvDType, csvDType, inferDType, invalidField, parseField } from "./csv-field.js";
import { Dataset } from "./dataset.js";

/** How CSV files are read: the names of `tf.data.experimental.make_csv_dataset` where it has one. */
export interface CsvDatasetOptions {
  /** The names of all columns of the files, in order; those of the header row unless said. */
  readonly columnNames?: readonly string[] | undefined;
  /** The columns to read, by name; all unless said. */
  readonly selectColumns?: readonly string[] | undefined;
  /** dtypes by column. A column that is not named here has its dtype inferred from the first rows. */
  readonly dtypes?: Readonly<Record<string, DType>> | undefined;
  /** What stands for a missing field, by column. Without one, a column with a given dtype must not miss any; an inferred one has 0 or "". */
  readonly defaults?: Readonly<Record<string, number | bigint | string>> | undefined;
  /** Whether the first row of each file is a header; true unless said. */
  readonly header?: boolean | undefined;
  /** The character between fields, an ASCII one; a comma unless said. */
  readonly fieldDelim?: string | undefined;
  /** Whether fields may be quoted; true unless said. */
  readonly useQuoteDelim?: boolean | undefined;
  /** Another text that marks a missing field, beside the empty one. */
  readonly naValue?: string | undefined;
  /** How many rows infer the dtypes; 100 unless said. */
  readonly numRowsForInference?: number | undefined;
}

/** The features of a row, or of a batch of rows, by column. */
export type CsvFeatures = Readonly<Record<string, TensorValue>>;

const csvOptions: OptionTable<CsvDatasetOptions & { readonly labelName?: string | undefined }> = {
  columnNames: "optional",
  selectColumns: "optional",
  dtypes: "optional",
  defaults: "optional",
  header: "optional",
  fieldDelim: "optional",
  useQuoteDelim: "optional",
  naValue: "optional",
  numRowsForInference: "optional",
  labelName: "optional",
};

/**
 * The rows of CSV files, each a record of scalars by column; with `labelName`, pairs of the other columns and that one.
 *
 * The files are read and parsed now, into a typed array a column, so that shuffle, repeat and batch run on row numbers. Fields, missing values,
 * inference and messages are those of TensorFlow's `CsvDataset` and `make_csv_dataset`. NOT_FOUND for a missing file, INVALID_ARGUMENT for
 * what is no value of its column.
 */
export function csvDataset(
  files: string | readonly string[],
  options: CsvDatasetOptions & { readonly labelName: string },
): Dataset<readonly [CsvFeatures, TensorValue]>;
export function csvDataset(
  files: string | readonly string[],
  options?: CsvDatasetOptions & { readonly labelName?: undefined },
): Dataset<CsvFeatures>;
export function csvDataset(
  files: string | readonly string[],
  options: CsvDatasetOptions & { readonly labelName?: string | undefined } = {},
): Dataset<CsvFeatures> | Dataset<readonly [CsvFeatures, TensorValue]> {
  checkOptions("csvDataset", options, csvOptions);
  const { labelName } = options;
  const columns = readColumns(typeof files === "string" ? [files] : files, options);
  if (labelName === undefined) return Dataset.fromTensorSlices(columns);
  const { [labelName]: label, ...features } = columns;
  if (label === undefined) {
    throw invalidArgument(
      `\`label_name\` provided must be one of the columns: [${quoted(Object.keys(columns))}]. Received: ${labelName}.`,
    );
  }
  return Dataset.fromTensorSlices([features, label] as const) as Dataset<readonly [CsvFeatures, TensorValue]>;
}

/** How `makeCsvDataset` batches and shuffles. */
export interface MakeCsvDatasetOptions extends CsvDatasetOptions {
  readonly batchSize: number;
  /** How often the rows come; forever unless said, as with `null`. */
  readonly numEpochs?: number | null | undefined;
  /** Whether rows are shuffled; true unless said. */
  readonly shuffle?: boolean | undefined;
  /** Rows in the shuffle's buffer; 10000 unless said. */
  readonly shuffleBufferSize?: number | undefined;
  readonly shuffleSeed?: number | undefined;
}

/**
 * Batches of rows of CSV files: `csvDataset`, shuffled, repeated and batched as `tf.data.experimental.make_csv_dataset` does.
 *
 * Endless batches are all full; with `numEpochs` the last one may be smaller.
 */
export function makeCsvDataset(
  files: string | readonly string[],
  options: MakeCsvDatasetOptions & { readonly labelName: string },
): Dataset<readonly [CsvFeatures, TensorValue]>;
export function makeCsvDataset(
  files: string | readonly string[],
  options: MakeCsvDatasetOptions & { readonly labelName?: undefined },
): Dataset<CsvFeatures>;
export function makeCsvDataset(
  files: string | readonly string[],
  options: MakeCsvDatasetOptions & { readonly labelName?: string | undefined },
): Dataset<CsvFeatures> | Dataset<readonly [CsvFeatures, TensorValue]> {
  checkOptions("makeCsvDataset", options, {
    batchSize: "required",
    numEpochs: "optional",
    shuffle: "optional",
    shuffleBufferSize: "optional",
    shuffleSeed: "optional",
    ...csvOptions,
  });
  const { labelName, batchSize, numEpochs, shuffle, shuffleBufferSize, shuffleSeed, ...csv } = options;
  const batching = { batchSize, numEpochs, shuffle, shuffleBufferSize, shuffleSeed };
  return labelName === undefined
    ? inBatches(csvDataset(files, csv), batching)
    : inBatches(csvDataset(files, { ...csv, labelName }), batching);
}

type Batching = {
  readonly [K in "batchSize" | "numEpochs" | "shuffle" | "shuffleBufferSize" | "shuffleSeed"]: MakeCsvDatasetOptions[K];
};

function inBatches<T>(rows: Dataset<T>, options: Batching): Dataset<T> {
  const { batchSize, numEpochs = null, shuffle = true, shuffleBufferSize = 10_000, shuffleSeed } = options;
  const ordered = shuffle ? rows.shuffle(shuffleBufferSize, { seed: shuffleSeed }) : rows;
  return ordered.repeat(numEpochs ?? -1).batch(batchSize, { dropRemainder: numEpochs === null });
}

type CsvRecord = readonly Uint8Array[];

function readColumns(files: readonly string[], options: CsvDatasetOptions): Record<string, TensorValue> {
  const { names, records } = readFiles(files, options);
  const columns: Record<string, TensorValue> = {};
  let place = 0;
  for (const at of selectedColumns(names, options)) {
    columns[names[at]!] = readColumn(names[at]!, place++, records, at, options);
  }
  return columns;
}

function readFiles(
  files: readonly string[],
  options: CsvDatasetOptions,
): { readonly names: readonly string[]; readonly records: readonly CsvRecord[] } {
  const { header = true, fieldDelim = ",", useQuoteDelim: useQuotes = true } = options;
  if (!header && options.columnNames === undefined) {
    throw invalidArgument("Expected `column_names` or `header` arguments. Neither is provided.");
  }
  if (fieldDelim.length !== 1) throw invalidArgument("field_delim should be only 1 char");
  let names = options.columnNames;
  const records: CsvRecord[] = [];
  for (const file of files) {
    const own = [...readCsvRecords(readWholeFile(file), { delimiter: fieldDelim.charCodeAt(0), useQuotes })];
    if (header) {
      const found = (own.shift() ?? []).map(decodeText);
      names ??= found;
      if (
        options.columnNames === undefined &&
        (found.length !== names.length || found.some((name, i) => name !== names![i]))
      ) {
        throw invalidArgument(
          `All input CSV files should have the same column names in the header row. File ${file} has different column names.`,
        );
      }
    }
    for (const record of own) records.push(record);
  }
  return { names: checkedNames(names ?? [], records), records };
}

function checkedNames(names: readonly string[], records: readonly CsvRecord[]): readonly string[] {
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  if (twice.length > 0) {
    throw invalidArgument(
      `Either \`column_names\` argument or CSV header row contains duplicate column names: {${quoted([...new Set(twice)])}}.`,
    );
  }
  for (const record of records) {
    if (record.length === names.length) continue;
    const found = record.length > names.length ? "more" : record.length;
    throw invalidArgument(`Expect ${names.length} fields but have ${found} in record`);
  }
  return names;
}

function selectedColumns(names: readonly string[], { selectColumns }: CsvDatasetOptions): number[] {
  if (selectColumns === undefined) return names.map((_, i) => i);
  const places = selectColumns.map((name) => {
    const place = names.indexOf(name);
    if (place >= 0) return place;
    throw invalidArgument(
      `Column ${name} specified in \`select_columns\` must be of one of the columns: dict_keys([${quoted(names)}]).`,
    );
  });
  return places.sort((a, b) => a - b);
}

/** Rows of all files together, from 1, without headers. */
function where(column: string, row: number): string {
  return `column '${column}', row ${row + 1}`;
}

function readColumn(
  name: string,
  place: number,
  records: readonly CsvRecord[],
  at: number,
  options: CsvDatasetOptions,
): TensorValue {
  const missing = missingTest(options.naValue);
  const given = options.dtypes?.[name];
  const dtype = given === undefined ? inferColumn(name, records, at, missing, options) : csvDType(given);
  const fallback = fallbackOf(dtype, options.defaults?.[name], given !== undefined);
  const data = allocate(dtype, records.length);
  const target = data as unknown as unknown[];
  for (let i = 0; i < records.length; i++) {
    const field = records[i]![at]!;
    if (missing(field)) {
      if (fallback === undefined)
        throw invalidArgument(`Field ${place} is required but missing in record! (${where(name, i)})`);
      target[i] = fallback;
    } else {
      const value = parseField(dtype, field);
      if (value === undefined) throw invalidField(place, dtype, field, where(name, i));
      target[i] = value;
    }
  }
  return tensorValue(dtype, [records.length], data);
}

function missingTest(naValue = ""): (field: Uint8Array) => boolean {
  const mark = encodeText(naValue);
  return (field) => field.length === 0 || equalBytes(field, mark);
}

function inferColumn(
  name: string,
  records: readonly CsvRecord[],
  at: number,
  missing: (field: Uint8Array) => boolean,
  { defaults, numRowsForInference = 100 }: CsvDatasetOptions,
): CsvDType {
  const fields = records
    .slice(0, numRowsForInference)
    .map((record) => record[at]!)
    .filter((field) => !missing(field));
  const fallback = defaults?.[name];
  return inferDType(fallback === undefined ? fields : [...fields, encodeText(String(fallback))]);
}

function fallbackOf(
  dtype: CsvDType,
  given: number | bigint | string | undefined,
  required: boolean,
): number | bigint | Uint8Array | undefined {
  if (given === undefined && required) return undefined;
  const value = given ?? (dtype === "string" ? "" : 0);
  return (scalarValue(dtype, value).data as ArrayLike<number | bigint | Uint8Array>)[0];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}
