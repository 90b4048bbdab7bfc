import { checkOptions, nameOnly } from "../../core/check-options.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** The features of a batch of examples, as the inference ops take them. */
export interface ForestFeatures {
  /** float32 [batch, features]; NaN is missing. */
  readonly numerical: TensorLike;
  /** float32 [batch, features]; NaN is missing. */
  readonly boolean: TensorLike;
  /** int32 [batch, features]; -1 is missing, 0 out of vocabulary. */
  readonly categorical: TensorLike;
  /** The ragged categories of sets, [batch, features, (items)]: values, inner and outer row splits; an item of -1 makes a set missing. */
  readonly categoricalSets: readonly [values: TensorLike, innerSplits: TensorLike, outerSplits: TensorLike];
}

const featureInputs = ({ numerical, boolean, categorical, categoricalSets }: ForestFeatures): TensorLike[] => [
  numerical,
  boolean,
  categorical,
  ...categoricalSets,
];

/** A handle to a place for a model. */
export function simpleMLCreateModelResource(
  options: { readonly container?: string; readonly sharedName?: string; readonly name?: string } = {},
): Tensor {
  const attrs = { container: options.container, shared_name: options.sharedName };
  return build("SimpleMLCreateModelResource", [], attrs, options);
}

/** Loads the Yggdrasil model of a folder into a place. */
export function simpleMLLoadModelFromPathWithHandle(
  modelHandle: TensorLike,
  path: TensorLike,
  options: {
    readonly outputTypes?: readonly string[];
    readonly filePrefix?: string;
    readonly allowSlowInference?: boolean;
    readonly name?: string;
  } = {},
): Operation {
  const attrs = {
    output_types: options.outputTypes,
    file_prefix: options.filePrefix,
    allow_slow_inference: options.allowSlowInference,
  };
  return buildOp("SimpleMLLoadModelFromPathWithHandle", [modelHandle, path], attrs, options);
}

/** Loads the Yggdrasil model of a folder under an identifier. */
export function simpleMLLoadModelFromPath(
  path: TensorLike,
  modelIdentifier: string,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("SimpleMLLoadModelFromPath", [path], { model_identifier: modelIdentifier }, options);
}

/** Predictions of the model under an identifier, [batch, width], and what each column stands for. */
export function simpleMLInferenceOp(
  features: ForestFeatures,
  modelIdentifier: string,
  denseOutputDim: number,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  checkOptions("simpleMLInferenceOp", options, nameOnly);
  const attrs = { model_identifier: modelIdentifier, dense_output_dim: denseOutputDim };
  return buildOp("SimpleMLInferenceOp", featureInputs(features), attrs, options).outputs;
}

/** Predictions of the model in a place, [batch, width], and what each column stands for. */
export function simpleMLInferenceOpWithHandle(
  features: ForestFeatures,
  modelHandle: TensorLike,
  denseOutputDim: number,
  options: { readonly name?: string } = {},
): readonly Tensor[] {
  checkOptions("simpleMLInferenceOpWithHandle", options, nameOnly);
  const inputs = [...featureInputs(features), modelHandle];
  return buildOp("SimpleMLInferenceOpWithHandle", inputs, { dense_output_dim: denseOutputDim }, options).outputs;
}

/** The number of the leaf that each tree gives for each example, int32 [batch, trees]. */
export function simpleMLInferenceLeafIndexOpWithHandle(
  features: ForestFeatures,
  modelHandle: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  checkOptions("simpleMLInferenceLeafIndexOpWithHandle", options, nameOnly);
  return build("SimpleMLInferenceLeafIndexOpWithHandle", [...featureInputs(features), modelHandle], {}, options);
}
