import { checkOptions } from "../core/check-options.js";
import { readWholeFile } from "../core/file-system.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import type { Dataset } from "./dataset.js";
import { rowsOf, type TableRow, tableColumns } from "./table.js";
import type { Columns, TableOptions } from "./table-column.js";
import { tableOptionsTable } from "./table-column.js";

/**
 * The rows of JSON Lines files, one JSON object a line, each a record of tensors by name; with `labelName`, pairs of the other columns and
 * that one.
 *
 * The files are read now, into a typed array a column, so that shuffle, repeat and batch run on row numbers. Empty lines are skipped; `null`
 * and a name that a line has not are missing values. NOT_FOUND for a missing file; INVALID_ARGUMENT, with file and line, for a line that is no
 * JSON object, and with column and row for a value that is not of its column's dtype.
 */
export function jsonlDataset(
  files: string | readonly string[],
  options: TableOptions & { readonly labelName: string },
): Dataset<readonly [Columns, TensorValue]>;
export function jsonlDataset(
  files: string | readonly string[],
  options?: TableOptions & { readonly labelName?: undefined },
): Dataset<Columns>;
export function jsonlDataset(
  files: string | readonly string[],
  options: TableOptions & { readonly labelName?: string | undefined } = {},
): Dataset<Columns> | Dataset<readonly [Columns, TensorValue]> {
  checkOptions("jsonlDataset", options, { ...tableOptionsTable, labelName: "optional" });
  const rows: TableRow[] = [];
  for (const file of typeof files === "string" ? [files] : files) readRows(file, rows);
  if (rows.length === 0) throw invalidArgument(`There are no rows in ${[files].flat().join(", ")}`);
  const { labelName, ...table } = options;
  return rowsOf(tableColumns(rows, table), labelName);
}

function readRows(file: string, rows: TableRow[]): void {
  const bytes = readWholeFile(file);
  // A file may be longer than a text can be, so lines are decoded one by one.
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const text = decodeText(bytes.subarray(start, end < 0 ? bytes.length : end)).trim();
    start = end < 0 ? bytes.length : end + 1;
    if (text !== "") rows.push(rowOf(text, file, line));
  }
}

function rowOf(text: string, file: string, line: number): TableRow {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw invalidArgument(`${file}:${line}: no JSON: ${(error as Error).message}`);
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw invalidArgument(`${file}:${line}: a line has to be a JSON object`);
  }
  return row as TableRow;
}
