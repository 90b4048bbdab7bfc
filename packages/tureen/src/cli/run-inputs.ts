import { readFileSync } from "node:fs";
import { encodeExample, type FeatureValue, int64 } from "@tureen/protos/encode-example";
import type { DType } from "../core/dtype.js";
import { isCompatible, shapeText } from "../core/shape.js";
import { invalidArgument, StatusError, toStatusError } from "../core/status-error.js";
import { type NestedValue, stringValue, type TensorValue, toTensor } from "../core/tensor-value.js";
import type { SignatureInfo } from "../saved-model/index.js";
import { type Literal, NumberLiteral, parseLiterals } from "./json-literals.js";
import { parseNpy, parseNpz } from "./npy.js";

/** Where the inputs of `tureen run` come from; later ones replace earlier ones. */
export interface RunInputs {
  /**
   * A JSON file with an object of all inputs or an .npz file with an array for each, or `name=file;name=file` with .npy, .npz and .json files; of an
   * .npz file with several arrays `name=file.npz[array]` takes one.
   */
  readonly inputs?: string;
  /** `name=JSON;name=JSON`. */
  readonly inputExprs?: string;
  /** `name=[{"feature":[values]}]`: each object becomes a serialized tf.Example. */
  readonly inputExamples?: string;
}

/** The inputs of a signature from the command line's texts. INVALID_ARGUMENT, saying where, for what cannot be read. */
export function readRunInputs(signature: SignatureInfo, flags: RunInputs): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = {};
  const dtypeOf = (alias: string): DType => {
    const info = signature.inputs.get(alias);
    if (info === undefined)
      throw invalidArgument(
        `The signature has no input '${alias}'; it has: ${[...signature.inputs.keys()].join(", ")}`,
      );
    return info.dtype;
  };
  const add = (alias: string, literal: Literal): void => {
    const dtype = dtypeOf(alias);
    try {
      feeds[alias] = toTensor(plainValue(literal, dtype, alias), dtype);
    } catch (error) {
      const { code, message } = toStatusError(error);
      throw message.startsWith("Input '") ? error : new StatusError(code, `Input '${alias}': ${message}`);
    }
  };
  if (flags.inputs?.endsWith(".npz") === true && !flags.inputs.includes("=")) {
    for (const [alias, value] of parseNpz(readFileSync(flags.inputs))) feeds[alias] = withDType(value, dtypeOf(alias));
  } else if (flags.inputs !== undefined && !flags.inputs.includes("=")) {
    const all = parseLiterals(readFileSync(flags.inputs, "utf8"), flags.inputs);
    if (!isObject(all)) throw invalidArgument(`${flags.inputs} must hold an object: inputs by name`);
    for (const [alias, literal] of Object.entries(all)) add(alias, literal);
  } else {
    for (const [alias, path] of pairs(flags.inputs, "--inputs")) {
      const [, file = path, array] = /^(.*\.npz)\[([^\]]*)\]$/.exec(path) ?? [];
      const bytes = readFileSync(file);
      if (path.endsWith(".npy")) feeds[alias] = withDType(parseNpy(bytes), dtypeOf(alias));
      else if (file.endsWith(".npz")) feeds[alias] = withDType(oneOf(parseNpz(bytes), array, file), dtypeOf(alias));
      else add(alias, parseLiterals(bytes.toString("utf8"), path));
    }
  }
  for (const [alias, text] of pairs(flags.inputExprs, "--input-exprs"))
    add(alias, parseLiterals(text, `--input-exprs ${alias}`));
  for (const [alias, text] of pairs(flags.inputExamples, "--input-examples")) {
    dtypeOf(alias);
    feeds[alias] = examples(parseLiterals(text, `--input-examples ${alias}`), alias);
  }
  checkComplete(signature, feeds);
  return feeds;
}

function checkComplete(signature: SignatureInfo, feeds: Readonly<Record<string, TensorValue>>): void {
  const missing = [...signature.inputs.keys()].filter((alias) => !(alias in feeds));
  if (missing.length > 0) {
    throw invalidArgument(
      `No value for input ${missing.map((alias) => `'${alias}'`).join(", ")}: give it by --inputs, --input-exprs or --input-examples`,
    );
  }
}

/**
 * The failure of a run, with what the signature says of shapes that are not its own: graphs may take others than it says, and else fail somewhere
 * within.
 */
export function withShapeHint(
  error: unknown,
  signature: SignatureInfo,
  feeds: Readonly<Record<string, TensorValue>>,
): unknown {
  const hints = Object.entries(feeds).flatMap(([alias, { shape: actual }]) => {
    const { dtype, shape } = signature.inputs.get(alias)!;
    return isCompatible(shape, actual)
      ? []
      : [`input '${alias}' takes ${dtype} ${shapeText(shape)}, not ${shapeText(actual)}`];
  });
  if (hints.length === 0) return error;
  const { code, message } = toStatusError(error);
  return new StatusError(code, `${message}\n${hints.join("; ")}`, { cause: error });
}

/** As saved_model_cli: a file with one array needs no name, of several one has to be named. */
function oneOf(arrays: ReadonlyMap<string, TensorValue>, name: string | undefined, file: string): TensorValue {
  const names = [...arrays.keys()];
  const value = arrays.get(name ?? (names.length === 1 ? names[0]! : ""));
  if (value === undefined) throw invalidArgument(`${file} holds: ${names.join(", ")}. Name one of them: ${file}[name]`);
  return value;
}

/** NumPy makes 64-bit numbers where nothing else is said; what the input takes may be narrower. */
function withDType(value: TensorValue, dtype: DType): TensorValue {
  const narrower = narrowerThan[value.dtype];
  if (narrower === undefined || !narrower.test(dtype)) return value;
  const elements = Array.from(value.data as ArrayLike<number | bigint>, Number);
  return { ...toTensor(elements, dtype), shape: value.shape };
}

const narrowerThan: Readonly<Record<string, RegExp>> = { float64: /^b?float(16|32)$/, int64: /^u?int(8|16|32)$/ };

function isObject(value: Literal): value is { readonly [key: string]: Literal } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberLiteral);
}

/** `a=1;b=2`; a semicolon inside of a JSON text does not end a pair. */
function pairs(text: string | undefined, flag: string): [string, string][] {
  if (text === undefined) return [];
  const found: [string, string][] = [];
  for (const part of text.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? []) {
    if (part.trim() === "") continue;
    const equals = part.indexOf("=");
    if (equals < 1) throw invalidArgument(`${flag} takes name=value pairs, separated by semicolons, not '${part}'`);
    found.push([part.slice(0, equals).trim(), part.slice(equals + 1).trim()]);
  }
  return found;
}

function plainValue(literal: Literal, dtype: DType, where: string): NestedValue {
  if (Array.isArray(literal)) return (literal as readonly Literal[]).map((item) => plainValue(item, dtype, where));
  if (literal instanceof NumberLiteral)
    return dtype === "int64" || dtype === "uint64" ? integer(literal, where) : Number(literal.text);
  if (typeof literal === "string" || typeof literal === "boolean") return literal;
  // As in TensorFlow Serving's REST API.
  if (isObject(literal) && typeof literal["b64"] === "string")
    return new Uint8Array(Buffer.from(literal["b64"], "base64"));
  throw invalidArgument(
    `Input '${where}' holds ${literal === null ? "null" : "an object"}, which is no tensor's value`,
  );
}

function integer(literal: NumberLiteral, where: string): bigint {
  if (!literal.isInteger) throw invalidArgument(`Input '${where}' takes integers, not ${literal.text}`);
  return BigInt(literal.text);
}

function examples(list: Literal, alias: string): TensorValue {
  if (!Array.isArray(list)) throw invalidArgument(`--input-examples ${alias} takes a list of objects`);
  return stringValue((list as readonly Literal[]).map((item) => exampleOf(item, alias)));
}

/** As saved_model_cli: integers make an int64_list, numbers with a point a float_list, texts a bytes_list. */
function exampleOf(item: Literal, alias: string): Uint8Array {
  if (!isObject(item)) throw invalidArgument(`--input-examples ${alias} takes a list of objects`);
  const features = Object.entries(item).map(([name, value]): [string, FeatureValue] => {
    const values = Array.isArray(value) ? (value as readonly Literal[]) : [value];
    if (values.every((each) => typeof each === "string")) return [name, values];
    if (!values.every((each) => each instanceof NumberLiteral))
      throw invalidArgument(`Feature '${name}' takes numbers or texts, of one kind`);
    return [
      name,
      values.every((each) => each.isInteger)
        ? int64(values.map((each) => BigInt(each.text)))
        : values.map((each) => Number(each.text)),
    ];
  });
  return encodeExample(Object.fromEntries(features));
}
