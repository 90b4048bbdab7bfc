import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import type { NestedValue } from "../../core/tensor-value.js";
import { attributeText, dtypeText, numbersText, type PythonText, tupleText } from "./python-text.js";

/** A dense feature of a fixed shape (`tf.io.FixedLenFeature`); without a default every example must have it. */
export interface FixedLenFeature {
  readonly kind: "FixedLenFeature";
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly defaultValue: NestedValue | undefined;
}

/** A feature of any number of values, parsed as a sparse tensor (`tf.io.VarLenFeature`). */
export interface VarLenFeature {
  readonly kind: "VarLenFeature";
  readonly dtype: DType;
}

/** A sparse tensor from separate index and value features (`tf.io.SparseFeature`). */
export interface SparseFeature {
  readonly kind: "SparseFeature";
  readonly indexKey: string | readonly string[];
  readonly valueKey: string;
  readonly dtype: DType;
  readonly size: number | readonly number[];
  readonly alreadySorted: boolean;
}

/** A dense feature whose first dimension varies, padded to the longest of the batch (`tf.io.FixedLenSequenceFeature`). */
export interface FixedLenSequenceFeature {
  readonly kind: "FixedLenSequenceFeature";
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly allowMissing: boolean;
  readonly defaultValue: NestedValue | undefined;
}

/** How an Example's values are divided into rows (`tf.io.RaggedFeature.RowSplits` and the others): by another feature of it, or evenly. */
export type RaggedPartition =
  | {
      readonly kind: "RowSplits" | "RowLengths" | "RowStarts" | "RowLimits" | "ValueRowIds";
      /** The feature of the Example, int64, that the partition is written in. */
      readonly key: string;
    }
  | { readonly kind: "UniformRowLength"; readonly length: number };

function writtenIn(kind: Exclude<RaggedPartition["kind"], "UniformRowLength">): (key: string) => RaggedPartition {
  return (key) => Object.freeze({ kind, key });
}

/** Makes the partitions of a RaggedFeature (`tf.io.RaggedFeature.RowSplits` and so on). */
export const raggedPartition: Readonly<
  Record<"rowSplits" | "rowLengths" | "rowStarts" | "rowLimits" | "valueRowIds", (key: string) => RaggedPartition>
> & { readonly uniformRowLength: (length: number) => RaggedPartition } = Object.freeze({
  rowSplits: writtenIn("RowSplits"),
  rowLengths: writtenIn("RowLengths"),
  rowStarts: writtenIn("RowStarts"),
  rowLimits: writtenIn("RowLimits"),
  valueRowIds: writtenIn("ValueRowIds"),
  uniformRowLength: (length: number): RaggedPartition => Object.freeze({ kind: "UniformRowLength", length }),
});

/** As many values as an Example has, as rows of a ragged tensor (`tf.io.RaggedFeature`). */
export interface RaggedFeature {
  readonly kind: "RaggedFeature";
  readonly dtype: DType;
  /** The feature of the Example; default the key in the spec. */
  readonly valueKey: string | undefined;
  readonly rowSplitsDtype: "int32" | "int64";
  /** How the values are divided into rows, from the outermost to the innermost. */
  readonly partitions: readonly RaggedPartition[];
}

/** A RaggedFeature whose values are divided into rows. */
export interface PartitionedRaggedFeature extends RaggedFeature {
  readonly isPartitioned: true;
}

/** What a RaggedFeature is made with. */
export interface RaggedFeatureOptions {
  readonly valueKey?: string;
  readonly rowSplitsDtype?: "int32" | "int64";
}

/** Makes a RaggedFeature; row splits are int32 unless asked otherwise. */
export function raggedFeature(
  dtype: DType,
  options: RaggedFeatureOptions & { readonly partitions: readonly RaggedPartition[] },
): PartitionedRaggedFeature;
export function raggedFeature(dtype: DType, options?: RaggedFeatureOptions): RaggedFeature;
export function raggedFeature(
  dtype: DType,
  options: RaggedFeatureOptions & { readonly partitions?: readonly RaggedPartition[] } = {},
): RaggedFeature {
  checkOptions("raggedFeature", options, { valueKey: "optional", rowSplitsDtype: "optional", partitions: "optional" });
  return Object.freeze({
    kind: "RaggedFeature",
    dtype,
    valueKey: options.valueKey,
    rowSplitsDtype: options.rowSplitsDtype ?? "int32",
    partitions: options.partitions ?? [],
    ...(options.partitions === undefined ? {} : { isPartitioned: true }),
  });
}

/** How one feature of an Example is parsed into what feature columns take. */
export type ExampleFeature = FixedLenFeature | VarLenFeature | SparseFeature | FixedLenSequenceFeature;

/** Features of an Example by key, ragged ones among them. */
export type RaggedParseExampleSpec = Readonly<Record<string, ExampleFeature | RaggedFeature>>;

/** Features of an Example by key. */
export type ParseExampleSpec = Readonly<Record<string, ExampleFeature>>;

/** Makes a FixedLenFeature. */
export function fixedLenFeature(shape: readonly number[], dtype: DType, defaultValue?: NestedValue): FixedLenFeature {
  return Object.freeze({ kind: "FixedLenFeature", shape: Object.freeze([...shape]), dtype, defaultValue });
}

/** Makes a VarLenFeature. */
export function varLenFeature(dtype: DType): VarLenFeature {
  return Object.freeze({ kind: "VarLenFeature", dtype });
}

/** Makes a SparseFeature. */
export function sparseFeature(
  indexKey: string | readonly string[],
  valueKey: string,
  dtype: DType,
  size: number | readonly number[],
  options: { readonly alreadySorted?: boolean } = {},
): SparseFeature {
  checkOptions("sparseFeature", options, { alreadySorted: "optional" });
  const alreadySorted = options.alreadySorted ?? false;
  return Object.freeze({ kind: "SparseFeature", indexKey, valueKey, dtype, size, alreadySorted });
}

/** Makes a FixedLenSequenceFeature; `shape` is that of one step. */
export function fixedLenSequenceFeature(
  shape: readonly number[],
  dtype: DType,
  options: { readonly allowMissing?: boolean; readonly defaultValue?: NestedValue } = {},
): FixedLenSequenceFeature {
  checkOptions("fixedLenSequenceFeature", options, { allowMissing: "optional", defaultValue: "optional" });
  return Object.freeze({
    kind: "FixedLenSequenceFeature",
    shape: Object.freeze([...shape]),
    dtype,
    allowMissing: options.allowMissing ?? false,
    defaultValue: options.defaultValue,
  });
}

function shapeText(shape: readonly number[]): PythonText {
  return tupleText(shape.map((size) => (size < 0 ? undefined : size)));
}

/** The feature as Python's TensorFlow prints it; equal features have equal texts. */
export function exampleFeatureText(feature: ExampleFeature): string {
  switch (feature.kind) {
    case "FixedLenFeature":
      return attributeText(feature.kind, [
        ["shape", shapeText(feature.shape)],
        ["dtype", dtypeText(feature.dtype)],
        ["default_value", numbersText(feature.defaultValue, feature.dtype)],
      ]);
    case "VarLenFeature":
      return attributeText(feature.kind, [["dtype", dtypeText(feature.dtype)]]);
    case "SparseFeature":
      return attributeText(feature.kind, [
        ["index_key", feature.indexKey],
        ["value_key", feature.valueKey],
        ["dtype", dtypeText(feature.dtype)],
        ["size", feature.size],
        ["already_sorted", feature.alreadySorted],
      ]);
    case "FixedLenSequenceFeature":
      return attributeText(feature.kind, [
        ["shape", shapeText(feature.shape)],
        ["dtype", dtypeText(feature.dtype)],
        ["allow_missing", feature.allowMissing],
        ["default_value", numbersText(feature.defaultValue, feature.dtype)],
      ]);
  }
}
