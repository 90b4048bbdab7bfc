import { elementCount } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText, encodeText } from "../../core/text.js";
import { tokenOf } from "../rest/encode-response.js";
import { jsonBytes, quoteText } from "../rest/json-text.js";
import {
  arrayItems,
  isArray,
  isNumber,
  isObject,
  isString,
  type JsonObject,
  type JsonValue,
  member,
} from "../rest/json-value.js";
import { parseJson } from "../rest/parse-json.js";
import { tensorFromJson } from "../rest/tensor-from-json.js";
import { datatypeName, dtypeOfDatatype } from "./datatype.js";
import { addInput, checkedShape, type InferRequest, type InferResponse } from "./infer.js";
import { rawFromTensor, tensorFromRaw } from "./raw-contents.js";

/** A request and which of its outputs go back as bytes after the JSON. */
export interface DecodedInferBody {
  readonly request: InferRequest;
  readonly isBinary: (output: string) => boolean;
}

/** The body of an answer; `headerLength` is the JSON's where bytes follow it. */
export interface InferBody {
  readonly body: Uint8Array;
  readonly headerLength: number | undefined;
}

/**
 * Reads the body of an infer request: JSON, and after its first `headerLength` bytes, where that is given, the data of those inputs that
 * have the parameter `binary_data_size`, in their order (the binary tensor data extension).
 *
 * INVALID_ARGUMENT for a body that is not of that form.
 */
export function decodeInferBody(
  body: Uint8Array,
  headerLength: number | undefined,
  model: { readonly name: string; readonly version: string },
): DecodedInferBody {
  if (headerLength !== undefined && headerLength > body.length) {
    throw invalidArgument(`the body is shorter than its JSON part of ${headerLength} bytes`);
  }
  const document = objectOf(
    parseJson(headerLength === undefined ? body : body.subarray(0, headerLength)),
    "the request",
  );
  const binary = { bytes: body, at: headerLength ?? body.length };
  const inputs = new Map<string, TensorValue>();
  for (const item of listOf(member(document, "inputs"), "inputs")) {
    const input = objectOf(item, "an input");
    const name = textOf(input, "name");
    addInput(inputs, name, tensorOf(name, input, binary));
  }
  if (binary.at !== body.length) throw invalidArgument(`${body.length - binary.at} bytes follow the last input's data`);

  const parameters = optionalObject(document, "parameters");
  const allBinary = flag(parameters, "binary_data_output") ?? false;
  const binaryByName = new Map<string, boolean>();
  const outputs: string[] = [];
  const listed = member(document, "outputs");
  for (const item of listed === undefined ? [] : listOf(listed, "outputs")) {
    const output = objectOf(item, "an output");
    const name = textOf(output, "name");
    outputs.push(name);
    const own = flag(optionalObject(output, "parameters"), "binary_data");
    if (own !== undefined) binaryByName.set(name, own);
  }
  const id = member(document, "id");
  const signature = parameters === undefined ? undefined : member(parameters, "signature_name");
  return {
    request: {
      modelName: model.name,
      modelVersion: model.version,
      id: id === undefined ? "" : asText(id, "id"),
      signatureName: signature === undefined ? "" : asText(signature, "signature_name"),
      inputs,
      outputs,
    },
    isBinary: (output) => binaryByName.get(output) ?? allBinary,
  };
}

function tensorOf(name: string, input: JsonObject, binary: { readonly bytes: Uint8Array; at: number }): TensorValue {
  const datatype = textOf(input, "datatype");
  const dtype = dtypeOfDatatype(datatype);
  if (dtype === undefined) throw invalidArgument(`input '${name}' has the unknown datatype '${datatype}'`);
  const shape = checkedShape(
    name,
    listOf(member(input, "shape"), "shape").map((size) => (isNumber(size) ? size.value : Number.NaN)),
  );
  const parameters = optionalObject(input, "parameters");
  const size = parameters === undefined ? undefined : member(parameters, "binary_data_size");
  if (size !== undefined) {
    const length = isNumber(size) ? size.value : Number.NaN;
    const end = binary.at + length;
    if (!Number.isInteger(length) || length < 0 || end > binary.bytes.length) {
      throw invalidArgument(`input '${name}' has a binary_data_size that the body does not hold`);
    }
    const bytes = binary.bytes.subarray(binary.at, end);
    binary.at = end;
    return tensorFromRaw(name, dtype, shape, bytes);
  }
  const data = member(input, "data");
  if (data === undefined || !isArray(data)) throw invalidArgument(`input '${name}' needs a list of data`);
  const value = tensorFromJson(data, dtype);
  const count = elementCount(shape);
  if (elementCount(value.shape) !== count) {
    throw invalidArgument(`input '${name}' needs ${count} elements but got ${elementCount(value.shape)}`);
  }
  return tensorValue(dtype, shape, value.data);
}

function objectOf(value: JsonValue, what: string): JsonObject {
  if (isObject(value)) return value;
  throw invalidArgument(`${what} must be a JSON object`);
}

function listOf(value: JsonValue | undefined, what: string): readonly JsonValue[] {
  if (value !== undefined && isArray(value)) return arrayItems(value);
  throw invalidArgument(`'${what}' must be a list`);
}

function optionalObject(object: JsonObject, key: string): JsonObject | undefined {
  const value = member(object, key);
  return value === undefined ? undefined : objectOf(value, `'${key}'`);
}

function textOf(object: JsonObject, key: string): string {
  return asText(member(object, key) ?? null, key);
}

function asText(value: JsonValue, what: string): string {
  if (isString(value)) return decodeText(value);
  throw invalidArgument(`'${what}' must be a string`);
}

function flag(parameters: JsonObject | undefined, key: string): boolean | undefined {
  const value = parameters === undefined ? undefined : member(parameters, key);
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidArgument(`the parameter ${key} must be a boolean`);
}

/** Writes the body of an answer: outputs of half precision have no form in JSON and are INVALID_ARGUMENT unless asked for as bytes. */
export function encodeInferBody(
  { modelName, modelVersion, id, outputs }: InferResponse,
  isBinary: (output: string) => boolean,
): InferBody {
  const parts: Uint8Array[] = [];
  const texts: string[] = [];
  for (const [name, value] of outputs) {
    const head = `{"name":${quoteText(name)},"datatype":"${datatypeName(value.dtype)}","shape":[${value.shape.join(",")}]`;
    if (isBinary(name)) {
      const bytes = rawFromTensor(value);
      parts.push(bytes);
      texts.push(`${head},"parameters":{"binary_data_size":${bytes.length}}}`);
    } else {
      texts.push(`${head},"data":[${elements(value).join(",")}]}`);
    }
  }
  const idText = id === "" ? "" : `"id":${quoteText(id)},`;
  const json = jsonBytes(
    `{"model_name":${quoteText(modelName)},"model_version":"${modelVersion}",${idText}"outputs":[${texts.join(",")}]}`,
  );
  if (parts.length === 0) return { body: json, headerLength: undefined };
  return { body: Buffer.concat([json, ...parts]), headerLength: json.length };
}

function elements(value: TensorValue): string[] {
  // Whatever has a datatype of the protocol has a JSON form as well.
  const token = tokenOf(value)!;
  return Array.from({ length: elementCount(value.shape) }, (_, i) => token(i));
}

/** A plain value as compact JSON in bytes. */
export function jsonBody(value: unknown): Uint8Array {
  return encodeText(JSON.stringify(value));
}
