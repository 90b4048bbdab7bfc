/** A number as its text spelled it. */
export interface JsonNumber {
  readonly kind: "number";
  readonly value: number;
  /** The exact value where the text has neither fraction nor exponent and fits 64 bits. */
  readonly integer: bigint | undefined;
}

/** A list of numbers and nothing else, straight in a typed array: the bulk of every request. */
export interface JsonNumbers {
  readonly kind: "numbers";
  readonly values: Float64Array;
  /** Whether every number is an integer of at most 15 digits. */
  readonly integers: boolean;
  /** Reads the numbers once more, each as its text spelled it: for messages. */
  readonly spelled: () => readonly JsonNumber[];
}

/** Any other list. */
export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonValue[];
}

/** An object: members in the text's order, doubles included. */
export interface JsonObject {
  readonly kind: "object";
  readonly keys: readonly string[];
  readonly values: readonly JsonValue[];
}

/** A parsed value; a byte string is a text's UTF-8. */
export type JsonValue = null | boolean | Uint8Array | JsonNumber | JsonNumbers | JsonArray | JsonObject;

/** Whether the value is a list. */
export function isArray(value: JsonValue): value is JsonArray | JsonNumbers {
  return isNode(value) && (value.kind === "array" || value.kind === "numbers");
}

/** Whether the value is an object. */
export function isObject(value: JsonValue): value is JsonObject {
  return isNode(value) && value.kind === "object";
}

/** Whether the value is a text. */
export function isString(value: JsonValue): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** Whether the value is a number on its own. */
export function isNumber(value: JsonValue): value is JsonNumber {
  return isNode(value) && value.kind === "number";
}

function isNode(value: JsonValue): value is JsonNumber | JsonNumbers | JsonArray | JsonObject {
  return typeof value === "object" && value !== null && !(value instanceof Uint8Array);
}

/** How many elements a list has. */
export function arraySize(array: JsonArray | JsonNumbers): number {
  return array.kind === "numbers" ? array.values.length : array.items.length;
}

/** The elements of a list, each a value. */
export function arrayItems(array: JsonArray | JsonNumbers): readonly JsonValue[] {
  return array.kind === "numbers" ? array.spelled() : array.items;
}

/** The first member of that name: of duplicates, the first counts. */
export function member(object: JsonObject, key: string): JsonValue | undefined {
  const index = object.keys.indexOf(key);
  return index < 0 ? undefined : object.values[index];
}

/** What messages call the kind of a value. */
export function jsonTypeName(value: JsonValue): string {
  if (value === null) return "Null";
  if (value === true) return "True";
  if (value === false) return "False";
  if (isString(value)) return "String";
  if (isArray(value)) return "Array";
  return isObject(value) ? "Object" : "Number";
}
