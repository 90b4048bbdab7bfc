import { checkOptions } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import { invalidArgument, unimplemented } from "../core/status-error.js";
import { type NestedValue, type TensorValue, toTensor, zeros } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { denseFeatures, denseShapes } from "../runtime/kernels/parsing/example-spec.js";
import { ExampleParser } from "../runtime/kernels/parsing/parse-example.js";
import type { Dataset } from "./dataset.js";
import { elementSpecOf, type TensorSpec } from "./element-spec.js";
import { type TfRecordDatasetOptions, tfRecordDataset } from "./file-datasets.js";
import { recipeAfter } from "./recipe.js";
import type { Stage } from "./stage.js";
import { mapStage } from "./stages/map.js";
import type { Structure } from "./structure.js";

/** One feature of Examples as `tf.io.fixedLenFeature`, `fixedLenSequenceFeature` and `varLenFeature` give it. */
export interface ExampleFeatureSpec {
  readonly kind: string;
  readonly dtype: DType;
  readonly shape?: readonly number[];
  readonly defaultValue?: NestedValue | undefined;
}

/** Features of Examples by key, such as `featureColumn.makeParseExampleSpec` gives them. */
export type ExampleFeatures = Readonly<Record<string, ExampleFeatureSpec>>;

/** Parsed features of a batch by key. */
export type ParsedExampleFeatures = Readonly<Record<string, TensorValue>>;

/**
 * Batches of serialized Examples as batches of features, parsed on the host as ParseExample does; with `labelKey`, pairs of the other features
 * and that one.
 *
 * What `tf.io.parse_example` gives, but for VarLen features, which a dataset cannot hold as sparse tensors: these come dense, padded with "" or
 * -1, which categorical columns take for missing; a VarLen feature of floats is INVALID_ARGUMENT (use a FixedLenSequenceFeature with a default),
 * any other kind UNIMPLEMENTED. Errors of Examples are those of ParseExample.
 */
export function parseExamples(
  batches: Dataset<TensorValue>,
  features: ExampleFeatures,
  options: { readonly labelKey: string },
): Dataset<readonly [ParsedExampleFeatures, TensorValue]>;
export function parseExamples(
  batches: Dataset<TensorValue>,
  features: ExampleFeatures,
  options?: { readonly labelKey?: undefined },
): Dataset<ParsedExampleFeatures>;
export function parseExamples(
  batches: Dataset<TensorValue>,
  features: ExampleFeatures,
  options: { readonly labelKey?: string | undefined } = {},
): Dataset<ParsedExampleFeatures> | Dataset<readonly [ParsedExampleFeatures, TensorValue]> {
  checkOptions("parseExamples", options, { labelKey: "optional" });
  const { labelKey } = options;

  return batches.followedBy<ParsedExampleFeatures>((stage) => parseExamplesStage(stage, features, labelKey));
}

/** The stage of `parseExamples`. */
export function parseExamplesStage(source: Stage, features: ExampleFeatures, labelKey: string | undefined): Stage {
  const keys = Object.keys(features).sort();
  if (labelKey !== undefined && !keys.includes(labelKey)) {
    throw invalidArgument(`The \`label_key\` provided (${labelKey}) must be one of the \`features\` keys.`);
  }
  const fields = keys.map((key) => denseField(key, features[key]!));
  const parser = new ExampleParser({
    dense: denseFeatures(
      keys.map(encodeText),
      fields.map(({ dtype }) => dtype),
      denseShapes(fields.map(({ shape }) => shape)),
      fields.map(({ defaultValue }) => defaultValue),
    ),
    sparse: [],
    ragged: [],
  });
  const nested = <T>(leaves: readonly T[]): Record<string, T> | readonly [Record<string, T>, T] => {
    const named = Object.fromEntries(keys.map((key, i) => [key, leaves[i]!]));
    if (labelKey === undefined) return named;
    const { [labelKey]: label, ...rest } = named;
    return [rest, label!];
  };
  const elementSpec = nested<TensorSpec>(fields.map(({ dtype, shape }) => ({ dtype, shape: [-1, ...shape] })));
  const parse = (element: Structure): Structure => {
    const serialized = element as TensorValue;
    if (serialized?.dtype !== "string" || serialized.shape.length !== 1) {
      throw invalidArgument("parseExamples takes batches of serialized Examples, string vectors: batch before it");
    }
    return nested(parser.parseBatch(serialized.data as readonly Uint8Array[], []).denseValues) as Structure;
  };
  const recipe = recipeAfter(source, (before) => ({ kind: "parseExamples", source: before, features, labelKey }));
  return { ...mapStage(source, parse, elementSpecOf(elementSpec as Structure<TensorSpec>)), recipe };
}

interface DenseField {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly defaultValue: TensorValue;
}

function denseField(key: string, { kind, dtype, shape = [], defaultValue }: ExampleFeatureSpec): DenseField {
  switch (kind) {
    case "FixedLenFeature": {
      if (defaultValue === undefined) return { dtype, shape, defaultValue: zeros(dtype, [0]) };
      return { dtype, shape, defaultValue: toTensor(defaultValue, dtype, shape) };
    }
    case "FixedLenSequenceFeature":
      return {
        dtype,
        shape: [-1, ...shape],
        defaultValue: toTensor(defaultValue ?? (dtype === "string" ? "" : 0), dtype),
      };
    case "VarLenFeature":
      if (dtype === "float32") {
        throw invalidArgument(
          `Feature '${key}' is a VarLenFeature of floats, which no number stands for as missing: use fixedLenSequenceFeature with a default`,
        );
      }
      return { dtype, shape: [-1], defaultValue: toTensor(dtype === "string" ? "" : -1, dtype) };
    default:
      throw unimplemented(`Feature '${key}': a ${kind} has to be parsed in the graph, with tf.io.parseExample`);
  }
}

/** How `makeBatchedFeaturesDataset` reads: the arguments of `tf.data.experimental.make_batched_features_dataset`. */
export interface BatchedFeaturesOptions extends TfRecordDatasetOptions {
  readonly batchSize: number;
  readonly features: ExampleFeatures;
  /** How often the Examples come; forever unless said, as with null. */
  readonly numEpochs?: number | null | undefined;
  /** Whether Examples are shuffled; true unless said. */
  readonly shuffle?: boolean | undefined;
  /** Examples in the shuffle's buffer; 10000 unless said. */
  readonly shuffleBufferSize?: number | undefined;
  readonly shuffleSeed?: number | undefined;
  /** Whether a last batch that is not full is left out; it comes unless said. */
  readonly dropFinalBatch?: boolean | undefined;
}

/** Batches of parsed Examples of TFRecord files, shuffled and repeated as `tf.data.experimental.make_batched_features_dataset` does. */
export function makeBatchedFeaturesDataset(
  files: string | readonly string[],
  options: BatchedFeaturesOptions & { readonly labelKey: string },
): Dataset<readonly [ParsedExampleFeatures, TensorValue]>;
export function makeBatchedFeaturesDataset(
  files: string | readonly string[],
  options: BatchedFeaturesOptions & { readonly labelKey?: undefined },
): Dataset<ParsedExampleFeatures>;
export function makeBatchedFeaturesDataset(
  files: string | readonly string[],
  options: BatchedFeaturesOptions & { readonly labelKey?: string | undefined },
): Dataset<ParsedExampleFeatures> | Dataset<readonly [ParsedExampleFeatures, TensorValue]> {
  checkOptions("makeBatchedFeaturesDataset", options, {
    batchSize: "required",
    features: "required",
    numEpochs: "optional",
    shuffle: "optional",
    shuffleBufferSize: "optional",
    shuffleSeed: "optional",
    dropFinalBatch: "optional",
    compressionType: "optional",
    labelKey: "optional",
  });
  const { batchSize, features, numEpochs = null, shuffle = true, shuffleBufferSize = 10_000, labelKey } = options;
  const records = tfRecordDataset(files, { compressionType: options.compressionType });
  const ordered = shuffle ? records.shuffle(shuffleBufferSize, { seed: options.shuffleSeed }) : records;
  const dropRemainder = options.dropFinalBatch === true || numEpochs === null;
  const batches = ordered.repeat(numEpochs ?? -1).batch(batchSize, { dropRemainder });
  // As TensorFlow's, which prefetches as much as it finds good.
  const parsed: Dataset<unknown> =
    labelKey === undefined ? parseExamples(batches, features) : parseExamples(batches, features, { labelKey });
  return parsed.prefetch(1) as Dataset<ParsedExampleFeatures>;
}
