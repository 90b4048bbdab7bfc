import { decodeText, encodeText } from "../../core/text.js";
import { pythonFloat, pythonRepr } from "../../cloud/predict/python-text.js";
import { parseJsonLine } from "../../cloud/predict/parse-instances.js";
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
  if (format === "json") return `${indented({ kind: "object", keys: ["predictions"], values: [{ kind: "array", items: values }] }, "")}\n`;
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
    .map((line) => `${line.map((text, column) => text.padEnd(widths[column]!)).join("  ").trimEnd()}\n`)
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
  if (isNumber(value)) return numberText(value.integer, value.value);
  if (isArray(value)) return `[${arrayItems(value).map(pythonText).join(", ")}]`;
  return `{${value.keys.map((key, i) => `${pythonRepr(key)}: ${pythonText(value.values[i]!)}`).join(", ")}}`;
}

function numberText(integer: bigint | undefined, value: number): string {
  return integer === undefined ? pythonFloat(value) : String(integer);
}

function indented(value: JsonValue, indent: string): string {
  const inner = `${indent}  `;
  if (isArray(value)) {
    const items = arrayItems(value);
    if (items.length === 0) return "[]";
    return `[\n${items.map((item) => inner + indented(item, inner)).join(",\n")}\n${indent}]`;
  }
  if (isObject(value)) {
    const members = value.keys.map((key, i) => `${inner}${JSON.stringify(key)}: ${indented(value.values[i]!, inner)}`);
    return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
  }
  if (isString(value)) return JSON.stringify(decodeText(value));
  return isNumber(value) ? numberText(value.integer, value.value) : String(value);
}
