import type { DType } from "../core/dtype.js";
import { invalidArgument, notFound, StatusError, toStatusError } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toNested, toTensor } from "../core/tensor-value.js";
import { componentNames, raggedSpecFromProto } from "./composite-info.js";
import { type RaggedSignatureValue, raggedComponents, raggedLists } from "./ragged-value.js";
import type { CompositeInfo, RunOptions, ServableModel, SignatureInfo, TensorInfo } from "./signature.js";

/** What a sparse input takes: where its values are (int64 [N, rank]), the values [N], and its shape (int64 [rank]). */
export interface SparseSignatureValue {
  readonly indices: NestedValue | TensorValue;
  readonly values: NestedValue | TensorValue;
  readonly denseShape: NestedValue | TensorValue;
}

/** What a signature's input takes: nested lists, a TypedArray, a scalar, or a tensor's value; for a sparse one its three tensors; for a ragged one lists of different
 * lengths or its tensors. */
export type SignatureValue = NestedValue | TensorValue | SparseSignatureValue | RaggedSignatureValue;

/**
 * Runs one signature: plain values by the inputs' names in, plain values by the outputs' names out.
 *
 * Values become tensors of the dtypes that the signature declares. Results are nested lists of numbers (bigints for 64-bit integers),
 * booleans and byte strings, as `toNested` makes them; those of ragged outputs differ in length. INVALID_ARGUMENT for inputs that are not the signature's.
 */
export interface SignatureFunction<
  Inputs extends Readonly<Record<keyof Inputs, SignatureValue>> = Readonly<Record<string, SignatureValue>>,
  Outputs = Readonly<Record<string, unknown>>,
> {
  (inputs: Inputs, options?: RunOptions): Promise<Outputs>;
  /** The same with tensors as results, by output name; a ragged output is `<name>_component_0`, its flat values, and its row splits after that. */
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
  const fetched = [...info.outputs].flatMap(([alias, output]) => fetchesOf(alias, output));
  const fetches = fetched.map(({ name }) => name);
  const tensors = async (inputs: Inputs, options?: RunOptions): Promise<Record<string, TensorValue>> => {
    const values = await model.runAsync(signatureFeeds(info, inputs), fetches, options);
    return Object.fromEntries(fetched.map(({ key }, i) => [key, values[i]!]));
  };
  const run = async (inputs: Inputs, options?: RunOptions): Promise<Outputs> => {
    const values = await tensors(inputs, options);
    const plain = [...info.outputs].map(([alias, output]) => {
      const parts = fetchesOf(alias, output).map(({ key }) => values[key]!);
      return [alias, output.composite === undefined ? toNested(parts[0]!) : raggedLists(parts)];
    });
    return Object.fromEntries(plain) as Outputs;
  };
  return Object.assign(run, { tensors: tensors as SignatureFunction<Inputs, Outputs>["tensors"], info });
}

/** What is fetched for an output, and what it is called among tensors. */
function fetchesOf(alias: string, output: TensorInfo): readonly { readonly key: string; readonly name: string }[] {
  if (output.composite === undefined) return [{ key: alias, name: output.name }];
  return componentNames(output).map((name, i) => ({ key: `${alias}_component_${i}`, name }));
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
  for (const [alias, { name, dtype, sparse, composite }] of info.inputs) {
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
    } else if (composite !== undefined) {
      const parts = raggedParts(alias, value, composite);
      composite.components.forEach((component, i) => {
        feeds.set(component.name, asTensor(parts[i]!, component.dtype));
      });
    } else if (isRaggedValue(value)) {
      throw invalidArgument(`input '${alias}' is dense: it takes a tensor, not { flatValues, nestedRowSplits }`);
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

function raggedParts(
  alias: string,
  value: SignatureValue,
  { components, typeSpec }: CompositeInfo,
): readonly (NestedValue | TensorValue)[] {
  if (isRaggedValue(value) && value.nestedRowSplits.length === components.length - 1) {
    return [value.flatValues, ...value.nestedRowSplits];
  }
  const spec = raggedSpecFromProto(typeSpec);
  if (spec === undefined || isRaggedValue(value) || isSparseValue(value) || isTensorValue(value)) {
    throw invalidArgument(
      `input '${alias}' is ragged: it takes lists, or { flatValues, nestedRowSplits } with ${components.length - 1} row splits`,
    );
  }
  try {
    return raggedComponents(value, spec);
  } catch (error) {
    const { code, message } = toStatusError(error);
    throw new StatusError(code, `input '${alias}': ${message}`);
  }
}

function isRaggedValue(value: SignatureValue): value is RaggedSignatureValue {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && "nestedRowSplits" in value;
}

function isSparseValue(value: SignatureValue): value is SparseSignatureValue {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && "denseShape" in value;
}

function isTensorValue(value: NestedValue | TensorValue): value is TensorValue {
  return typeof value === "object" && !Array.isArray(value) && !ArrayBuffer.isView(value) && "dtype" in value;
}
