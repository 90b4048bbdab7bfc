import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, sub, unary } from "../nn/arithmetic.js";
import { rankOf } from "../nn/tensor-shape.js";

/** Options of reductions. */
export interface ReduceOptions {
  /** Default: all axes. */
  readonly axis?: number | readonly number[];
  readonly keepDims?: boolean;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const reduceOptionsTable: OptionTable<ReduceOptions> = {
  axis: "optional",
  keepDims: "optional",
  name: "optional",
};

/** A reduction by TensorFlow's name. */
export type Reduce = (input: Tensor, options?: ReduceOptions) => Tensor;

function axesOf(x: Tensor, axis: ReduceOptions["axis"]): Tensor {
  if (axis !== undefined) return constant(typeof axis === "number" ? axis : [...axis], "int32", "axis");
  if (x.shape === undefined)
    return build("Range", [constant(0, "int32"), rankOf(x), constant(1, "int32")], {}, "range");
  return constant(
    { dtype: "int32", shape: [x.shape.length], data: Int32Array.from(x.shape.keys()) },
    undefined,
    "axis",
  );
}

function reduction(op: "Sum" | "Mean" | "Max" | "Min" | "Prod" | "All" | "Any"): Reduce {
  return (input, options = {}) => {
    checkOptions(`reduce${op}`, options, reduceOptionsTable);
    return build(
      op,
      [input, axesOf(input, options.axis)],
      { keep_dims: options.keepDims === true },
      options.name ?? op,
    );
  };
}

/** The sum (`tf.reduce_sum`). */
export const reduceSum: Reduce = reduction("Sum");
/** The mean (`tf.reduce_mean`). */
export const reduceMean: Reduce = reduction("Mean");
/** The greatest (`tf.reduce_max`). */
export const reduceMax: Reduce = reduction("Max");
/** The least (`tf.reduce_min`). */
export const reduceMin: Reduce = reduction("Min");
/** The product (`tf.reduce_prod`). */
export const reduceProd: Reduce = reduction("Prod");
/** Whether all are true (`tf.reduce_all`). */
export const reduceAll: Reduce = reduction("All");
/** Whether any is true (`tf.reduce_any`). */
export const reduceAny: Reduce = reduction("Any");

/** The mean squared distance from the mean (`tf.math.reduce_variance`). */
export const reduceVariance: Reduce = (input, options = {}) => {
  checkOptions("reduceVariance", options, reduceOptionsTable);
  return nameScope(options.name ?? "reduce_variance", () => {
    const mean = reduceMean(input, { ...options, keepDims: true, name: "Mean" });
    return reduceMean(unary("Square", sub(input, mean)), { ...options, name: "Mean_1" });
  });
};

/** The root of `reduceVariance` (`tf.math.reduce_std`). */
export const reduceStd: Reduce = (input, options = {}) => {
  checkOptions("reduceStd", options, reduceOptionsTable);
  return nameScope(options.name ?? "reduce_std", () =>
    unary("Sqrt", reduceVariance(input, { ...options, name: "reduce_variance" })),
  );
};

/** The logarithm of the sum of exponentials, without overflow (`tf.reduce_logsumexp`). */
export const reduceLogsumexp: Reduce = (input, options = {}) => {
  checkOptions("reduceLogsumexp", options, reduceOptionsTable);
  return nameScope(options.name ?? "ReduceLogSumExp", () => {
    const most = reduceMax(input, { ...options, keepDims: true, name: "Max" });
    const finite = build("IsFinite", [most], {}, "IsFinite");
    const shift = build(
      "StopGradient",
      [build("SelectV2", [finite, most, build("ZerosLike", [most], {}, "zeros_like")], {}, "SelectV2")],
      {},
      "StopGradient",
    );
    const sum = reduceSum(unary("Exp", sub(input, shift)), { ...options, name: "Sum" });
    const back =
      options.keepDims === true ? shift : build("Reshape", [shift, build("Shape", [sum], {}, "Shape")], {}, "Reshape");
    return add(unary("Log", sum), back);
  });
};
