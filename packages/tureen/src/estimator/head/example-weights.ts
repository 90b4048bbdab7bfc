import { isFloatingDType, isIntegerDType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { RaggedTensor } from "../../graph/ragged-tensor.js";
import { controlDependencies, nameScope } from "../../graph/scope.js";
import type { Features } from "../model-fn.js";
import { cast, equal } from "../nn/arithmetic.js";
import { assertEqual, assertTrue } from "../nn/assertions.js";
import { notConvertible } from "../nn/not-convertible.js";
import { concat, expandDims, reduceAll, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** The feature that weighs examples: its key, or a numeric column. */
export type WeightColumn =
  | string
  | { readonly key: string; readonly normalizerFn?: ((x: Tensor) => Tensor) | undefined };

/** The key of a weight column, undefined for none. */
export function weightColumnKey(column: WeightColumn | undefined): string | undefined {
  return column === undefined || typeof column === "string" ? column : column.key;
}

/**
 * The weights of a batch as float32 [D0, ..., DN, 1], or [..., logits dimension] where `perLogit` allows it; undefined without a column.
 *
 * INVALID_ARGUMENT with TensorFlow's texts where they are missing, no numbers, or do not fit the logits (when run).
 */
export function exampleWeights(
  features: Features,
  column: WeightColumn | undefined,
  logits: Tensor,
  perLogit = false,
): Tensor | undefined {
  if (column === undefined) return undefined;
  const key = weightColumnKey(column);
  if (key === undefined || typeof key !== "string") {
    throw invalidArgument(`Weight column must be either a string or NumericColumn. Given type: ${typeof column}.`);
  }
  const message = perLogit
    ? "weights shape must be [D0, D1, ... DN], [D0, D1, ... DN, 1] or [D0, D1, ... DN, logits_dimension]"
    : "weights shape must be [D0, D1, ... DN] or [D0, D1, ... DN, 1]";
  return nameScope("weights", (scope) => {
    const weights = numericFeature(features, key, column);
    const weightsShape = shapeOf(weights, "weights_shape");
    const logitsShape = shapeOf(logits, "logits_shape");
    const data = ["logits_shape: ", logitsShape, "weights_shape: ", weightsShape];
    const ranks = [weights.shape?.length, logits.shape?.length] as const;
    if (ranks[0] !== undefined && ranks[1] !== undefined && ranks[0] === ranks[1] - 1) {
      const check = assertEqual(sliceFirst(logitsShape, { end: -1 }), weightsShape, [message, ...data]);
      return controlDependencies([check], () => expandDims(weights, -1, scope));
    }
    const perExample = concat([sliceFirst(logitsShape, { end: -1 }), constant([1], "int32", "concat/values_1")], 0);
    const check = perLogit
      ? assertTrue(eitherShape(weightsShape, logitsShape, perExample), [message, ...data])
      : assertEqual(perExample, weightsShape, [message, ...data]);
    return controlDependencies([check], () => build("Identity", [weights], {}, scope));
  });
}

function numericFeature(features: Features, key: string, column: WeightColumn): Tensor {
  const feature = features[key];
  if (feature === undefined) throw invalidArgument(`Feature ${key} is not in features dictionary.`);
  if (feature instanceof RaggedTensor) throw notConvertible(feature);
  if (!(feature instanceof Tensor)) {
    throw invalidArgument(
      `The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. key: ${key}`,
    );
  }
  if (!isFloatingDType(feature.dtype) && !isIntegerDType(feature.dtype)) {
    throw invalidArgument(`Weight column should be castable to float. Given dtype: ${feature.dtype}`);
  }
  // A batch of scalars is a column of numbers.
  const dense = feature.shape?.length === 1 ? expandDims(feature, -1) : feature;
  const normalize = typeof column === "string" ? undefined : column.normalizerFn;
  return cast(normalize === undefined ? dense : normalize(dense), "float32");
}

/** The number of dimensions decides first: comparing shapes of different lengths would not broadcast. */
function eitherShape(actual: Tensor, whole: Tensor, perExample: Tensor): Tensor {
  const all = reduceAll(equal(whole, actual));
  const allPerExample = reduceAll(equal(perExample, actual));
  return build("LogicalOr", [all, allPerExample], {}, "Any");
}
