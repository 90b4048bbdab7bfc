import { type DType, isFloatingDType } from "../../core/dtype.js";
import { build } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { raggedOf } from "../../graph/ragged-tensor.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { Features, FeatureTensor } from "../model-fn.js";
import { compareText } from "./compare-text.js";

/**
 * The features with floats of every width as float32, in the order of their keys.
 *
 * TensorFlow 2's estimators are Keras models, and those cast what they are called with, features that no column reads included.
 */
export function castFeatures(features: Features): Features {
  const needed = Object.values(features).some((feature) => needsCast(feature.dtype));
  if (!needed) return features;
  const keys = Object.keys(features).sort(compareText);
  return Object.fromEntries(keys.map((key) => [key, castFeature(features[key]!)]));
}

function needsCast(dtype: DType): boolean {
  return isFloatingDType(dtype) && dtype !== "float32";
}

function castFeature(feature: FeatureTensor): FeatureTensor {
  if (!needsCast(feature.dtype)) return feature;
  const cast = (values: Tensor): Tensor => build("Cast", [values], { DstT: "float32" }, "Cast");
  if (feature instanceof Tensor) return cast(feature);
  return feature instanceof SparseTensor
    ? new SparseTensor(feature.indices, cast(feature.values), feature.denseShape)
    : raggedOf(cast(feature.flatValues), feature.nestedRowSplits);
}
