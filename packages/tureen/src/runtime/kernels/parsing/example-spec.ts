import type { DType } from "../../../core/dtype.js";
import { elementCount, isCompatible, type PartialShape, shapeText } from "../../../core/shape.js";
import { internal, invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import { byteKey } from "../../../core/text.js";

/** The dtypes that a Feature can hold. */
export type FeatureDType = "float32" | "int64" | "string";

/** A feature of fixed shape; without a default (an empty one) it is required. */
export interface DenseFeature {
  readonly kind: "dense";
  readonly key: Uint8Array;
  readonly dtype: FeatureDType;
  /** The shape as declared. */
  readonly shape: readonly number[];
  /** Elements an Example has of it. */
  readonly stride: number;
  readonly defaultValue: TensorValue;
}

/** A dense feature whose first dimension varies: rows of `stride` elements, padded to the longest with the default. */
export interface VarLenFeature {
  readonly kind: "varLen";
  readonly key: Uint8Array;
  readonly dtype: FeatureDType;
  /** The shape as declared, its first size -1. */
  readonly shape: readonly number[];
  readonly stride: number;
  readonly defaultValue: TensorValue;
}

/** A feature that becomes a sparse tensor of Example and position. */
export interface SparseFeature {
  readonly kind: "sparse";
  readonly key: Uint8Array;
  readonly dtype: FeatureDType;
}

/** A feature that becomes a ragged tensor's values and row splits. */
export interface RaggedFeature {
  readonly kind: "ragged";
  readonly key: Uint8Array;
  readonly dtype: FeatureDType;
  readonly splitsDType: "int32" | "int64";
}

/** One feature that ParseExample is asked for. */
export type FeatureSpec = DenseFeature | VarLenFeature | SparseFeature | RaggedFeature;

/** The features that one parsing op gives, in the order of its outputs. */
export interface ExampleSpec {
  readonly dense: readonly (DenseFeature | VarLenFeature)[];
  readonly sparse: readonly SparseFeature[];
  readonly ragged: readonly RaggedFeature[];
}

/** A dense feature's declared shape: whether its first dimension varies, and the elements of a row or of all. */
export interface DenseShape {
  readonly shape: readonly number[];
  readonly variableLength: boolean;
  readonly stride: number;
}

/** Reads `dense_shapes` as TensorFlow's ParseExampleAttrs does; INVALID_ARGUMENT for unknown ranks and unknown inner sizes. */
export function denseShapes(shapes: readonly PartialShape[]): DenseShape[] {
  return shapes.map((shape, i) => {
    if (shape === undefined || shape.slice(1).some((size) => size < 0)) {
      throw invalidArgument(`dense_shapes[${i}] has unknown rank or unknown inner dimensions: ${shapeText(shape)}`);
    }
    const variableLength = shape.length > 0 && shape[0]! < 0;
    return { shape, variableLength, stride: elementCount(variableLength ? shape.slice(1) : shape) };
  });
}

/** The dense features of keys, dtypes, shapes and defaults, checked as TensorFlow's kernel checks them before it parses. */
export function denseFeatures(
  keys: readonly Uint8Array[],
  dtypes: readonly DType[],
  shapes: readonly DenseShape[],
  defaults: readonly TensorValue[],
): (DenseFeature | VarLenFeature)[] {
  return dtypes.map((dtype, d) => {
    const { shape, variableLength, stride } = shapes[d]!;
    const defaultValue = defaults[d]!;
    const elements = elementCount(defaultValue.shape);
    if (variableLength && elements !== 1) {
      throw invalidArgument(
        `dense_shape[${d}] is a variable length shape: ${shapeText(shape)}, therefore def_value[${d}] must contain a single element (the padding element).  But its shape is: ${shapeText(defaultValue.shape)}`,
      );
    }
    if (!variableLength && elements > 0 && !isCompatible(shape, defaultValue.shape)) {
      throw invalidArgument(
        `def_value[${d}].shape() == ${shapeText(defaultValue.shape)} is not compatible with dense_shapes_[${d}] == ${shapeText(shape)}`,
      );
    }
    const kind = variableLength ? "varLen" : "dense";
    return { kind, key: keys[d]!, dtype: dtype as FeatureDType, shape, stride, defaultValue };
  });
}

/** All features of a spec in one list, dense before sparse before ragged; INTERNAL, as in TensorFlow, where two have one key. */
export function allFeatures(spec: ExampleSpec): FeatureSpec[] {
  const features = [...spec.dense, ...spec.sparse, ...spec.ragged];
  if (new Set(features.map((feature) => byteKey(feature.key))).size < features.length) {
    throw internal("Could not avoid collision. This should not happen.");
  }
  return features;
}
