import { encodeUtf8 } from "./wire-text.js";
import { WireWriter } from "./wire-writer.js";

/** A feature whose kind is said outright; made by `int64`, `float` and `bytes`. */
export type TypedFeature =
  | { readonly kind: "int64"; readonly values: BigInt64Array }
  | { readonly kind: "float"; readonly values: Float32Array }
  | { readonly kind: "bytes"; readonly values: readonly Uint8Array[] };

/** What `encodeExample` takes for a feature: a value, a list of values of one type, or a typed feature. */
export type FeatureValue =
  | number
  | bigint
  | string
  | Uint8Array
  | readonly number[]
  | readonly bigint[]
  | readonly (string | Uint8Array)[]
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | TypedFeature;

/** Integers for an `int64_list`. A number that is not a safe integer is a RangeError. */
export function int64(values: number | bigint | Iterable<number | bigint>): TypedFeature {
  const list = typeof values === "object" ? [...values] : [values];
  for (const value of list) {
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new RangeError(`${value} is not a safe integer`);
  }
  return { kind: "int64", values: BigInt64Array.from(list, BigInt) };
}

/** Numbers for a `float_list`, rounded to single precision. */
export function float(values: number | Iterable<number>): TypedFeature {
  return { kind: "float", values: typeof values === "number" ? Float32Array.of(values) : Float32Array.from(values) };
}

/** Texts (as UTF-8) and byte strings for a `bytes_list`; a Uint8Array is one byte string. */
export function bytes(values: string | Uint8Array | Iterable<string | Uint8Array>): TypedFeature {
  const list = typeof values === "string" || values instanceof Uint8Array ? [values] : [...values];
  return { kind: "bytes", values: list.map((value) => (typeof value === "string" ? encodeUtf8(value) : value)) };
}

/**
 * Encodes named values as a serialized `tensorflow.Example`.
 *
 * Numbers, Float32Array and Float64Array become a `float_list`; bigints, Int32Array and BigInt64Array an `int64_list`; texts and byte
 * strings a `bytes_list`. An integer in a number is still a float: say `int64(3)` or `3n` where the model wants integers. An empty plain
 * list has no kind and becomes a feature without a list, which TensorFlow takes for a missing one. Lists of mixed types are a TypeError.
 */
export function encodeExample(features: Readonly<Record<string, FeatureValue>>): Uint8Array {
  const writer = new WireWriter();
  const names = Object.keys(features);
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i]!;
    const entry = writer.mark;
    const feature = typedFeature(name, features[name]!);
    if (feature !== undefined) writeList(writer, feature);
    writer.wrap(18, entry);
    writer.textField(10, name);
    writer.wrap(10, entry);
  }
  writer.wrap(10, 0);
  return writer.finish();
}

function writeList(writer: WireWriter, feature: TypedFeature): void {
  const list = writer.mark;
  if (feature.kind === "bytes") {
    for (let i = feature.values.length - 1; i >= 0; i--) writer.bytesField(10, feature.values[i]!);
    writer.wrap(10, list);
  } else if (feature.kind === "float") {
    const { buffer, byteOffset, byteLength } = feature.values;
    if (byteLength > 0) writer.bytesField(10, new Uint8Array(buffer, byteOffset, byteLength));
    writer.wrap(18, list);
  } else {
    const { buffer, byteOffset, length } = feature.values;
    const halves = new Int32Array(buffer, byteOffset, length * 2);
    for (let i = halves.length - 2; i >= 0; i -= 2) writer.varint(halves[i]!, halves[i + 1]!);
    if (length > 0) writer.wrap(10, list);
    writer.wrap(26, list);
  }
}

function typedFeature(name: string, value: FeatureValue): TypedFeature | undefined {
  switch (typeof value) {
    case "number":
      return float(value);
    case "bigint":
      return int64(value);
    case "string":
      return bytes(value);
  }
  if (value instanceof Uint8Array) return bytes(value);
  if (value instanceof Float32Array || value instanceof Float64Array) return float(value);
  if (value instanceof Int32Array || value instanceof BigInt64Array) return int64(value);
  if (!Array.isArray(value)) return value as TypedFeature;
  if (value.length === 0) return undefined;
  if (value.every((item) => typeof item === "number")) return float(value);
  if (value.every((item) => typeof item === "bigint")) return int64(value);
  if (value.every((item) => typeof item === "string" || item instanceof Uint8Array)) return bytes(value);
  throw new TypeError(`Feature "${name}" mixes numbers, bigints and texts; wrap it in int64(), float() or bytes()`);
}
