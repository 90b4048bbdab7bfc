import { decodeText } from "../../core/text.js";
import { splitCsvRecord } from "../../formats/csv.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { isObject, type JsonObject, type JsonValue } from "../../serving/rest/json-value.js";
import { parseJsonLine } from "../predict/parse-instances.js";
import { invalidInputs } from "../predict/prediction-error.js";
import type { DataFormat } from "./batch-options.js";

/** A record as the model's instance, and the key that goes with it. */
export interface DecodedRecord {
  readonly instance: JsonValue;
  readonly key: JsonValue | undefined;
}

/** Turns a record's bytes into an instance. INVALID_INPUTS, or the parser's error, where it is none. */
export type DecodeRecord = (record: Uint8Array) => DecodedRecord;

/**
 * How records become instances of a signature.
 *
 * Text and TFRecords: a model with one string input gets each record as it is, any other gets it parsed as JSON. JSON is parsed always. CSV
 * has a `header`, which names the fields; a field for an input of rank 2 or more holds JSON.
 */
export function recordDecoder(
  format: DataFormat,
  { inputs }: SignatureInfo,
  keyField: string | undefined,
  header?: Uint8Array,
): DecodeRecord {
  if (header !== undefined) return csvDecoder(header, inputs, keyField);
  const [only] = [...inputs.values()];
  const isRaw = format !== "json" && inputs.size === 1 && only?.dtype === "string";
  if (isRaw) return (instance) => ({ instance, key: undefined });
  return (record) => withoutKey(parseJsonLine(record), keyField);
}

function withoutKey(instance: JsonValue, keyField: string | undefined): DecodedRecord {
  if (keyField === undefined || !isObject(instance)) return { instance, key: undefined };
  const at = instance.keys.indexOf(keyField);
  if (at < 0) return { instance, key: undefined };
  const rest: JsonObject = {
    kind: "object",
    keys: instance.keys.filter((_, i) => i !== at),
    values: instance.values.filter((_, i) => i !== at),
  };
  return { instance: rest, key: instance.values[at]! };
}

function csvDecoder(header: Uint8Array, inputs: SignatureInfo["inputs"], keyField: string | undefined): DecodeRecord {
  const names = splitCsvLine(header).map(decodeText);
  const isJson = names.map((name) => (inputs.get(name)?.shape?.length ?? 1) > 1);
  return (record) => {
    const fields = splitCsvLine(record);
    if (fields.length !== names.length) {
      throw invalidInputs(`CSV record has ${fields.length} fields; the header has ${names.length}.`);
    }
    const values = fields.map((field, i): JsonValue => (isJson[i] ? parseJsonLine(field) : field));
    return withoutKey({ kind: "object", keys: names, values }, keyField);
  };
}

function splitCsvLine(record: Uint8Array): Uint8Array[] {
  try {
    return splitCsvRecord(record);
  } catch (error) {
    throw invalidInputs((error as Error).message);
  }
}
