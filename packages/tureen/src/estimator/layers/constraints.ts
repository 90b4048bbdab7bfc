import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import type { Constraint } from "../../graph/variable.js";
import { add, cast, div, greaterEqual, maximum, minimum, mul, unary } from "../nn/arithmetic.js";

/** Keras's `backend.epsilon()`, which keeps norms of 0 from being divided by. */
const epsilon = 1e-7;

/** The axes along which a norm is taken; 0, Keras's default, takes it for each unit of a dense kernel. */
export interface NormOptions {
  readonly axis?: number | readonly number[];
}

/** The same for `checkOptions`. */
const normOptionsTable: OptionTable<NormOptions> = { axis: "optional" };

function norms(weights: Tensor, axis: number | readonly number[] = 0): Tensor {
  const axes = constant(typeof axis === "number" ? axis : [...axis], "int32", "reduction_indices");
  return unary("Sqrt", build("Sum", [unary("Square", weights), axes], { keep_dims: true }, "Sum"));
}

function clipped(values: Tensor, low: number, high: number): Tensor {
  return maximum(minimum(values, high), low);
}

/** Scales down what has an L2 norm above `maxValue` along the axes (`tf.keras.constraints.MaxNorm`). */
export function maxNorm(options: NormOptions & { readonly maxValue?: number } = {}): Constraint {
  checkOptions("maxNorm", options, { ...normOptionsTable, maxValue: "optional" });
  const { maxValue = 2, axis } = options;
  return (weights) => {
    const lengths = norms(weights, axis);
    return mul(weights, div(clipped(lengths, 0, maxValue), add(lengths, epsilon)));
  };
}

/** Sets what is below 0 to 0 (`tf.keras.constraints.NonNeg`). */
export function nonNeg(): Constraint {
  return (weights) => mul(weights, cast(greaterEqual(weights, 0), weights.dtype));
}

/** Scales to an L2 norm of 1 along the axes (`tf.keras.constraints.UnitNorm`). */
export function unitNorm(options: NormOptions = {}): Constraint {
  checkOptions("unitNorm", options, normOptionsTable);
  return (weights) => div(weights, add(norms(weights, options.axis), epsilon));
}

/**
 * Brings L2 norms along the axes between two bounds (`tf.keras.constraints.MinMaxNorm`): by all of the way with `rate` 1, the default, or by a
 * share of it.
 */
export function minMaxNorm(
  options: NormOptions & { readonly minValue?: number; readonly maxValue?: number; readonly rate?: number } = {},
): Constraint {
  checkOptions("minMaxNorm", options, {
    ...normOptionsTable,
    minValue: "optional",
    maxValue: "optional",
    rate: "optional",
  });
  const { minValue = 0, maxValue = 1, rate = 1, axis } = options;
  return (weights) => {
    const lengths = norms(weights, axis);
    const wanted = add(mul(clipped(lengths, minValue, maxValue), rate), mul(lengths, 1 - rate));
    return mul(weights, div(wanted, add(lengths, epsilon)));
  };
}
