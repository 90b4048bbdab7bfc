import { encodeExample, type FeatureValue } from "@tureen/protos/example";
import type { StoredFileWriter } from "../../core/storage/storage.js";
import { decodeText, encodeText } from "../../core/text.js";
import { encodeTfRecords } from "../../formats/tf-record.js";
import {
  arrayItems,
  isArray,
  isNumber,
  isObject,
  isString,
  type JsonObject,
  type JsonValue,
} from "../../serving/rest/json-value.js";
import { jsonText } from "../predict/json-text.js";
import { parseJsonLine } from "../predict/parse-instances.js";
import type { OutputFormat } from "./batch-options.js";

/** Writes predictions, each with its record's key where there is one. */
export type WriteResult = (row: string, key: JsonValue | undefined) => void;

/**
 * What writes a format's results to a file. Rows are JSON texts; they have to be objects of outputs wherever there are keys, and for all formats
 * but JSON.
 *
 * CSV: `columns` in their order, lists as JSON. TFRecord: tf.Examples with a feature for each output, nested lists flattened.
 */
export function resultWriter(
  format: OutputFormat,
  file: StoredFileWriter,
  keyField: string | undefined,
  columns: readonly string[],
): WriteResult {
  if (format === "json") {
    const keyStart = keyField === undefined ? "" : `{${JSON.stringify(keyField)}: `;
    return (row, key) => {
      const text = key === undefined ? row : `${keyStart}${jsonText(key)}, ${row.slice(1)}`;
      file.write(encodeText(`${text}\n`));
    };
  }
  const members = (row: string, key: JsonValue | undefined): JsonObject => {
    const object = parseJsonLine(encodeText(row)) as JsonObject;
    if (keyField === undefined || key === undefined) return object;
    return { kind: "object", keys: [keyField, ...object.keys], values: [key, ...object.values] };
  };
  if (format === "csv") {
    return (row, key) => {
      const { keys, values } = members(row, key);
      const cells = columns.map((column) => csvCell(values[keys.indexOf(column)]));
      file.write(encodeText(`${cells.join(",")}\n`));
    };
  }
  return (row, key) => {
    const { keys, values } = members(row, key);
    const features = Object.fromEntries(keys.map((name, i) => [name, featureOf(values[i]!)] as const));
    file.write(encodeTfRecords([encodeExample(features)]));
  };
}

/** The line of column names that goes with CSV results. */
export function csvHeader(columns: readonly string[]): string {
  return `${columns.map((column) => csvCell(encodeText(column))).join(",")}\n`;
}

function csvCell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  const text = isString(value) ? decodeText(value) : jsonText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function featureOf(value: JsonValue): FeatureValue {
  const leaves: JsonValue[] = [];
  const collect = (item: JsonValue): void => {
    if (isArray(item)) for (const inner of arrayItems(item)) collect(inner);
    else leaves.push(item);
  };
  collect(value);
  if (leaves.every((leaf) => isNumber(leaf) && leaf.integer !== undefined)) {
    return leaves.map((leaf) => BigInt.asIntN(64, (leaf as { readonly integer: bigint }).integer));
  }
  if (leaves.every((leaf) => typeof leaf === "boolean")) return leaves.map((leaf) => (leaf ? 1n : 0n));
  if (leaves.every(isNumber)) return leaves.map((leaf) => (leaf as { readonly value: number }).value);
  return leaves.map((leaf) => {
    if (isString(leaf)) return leaf;
    const encoded = isObject(leaf) ? leaf.values[0] : undefined;
    if (encoded !== undefined && isString(encoded)) return new Uint8Array(Buffer.from(decodeText(encoded), "base64"));
    return jsonText(leaf);
  });
}
