import { type DType, dtypeLabel, isFloatingDType, isIntegerDType } from "../../core/dtype.js";
import { decodeText } from "../../core/text.js";
import { isNumber, isString, type JsonNumber, type JsonValue, jsonTypeName } from "../../serving/rest/json-value.js";
import { runFailure } from "./prediction-error.js";
import { pythonRepr } from "./python-text.js";

/** An element as the tensor's array takes it. */
export type Element = number | bigint | Uint8Array;

const int64Min = -(2n ** 63n);
const uint64Max = 2n ** 64n - 1n;
const int64Max = 2n ** 63n - 1n;
const spelledFloat = /^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[+-]?\d+)?$/i;
const spelledInfinity = /^([+-]?)inf(inity)?$/i;
const spelledNan = /^[+-]?nan$/i;

/** How numpy turns one JSON value into an element of the dtype. FAILED_TO_RUN_MODEL with Python's texts where it does not. */
export function elementConverter(dtype: DType): (value: JsonValue) => Element {
  if (isFloatingDType(dtype)) return toFloat;
  if (isIntegerDType(dtype)) {
    if (dtype === "int64") return (value) => BigInt.asIntN(64, toInteger(value, int64Min, int64Max));
    if (dtype === "uint64") return (value) => BigInt.asUintN(64, toInteger(value, int64Min, uint64Max));
    // Storing into the typed array wraps around, as numpy's cast from a C long does.
    return (value) => Number(BigInt.asIntN(32, toInteger(value, int64Min, int64Max)));
  }
  if (dtype === "bool") return (value) => (isTrue(value) ? 1 : 0);
  if (dtype === "string") return toBytes;
  return () => {
    throw runFailure(`${dtypeLabel(dtype)} tensors cannot be fed from JSON`);
  };
}

function toFloat(value: JsonValue): number {
  if (isNumber(value)) return value.value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === null) return Number.NaN;
  if (isString(value)) return parseFloatText(decodeText(value));
  throw runFailure(`float() argument must be a string or a real number, not '${pythonType(value)}'`);
}

function parseFloatText(text: string): number {
  const plain = text.trim();
  if (spelledFloat.test(plain)) return Number(plain.replaceAll("_", ""));
  const infinity = spelledInfinity.exec(plain);
  if (infinity !== null) return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (spelledNan.test(plain)) return Number.NaN;
  throw runFailure(`could not convert string to float: ${pythonRepr(text)}`);
}

function toInteger(value: JsonValue, least: bigint, most: bigint): bigint {
  let integer: bigint;
  if (isNumber(value)) integer = integerOf(value);
  else if (typeof value === "boolean") return value ? 1n : 0n;
  else if (isString(value)) integer = parseIntegerText(decodeText(value));
  else {
    throw runFailure(
      `int() argument must be a string, a bytes-like object or a real number, not '${pythonType(value)}'`,
    );
  }
  if (integer < least || integer > most) throw runFailure("Python int too large to convert to C long");
  return integer;
}

function integerOf({ integer, value }: JsonNumber): bigint {
  if (integer !== undefined) return integer;
  if (Number.isNaN(value)) throw runFailure("cannot convert float NaN to integer");
  if (!Number.isFinite(value)) throw runFailure("cannot convert float infinity to integer");
  return BigInt(Math.trunc(value));
}

function parseIntegerText(text: string): bigint {
  const plain = text.trim();
  if (!/^[+-]?\d[\d_]*$/.test(plain)) {
    throw runFailure(`invalid literal for int() with base 10: ${pythonRepr(text)}`);
  }
  return BigInt(plain.replaceAll("_", "").replace(/^\+/, ""));
}

function isTrue(value: JsonValue): boolean {
  if (isNumber(value)) return value.value !== 0;
  if (isString(value)) return value.length > 0;
  if (value === null || typeof value === "boolean") return value === true;
  return value.kind !== "object" || value.keys.length > 0;
}

function toBytes(value: JsonValue): Uint8Array {
  if (isString(value)) return value;
  throw runFailure(`Graph execution error:\n\nUnsupported object type ${pythonType(value)}`);
}

/** What Python calls the type of a JSON value. */
function pythonType(value: JsonValue): string {
  if (isNumber(value)) return value.integer === undefined && !Number.isInteger(value.value) ? "float" : "int";
  const names: Readonly<Record<string, string>> = { Null: "NoneType", True: "bool", False: "bool", Array: "list" };
  return names[jsonTypeName(value)] ?? (isString(value) ? "str" : "dict");
}
