import { encodeExample, type FeatureValue } from "@tureen/protos/example";
import { invalidArgument } from "../../core/status-error.js";
import { arrayItems, isArray, isNumber, isObject, isString, type JsonValue, jsonTypeName } from "./json-value.js";
import { base64Object, isBase64Object } from "./tensor-from-json.js";

type Kind = "int64" | "float" | "bytes";

/**
 * The serialized Example that a JSON object of features stands for: integers and booleans make an int64 list, other numbers a float list,
 * texts and `{"b64": …}` a bytes list. Nothing is converted to what the model wants. INVALID_ARGUMENT for anything else, and for a list
 * of mixed kinds.
 */
export function exampleFromJson(value: JsonValue): Uint8Array {
  if (!isObject(value)) {
    throw invalidArgument(`Example must be JSON object but got JSON ${jsonTypeName(value)}`);
  }
  const features: Record<string, FeatureValue> = Object.create(null) as Record<string, FeatureValue>;
  value.keys.forEach((name, i) => {
    const content = value.values[i]!;
    features[name] = featureOf(name, isArray(content) ? arrayItems(content) : [content]);
  });
  return encodeExample(features);
}

function featureOf(name: string, items: readonly JsonValue[]): FeatureValue {
  let kind: Kind | undefined;
  const integers: bigint[] = [];
  const floats: number[] = [];
  const texts: Uint8Array[] = [];
  for (const item of items) {
    const found = kindOf(name, item);
    if (kind !== undefined && kind !== found) {
      throw invalidArgument(`Unexpected element type in feature: ${name} expecting type: ${kind}`);
    }
    kind = found;
    if (kind === "float") floats.push((item as { readonly value: number }).value);
    else if (kind === "int64") integers.push(integerOf(name, item));
    else texts.push(isString(item) ? item : base64Object(item));
  }
  switch (kind) {
    case "float":
      return { kind, values: Float32Array.from(floats) };
    case "int64":
      return { kind, values: BigInt64Array.from(integers) };
    case "bytes":
      return { kind, values: texts };
    default:
      // A feature without values has no kind either.
      return [];
  }
}

function kindOf(name: string, item: JsonValue): Kind {
  if (typeof item === "boolean") return "int64";
  if (isString(item) || isBase64Object(item)) return "bytes";
  if (isNumber(item)) return item.integer === undefined ? "float" : "int64";
  throw invalidArgument(`Feature: ${name} has element with unexpected JSON type: ${jsonTypeName(item)}`);
}

function integerOf(name: string, item: JsonValue): bigint {
  if (typeof item === "boolean") return item ? 1n : 0n;
  const integer = isNumber(item) ? item.integer : undefined;
  if (integer === undefined || integer > 2n ** 63n - 1n) {
    throw invalidArgument(`Feature: ${name} has uint64_t element. Only int64_t is supported.`);
  }
  return integer;
}
