import { checkOptions } from "../../core/check-options.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, div, mul, sub, unary } from "./arithmetic.js";
import { reduceSum, shapeOf } from "./tensor-shape.js";

/** Sums that mean and variance follow from. */
export interface SufficientStatistics {
  /** How many elements were summed. */
  readonly counts: Tensor;
  /** The sum of the elements, shifted where there is a shift. */
  readonly meanSs: Tensor;
  /** The sum of their squares. */
  readonly varianceSs: Tensor;
  readonly shift: Tensor | undefined;
}

/** Count, sum and sum of squares over axes (`tf.nn.sufficient_statistics`); a `shift` near the mean keeps the squares exact. */
export function sufficientStatistics(
  x: Tensor,
  axes: readonly number[],
  options: { readonly shift?: TensorLike; readonly keepDims?: boolean; readonly name?: string } = {},
): SufficientStatistics {
  checkOptions("sufficientStatistics", options, { shift: "optional", keepDims: "optional", name: "optional" });
  return nameScope(options.name ?? "sufficient_statistics", () => {
    const where = constant([...axes], "int32", "axes");
    const counts = cast(
      build("Prod", [build("GatherV2", [shapeOf(x), where, constant(0, "int32")]), constant(0, "int32")]),
      x.dtype,
    );
    const { shift: given } = options;
    const shift = given === undefined || given instanceof Tensor ? given : constant(given, x.dtype, "shift");
    const keep = { keep_dims: options.keepDims === true };
    const centered = shift === undefined ? x : sub(x, shift);
    const squares = shift === undefined ? unary("Square", x) : build("SquaredDifference", [x, shift], {}, "var_ss");
    return {
      counts,
      meanSs: build("Sum", [centered, where], keep, "mean_ss"),
      varianceSs: build("Sum", [squares, where], keep, "var_ss"),
      shift,
    };
  });
}

/** Mean and variance of sufficient statistics (`tf.nn.normalize_moments`). */
export function normalizeMoments(
  counts: Tensor,
  meanSs: Tensor,
  varianceSs: Tensor,
  options: { readonly shift?: Tensor; readonly name?: string } = {},
): { readonly mean: Tensor; readonly variance: Tensor } {
  checkOptions("normalizeMoments", options, { shift: "optional", name: "optional" });
  return nameScope(options.name ?? "normalize", () => {
    const { shift } = options;
    const divisor = div(1, counts, "divisor");
    const shifted = mul(meanSs, divisor);
    const mean = shift === undefined ? shifted : add(shifted, shift, "mean");
    return { mean, variance: sub(mul(varianceSs, divisor), unary("Square", shifted), "variance") };
  });
}

/** The sum of the examples' losses, weighed where there are weights, over the size of the whole batch (`tf.nn.compute_average_loss`). */
export function computeAverageLoss(
  perExampleLoss: Tensor,
  options: { readonly sampleWeight?: TensorLike; readonly globalBatchSize?: number } = {},
): Tensor {
  checkOptions("computeAverageLoss", options, { sampleWeight: "optional", globalBatchSize: "optional" });
  const { sampleWeight, globalBatchSize } = options;
  const weighted = sampleWeight === undefined ? perExampleLoss : mul(perExampleLoss, sampleWeight);
  const size =
    globalBatchSize ??
    cast(build("GatherV2", [shapeOf(perExampleLoss), constant(0, "int32"), constant(0, "int32")]), "float32");
  return div(reduceSum(weighted), size instanceof Tensor ? cast(size, perExampleLoss.dtype) : size);
}
