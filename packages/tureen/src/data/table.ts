import { checkOptions } from "../core/check-options.js";
import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import { Dataset } from "./dataset.js";
import { type Columns, columnOf, type TableOptions, tableOptionsTable } from "./table-column.js";

/** A row of a table: values by column; undefined or null where one is missing. */
export type TableRow = Readonly<Record<string, unknown>>;

/**
 * The columns of a table whose rows are plain objects, such as a database or a JSON file gives them.
 *
 * A column is there where any row has it. For `arrayInputFn` and `Dataset.fromTensorSlices`; errors as in `columnOf`.
 */
export function tableColumns(rows: readonly TableRow[], options: TableOptions = {}): Columns {
  checkOptions("tableColumns", options, tableOptionsTable);
  const names = new Set<string>();
  for (const row of rows) for (const name in row) names.add(name);
  const columns: Record<string, TensorValue> = {};
  for (const name of selected([...names], options)) {
    columns[name] = columnOf(
      name,
      rows.map((row) => row[name]),
      options.dtypes?.[name],
      options.defaults?.[name],
    );
  }
  return columns;
}

/** The names to read of those that there are, in their order; INVALID_ARGUMENT for one that there is not. */
export function selected(names: readonly string[], { selectColumns, dtypes, defaults }: TableOptions): string[] {
  for (const [option, given] of [
    ["selectColumns", selectColumns ?? []],
    ["dtypes", Object.keys(dtypes ?? {})],
    ["defaults", Object.keys(defaults ?? {})],
  ] as const) {
    const missing = given.find((name) => !names.includes(name));
    if (missing !== undefined) throw noColumn(missing, names, ` that \`${option}\` names`);
  }
  return selectColumns === undefined ? [...names] : names.filter((name) => selectColumns.includes(name));
}

function noColumn(name: string, names: readonly string[], what: string): Error {
  return invalidArgument(
    `There is no column '${name}'${what}; the columns are ${names.map((one) => `'${one}'`).join(", ")}`,
  );
}

/** The rows of columns as a dataset; with a label name, pairs of the other columns and that one. */
export function rowsOf(
  columns: Columns,
  labelName: string | undefined,
): Dataset<Columns> | Dataset<readonly [Columns, TensorValue]> {
  if (labelName === undefined) return Dataset.fromTensorSlices(columns);
  const { [labelName]: label, ...features } = columns;
  if (label === undefined) throw noColumn(labelName, Object.keys(columns), " that `labelName` names");
  return Dataset.fromTensorSlices([features, label] as const) as Dataset<readonly [Columns, TensorValue]>;
}
