import type { DType } from "../core/dtype.js";
import { invalidArgument, notFound } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toNested, toTensor } from "../core/tensor-value.js";
import type { RunOptions, ServableModel, SignatureInfo } from "./signature.js";

/** What a sparse input takes: where its values are (int64 [N, rank]), the values [N], and its shape (int64 [rank]). */
export interface SparseSignatureValue {
  readonly indices: NestedValue | TensorValue;
  readonly values: NestedValue | TensorValue;
  readonly denseShape: NestedValue | TensorValue;
}

/** What a signature's input takes: nested lists, a TypedArray, a scalar, or a tensor's value; for a sparse one its three tensors. */
export type SignatureValue = NestedValue | TensorValue | SparseSignatureValue;

/**
 * Runs one signature: plain values by the inputs' names in, plain values by the outputs' names out.
 *
 * Values become tensors of the dtypes that the signature declares. Results are nested lists of numbers (bigints for 64-bit integers),
 * booleans and byte strings, as `toNested` makes them. INVALID_ARGUMENT for inputs that are not the signature's.
 */
export interface SignatureFunction<
  Inputs extends Readonly<Record<keyof Inputs, SignatureValue>> = Readonly<Record<string, SignatureValue>>,
  Outputs = Readonly<Record<string, unknown>>,
> {
  (inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  /** The same with tensors as results, by output name. */
  readonly tensors: (
    inputs: Inputs,
    options?: RunOptions,
  ) => Promise<Readonly<Record<keyof Outputs & string, TensorValue>>>;
  /** What the model says of the signature. */
  readonly info: SignatureInfo;
}

/** The function of a signature; NOT_FOUND for a key that the model has not. */
export function signatureFunction<
  Inputs extends Readonly<Record<keyof Inputs, SignatureValue>> = Readonly<Record<string, SignatureValue>>,
  Outputs = Readonly<Record<string, unknown>>,
>(model: ServableModel, key: string): SignatureFunction<Inputs, Outputs> {
  const info = model.signatures.get(key);
  if (info === undefined) {
    throw notFound(
      `Serving signature key "${key}" not found. The model has: ${[...model.signatures.keys()].join(", ")}`,
    );
  }
  const fetches = [...info.outputs.values()].map(({ name }) => name);
  const aliases = [...info.outputs.keys()];
  const tensors = async (inputs: Inputs, options?: RunOptions): Promise<Record<string, TensorValue>> => {
    const values = await model.runAsync(signatureFeeds(info, inputs), fetches, options);
    return Object.fromEntries(aliases.map((alias, i) => [alias, values[i]!]));
  };
  const run = async (inputs: Inputs, options?: RunOptions): Promise<Outputs> => {
    const values = await tensors(inputs, options);
    return Object.fromEntries(aliases.map((alias) => [alias, toNested(values[alias]!)])) as Outputs;
  };
  return Object.assign(run, { tensors: tensors as SignatureFunction<Inputs, Outputs>["tensors"], info });
}

/** The feeds of a call; messages as TensorFlow Serving words them. */
function signatureFeeds(info: SignatureInfo, inputs: object): Map<string, TensorValue> {
  const expected = [...info.inputs.keys()];
  const sent = Object.keys(inputs);
  const extra = sent.filter((key) => !info.inputs.has(key));
  const missing = expected.filter((key) => !sent.includes(key) && !info.defaults.has(key));
  if (extra.length > 0 || missing.length > 0) {
    throw invalidArgument(
      `input size does not match signature: ${sent.length}!=${expected.length} len({${sent.join(",")}}) != len({${expected.join(",")}}). Sent extra: {${extra.join(",")}}. Missing but required: {${missing.join(",")}}.`,
    );
  }
  const feeds = new Map<string, TensorValue>();
  for (const [alias, { name, dtype, sparse }] of info.inputs) {
    const value = (inputs as Readonly<Record<string, SignatureValue | undefined>>)[alias];
    if (value === undefined) {
      feeds.set(name, info.defaults.get(alias)!);
    } else if (sparse !== undefined) {
      if (!isSparseValue(value)) {
        throw invalidArgument(`input '${alias}' is sparse: it takes { indices, values, denseShape }`);
      }
      feeds.set(sparse.indices, asTensor(value.indices, "int64"));
      feeds.set(sparse.values, asTensor(value.values, dtype));
      feeds.set(sparse.denseShape, asTensor(value.denseShape, "int64"));
    } else if (isSparseValue(value)) {
      throw invalidArgument(`input '${alias}' is dense: it takes a tensor, not { indices, values, denseShape }`);
    } else {
      feeds.set(name, asTensor(value, dtype));
    }
  }
  return feeds;
}

function asTensor(value: NestedValue | TensorValue, dtype: DType): TensorValue {
  return isTensorValue(value) ? value : toTensor(value, dtype);
}

function isSparseValue(value: SignatureValue): value is SparseSignatureValue {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && "denseShape" in value;
}

function isTensorValue(value: NestedValue | TensorValue): value is TensorValue {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && "dtype" in value;
}
