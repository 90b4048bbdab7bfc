import { jsonText } from "../../cloud/predict/json-text.js";
import { parseJsonLine } from "../../cloud/predict/parse-instances.js";
import { pythonRepr } from "../../cloud/predict/python-text.js";
import { decodeText, encodeText } from "../../core/text.js";
import { arrayItems, isArray, isNumber, isObject, isString, type JsonValue } from "../../serving/rest/json-value.js";

/** How predictions are printed. */
export type PredictionsFormat = "table" | "json";

/**
 * Predictions as gcloud prints them: a table with a column for each output, its heading in capitals; without a heading where rows are bare.
 *
 * `rows` are JSON texts. `json` is the answer's body with two blanks a level.
 */
export function formatPredictions(rows: readonly string[], format: PredictionsFormat): string {
  const values = rows.map((row) => parseJsonLine(encodeText(row)));
  if (format === "json") {
    const predictions: JsonValue = { kind: "array", items: values };
    return `${jsonText({ kind: "object", keys: ["predictions"], values: [predictions] }, "  ")}\n`;
  }
  const [first] = values;
  if (first === undefined) return "";
  if (!isObject(first)) return values.map((value) => `${cell(value)}\n`).join("");
  const keys = [...first.keys].sort();
  const table = [
    keys.map((key) => key.toUpperCase()),
    ...values.map((value) =>
      keys.map((key) => (isObject(value) ? cell(value.values[value.keys.indexOf(key)] ?? null) : "")),
    ),
  ];
  const widths = keys.map((_, column) => Math.max(...table.map((line) => line[column]!.length)));
  return table
    .map(
      (line) =>
        `${line
          .map((text, column) => text.padEnd(widths[column]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** A value as Python's `str` prints it. */
function cell(value: JsonValue): string {
  return isString(value) ? decodeText(value) : pythonText(value);
}

function pythonText(value: JsonValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (isString(value)) return pythonRepr(decodeText(value));
  if (isNumber(value)) return jsonText(value);
  if (isArray(value)) return `[${arrayItems(value).map(pythonText).join(", ")}]`;
  return `{${value.keys.map((key, i) => `${pythonRepr(key)}: ${pythonText(value.values[i]!)}`).join(", ")}}`;
}
