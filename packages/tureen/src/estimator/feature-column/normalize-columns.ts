import { invalidArgument } from "../../core/status-error.js";
import { compareText } from "./compare-text.js";
import { type FeatureColumn, isFeatureColumn } from "./feature-column.js";
import { pythonText } from "./python-text.js";

/** The columns in the order of their names; INVALID_ARGUMENT for none, for two of one name and for what is no column. */
export function normalizeColumns(columns: readonly FeatureColumn[] | FeatureColumn): FeatureColumn[] {
  const list = Array.isArray(columns)
    ? (columns as readonly FeatureColumn[])
    : isFeatureColumn(columns)
      ? [columns]
      : undefined;
  if (list === undefined) throw invalidArgument("Expected feature_columns to be iterable, found dict.");
  for (const column of list) {
    if (!isFeatureColumn(column)) {
      throw invalidArgument(
        `Items of feature_columns must be a FeatureColumn. Given (type ${typeof column}): ${pythonText(column)}.`,
      );
    }
  }
  if (list.length === 0) throw invalidArgument("feature_columns must not be empty.");
  const byName = new Map<string, FeatureColumn>();
  for (const column of list) {
    const other = byName.get(column.name);
    if (other !== undefined) {
      throw invalidArgument(
        `Duplicate feature column name found for columns: ${column.description} and ${other.description}. This usually means that these columns refer to same base feature. Either one must be discarded or a duplicated but renamed item must be inserted in features dict.`,
      );
    }
    byName.set(column.name, column);
  }
  return [...list].sort((a, b) => compareText(a.name, b.name));
}
