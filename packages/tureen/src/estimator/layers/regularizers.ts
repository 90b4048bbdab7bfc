import { checkOptions } from "../../core/check-options.js";
import { build } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { add, div, mul, unary } from "../nn/arithmetic.js";
import { reduceSum, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** From a layer's weights to a penalty, a scalar. */
export type Regularizer = (weights: Tensor) => Tensor;

/** `l1` times the sum of absolute values (`tf.keras.regularizers.L1`). */
export function l1Regularizer(l1 = 0.01): Regularizer {
  return (weights) => mul(reduceSum(unary("Abs", weights)), l1);
}

/** `l2` times the sum of squares (`tf.keras.regularizers.L2`). */
export function l2Regularizer(l2 = 0.01): Regularizer {
  return (weights) => mul(reduceSum(unary("Square", weights)), l2);
}

/** The sum of both penalties (`tf.keras.regularizers.L1L2`). */
export function l1L2Regularizer(options: { readonly l1?: number; readonly l2?: number } = {}): Regularizer {
  checkOptions("l1L2Regularizer", options, { l1: "optional", l2: "optional" });
  const { l1 = 0.01, l2 = 0.01 } = options;
  return (weights) => add(l1Regularizer(l1)(weights), l2Regularizer(l2)(weights));
}

/** Adds the penalty of a layer's outputs to the regularization losses, by row of the batch, and gives the outputs. */
export function regularizeActivity(outputs: Tensor, regularizer: Regularizer | undefined): Tensor {
  if (regularizer === undefined) return outputs;
  nameScope("ActivityRegularizer", () => {
    const rows = build(
      "Cast",
      [sliceFirst(shapeOf(outputs), { begin: 0, shrink: true })],
      { DstT: outputs.dtype },
      "Cast",
    );
    currentGraph().addToCollection(collectionKeys.regularizationLosses, div(regularizer(outputs), rows));
  });
  return outputs;
}

/** Adds a variable's penalty to the regularization losses, which `getTotalLoss` sums. */
export function regularize(variable: Variable, regularizer: Regularizer | undefined): void {
  if (regularizer === undefined) return;
  currentGraph().addToCollection(collectionKeys.regularizationLosses, regularizer(variable.read()));
}
