import { toStatusError } from "../../core/status-error.js";
import { decodeText } from "../../core/text.js";
import { arrayItems, arraySize, isArray, isObject, isString, type JsonValue } from "../../serving/rest/json-value.js";
import { parseJson } from "../../serving/rest/parse-json.js";
import { invalidInputs } from "./prediction-error.js";

/** A second element that proves that the first one ended where its line did. */
const sentinel = new TextEncoder().encode(",0]");
const openBracket = 0x5b;

/**
 * The JSON value that a line holds and nothing beside it.
 *
 * INVALID_ARGUMENT with the parser's text where it holds none. Numbers keep 64-bit precision, lists of numbers are typed arrays.
 */
export function parseJsonLine(line: Uint8Array): JsonValue {
  const framed = new Uint8Array(line.length + 1 + sentinel.length);
  framed[0] = openBracket;
  framed.set(line, 1);
  framed.set(sentinel, 1 + line.length);
  const pair = parseJson(framed);
  if (!isArray(pair) || arraySize(pair) !== 2) throw invalidInputs("Extra data");
  return arrayItems(pair)[0]!;
}

/**
 * Replaces every `{"b64": "…"}` by its bytes, at any depth.
 *
 * As Python's b64decode, which passes over characters that are not base64. INVALID_INPUTS where the value is no text or its padding is
 * wrong.
 */
export function decodeBase64(value: JsonValue): JsonValue {
  if (isObject(value)) {
    if (value.keys.length === 1 && value.keys[0] === "b64") return base64Bytes(value.values[0]!);
    return { kind: "object", keys: value.keys, values: value.values.map(decodeBase64) };
  }
  if (isArray(value) && value.kind === "array") return { kind: "array", items: value.items.map(decodeBase64) };
  return value;
}

function base64Bytes(value: JsonValue): Uint8Array {
  if (!isString(value)) throw invalidInputs("argument should be a bytes-like object or ASCII string");
  const text = decodeText(value).replace(/[^A-Za-z0-9+/=]/g, "");
  const body = text.replace(/=+$/, "");
  if (body.length % 4 === 1) {
    throw invalidInputs(
      `Invalid base64-encoded string: number of data characters (${body.length}) cannot be 1 more than a multiple of 4`,
    );
  }
  if (text.length % 4 !== 0) throw invalidInputs("Incorrect padding");
  return new Uint8Array(Buffer.from(body, "base64"));
}

/** A request's body: its instances and the signature that it asks for. */
export interface PredictBody {
  readonly instances: JsonValue;
  readonly signatureName: string | undefined;
}

/** Takes a `:predict` body apart. INVALID_INPUTS where it is no JSON object with `instances`. */
export function parsePredictBody(body: Uint8Array): PredictBody {
  let document: JsonValue;
  try {
    document = parseJsonLine(body);
  } catch (error) {
    throw invalidInputs(`Request body is not JSON: ${toStatusError(error).message}`);
  }
  if (!isObject(document)) throw invalidInputs("Request body must be a JSON object");
  const { keys, values } = document;
  const at = keys.indexOf("instances");
  if (at < 0) throw invalidInputs('Invalid JSON request: missing "instances" attribute');
  const name = values[keys.indexOf("signature_name")];
  if (name !== undefined && name !== null && !isString(name)) throw invalidInputs('"signature_name" must be a string');
  return { instances: values[at]!, signatureName: isString(name ?? null) ? decodeText(name as Uint8Array) : undefined };
}
