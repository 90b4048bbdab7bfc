import { decodeText } from "../../core/text.js";
import { arrayItems, isArray, isNumber, isObject, isString, type JsonValue } from "../../serving/rest/json-value.js";
import { pythonFloat } from "./python-text.js";

/**
 * The JSON text of a parsed value, separators as Python's `json.dumps` writes them; with `indent`, a member or element a line.
 *
 * Integers keep all their digits.
 */
export function jsonText(value: JsonValue, indent?: string): string {
  return indent === undefined ? flat(value) : indented(value, indent, "");
}

function flat(value: JsonValue): string {
  if (isArray(value)) return `[${arrayItems(value).map(flat).join(", ")}]`;
  if (isObject(value)) {
    return `{${value.keys.map((key, i) => `${JSON.stringify(key)}: ${flat(value.values[i]!)}`).join(", ")}}`;
  }
  return scalar(value);
}

function indented(value: JsonValue, step: string, indent: string): string {
  const inner = indent + step;
  if (isArray(value)) {
    const items = arrayItems(value);
    if (items.length === 0) return "[]";
    return `[\n${items.map((item) => inner + indented(item, step, inner)).join(",\n")}\n${indent}]`;
  }
  if (isObject(value)) {
    const members = value.keys.map(
      (key, i) => `${inner}${JSON.stringify(key)}: ${indented(value.values[i]!, step, inner)}`,
    );
    return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
  }
  return scalar(value);
}

function scalar(value: JsonValue): string {
  if (isString(value)) return JSON.stringify(decodeText(value));
  if (isNumber(value)) return value.integer === undefined ? pythonFloat(value.value) : String(value.integer);
  return String(value);
}
