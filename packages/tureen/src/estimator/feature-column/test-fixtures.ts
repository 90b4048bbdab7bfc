import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { DType } from "../../core/dtype.js";
import { type NestedValue, type TensorValue, tensorValue, toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { componentsOf } from "../../graph/structure.js";
import type { FeatureTensor } from "../model-fn.js";
import type { FeatureColumn } from "./feature-column.js";
import * as columns from "./index.js";
import {
  denseFeatures,
  inputLayer,
  type LinearModelOptions,
  linearModel,
  linearModelLogits,
  makeParseExampleSpec,
  parseExample,
  sequenceFeatures,
} from "./index.js";

/** A call of a column builder, as the fixtures hold it. */
export interface RecordedCall {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A tensor as the fixtures hold it; strings are latin-1. */
export interface RecordedTensor {
  readonly d: DType;
  readonly s: readonly number[];
  readonly v: readonly (number | string)[];
}

/** What TensorFlow said or did in one case of `layers`. */
export interface RecordedLayer {
  readonly name: string;
  readonly layer: string;
  readonly columns: readonly RecordedCall[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly features: Readonly<
    Record<
      string,
      {
        readonly dense?: DType;
        readonly shape?: (number | null)[] | null;
        readonly sparse?: DType;
        readonly rank?: number | null;
      }
    >
  >;
  /** Features to parse: the kind and its arguments. */
  readonly spec?: Readonly<Record<string, readonly [string, ...unknown[]]>>;
  readonly error?: string;
  readonly nodes?: readonly string[];
  readonly outputs?: readonly string[];
  readonly shapes?: readonly ((number | null)[] | null)[];
  readonly trainable?: readonly string[];
  readonly variables?: Readonly<Record<string, RecordedTensor>>;
  readonly runs?: readonly {
    readonly feeds: Readonly<Record<string, RecordedTensor>>;
    readonly values?: readonly RecordedTensor[];
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

/** The folder of the fixtures, with its slash. */
export const fixtureFolder: string = fileURLToPath(new URL("./fixtures/", import.meta.url));

/** The cases of a fixture file. */
export function recordedCases<T>(name: string): T[] {
  const text = gunzipSync(readFileSync(`${fixtureFolder}${name}.json.gz`)).toString("utf8");
  return (JSON.parse(text) as { readonly cases: T[] }).cases;
}

/** The value of a recorded tensor. */
export function recordedValue(tensor: RecordedTensor): TensorValue {
  if (tensor.d === "string") {
    return tensorValue(
      "string",
      tensor.s,
      tensor.v.map((text) => Uint8Array.from(Buffer.from(text as string, "latin1"))),
    );
  }
  return toTensor(tensor.v as readonly NestedValue[], tensor.d, tensor.s);
}

/** An example feature from its recorded kind and arguments. */
export function recordedFeature([kind, ...args]: readonly [string, ...unknown[]]): columns.ExampleFeature {
  const sizes = (value: unknown): number[] => (value as (number | null)[]).map((size) => size ?? -1);
  const options = (value: unknown): object => value as object;
  switch (kind) {
    case "FixedLenFeature":
      return columns.fixedLenFeature(sizes(args[0]), args[1] as DType, args[2] as NestedValue);
    case "FixedLenSequenceFeature":
      return columns.fixedLenSequenceFeature(sizes(args[0]), args[1] as DType, options(args[2]));
    case "SparseFeature":
      return columns.sparseFeature(args[0] as string, args[1] as string, args[2] as DType, args[3] as number, {
        alreadySorted: args[4] === true,
      });
    default:
      return columns.varLenFeature(args[0] as DType);
  }
}

const normalizers: Readonly<Record<string, (tensor: Tensor) => Tensor>> = {
  half: (tensor) => build("Mul", [tensor, 0.5], {}, "mul"),
};

/** Columns from recorded calls; shared embeddings of one call share. */
export function columnMaker(): (call: RecordedCall) => FeatureColumn {
  const shared = new Map<string, readonly FeatureColumn[]>();
  const argument = (value: unknown, key: string | number): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => argument(item, i));
    if (typeof value === "object" && value !== null && "fn" in value) return make(value as RecordedCall);
    if (key === "normalizerFn") return normalizers[value as string];
    return value;
  };
  const make = (call: RecordedCall): FeatureColumn => {
    const { index, ...rest } = call.options ?? {};
    const args = call.args.map((arg, i) =>
      /ocabularyFile$/.test(call.fn) && i === 1 ? `${fixtureFolder}${String(arg)}` : argument(arg, i),
    );
    const options = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, argument(value, key)]));
    const builder = (columns as unknown as Record<string, (...args: unknown[]) => FeatureColumn | FeatureColumn[]>)[
      call.fn
    ]!;
    if (!call.fn.startsWith("sharedEmbedding")) return builder(...args, options) as FeatureColumn;
    const key = JSON.stringify([call.fn, call.args, rest]);
    let made = shared.get(key);
    if (made === undefined) {
      made = builder(...args, options) as FeatureColumn[];
      shared.set(key, made);
    }
    return made[index as number]!;
  };
  return make;
}

function placeholder(name: string, dtype: string, shape: readonly number[] | null): Tensor {
  return build("Placeholder", [], { dtype, shape }, name);
}

function makeFeatures(recorded: RecordedLayer): Record<string, FeatureTensor> {
  return Object.fromEntries(
    Object.entries(recorded.features).map(([key, { dense, shape, sparse, rank }]): [string, FeatureTensor] => {
      const name = key.replace(/[^A-Za-z0-9_./]/g, "_");
      if (dense !== undefined) return [key, placeholder(name, dense, shape?.map((size) => size ?? -1) ?? null)];
      const [width, dtype] = [rank === null ? -1 : (rank ?? 2), sparse!];
      const indices = placeholder(`${name}/indices`, "int64", [-1, width]);
      return [
        key,
        new SparseTensor(
          indices,
          placeholder(`${name}/values`, dtype, [-1]),
          placeholder(`${name}/shape`, "int64", [width]),
        ),
      ];
    }),
  );
}

/** The layer of a recorded case, built in the current graph: its outputs. */
export function buildLayer(recorded: RecordedLayer): readonly Tensor[] {
  const features = makeFeatures(recorded);
  const make = columnMaker();
  const made: FeatureColumn[] = recorded.columns.map(make);
  const options = recorded.options as LinearModelOptions;
  switch (recorded.layer) {
    case "denseFeatures":
      return [denseFeatures(features, made, options)];
    case "linearModelLogits":
      return [linearModelLogits(features, made, options).logits];
    case "inputLayer":
      return [inputLayer(features, made)];
    case "linearModel":
      return [linearModel(features, made, options)];
    case "parseExample":
      return [denseFeatures(parseExample(features["serialized"] as Tensor, makeParseExampleSpec(made)), made)];
    case "parse": {
      const spec = Object.fromEntries(
        Object.entries(recorded.spec!).map(([key, feature]) => [key, recordedFeature(feature)]),
      );
      const parsed = parseExample(features["serialized"] as Tensor, spec, recorded.options);
      return Object.values(parsed).flatMap((value) => componentsOf(value));
    }
    default: {
      const { denseTensor, sequenceLength } = sequenceFeatures(features, made);
      return [denseTensor, sequenceLength];
    }
  }
}
