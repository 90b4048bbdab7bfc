import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { zeros } from "../../core/tensor-value.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, maximum, minimum } from "../nn/arithmetic.js";

/** Options of `bincount`. */
export interface BincountOptions extends NamedOptions {
  /** What each element counts, of the same shape; default 1. */
  readonly weights?: Tensor | undefined;
  /** How many bins there are at least. */
  readonly minlength?: number | Tensor | undefined;
  /** How many bins there are at most: greater numbers count nowhere. */
  readonly maxlength?: number | Tensor | undefined;
  /** The dtype of counts without weights; default int32. */
  readonly dtype?: DType | undefined;
}

/** How often each whole number from 0 on is among the elements (`tf.math.bincount`): as many bins as the greatest one asks for. */
export function bincount(arr: Tensor, options: BincountOptions = {}): Tensor {
  checkOptions("bincount", options, {
    weights: "optional",
    minlength: "optional",
    maxlength: "optional",
    dtype: "optional",
    name: "optional",
  });
  const { weights, minlength, maxlength, dtype = "int32" } = options;
  return nameScope(options.name ?? "bincount", () => {
    const whole = (value: number | Tensor): Tensor => (value instanceof Tensor ? value : constant(value, "int32"));
    const numbers = arr.dtype === "int32" ? arr : build("Cast", [arr], { DstT: "int32" });
    const flat = build("Reshape", [numbers, constant([-1], "int32")]);
    const isThere = build("Cast", [build("Greater", [build("Size", [flat]), constant(0, "int32")])], { DstT: "int32" });
    const greatest = build("Max", [build("ConcatV2", [[flat, constant([-1], "int32")], 0]), constant([0], "int32")]);
    let size = build("Mul", [isThere, add(greatest, constant(1, "int32"))]);
    if (minlength !== undefined) size = maximum(whole(minlength), size);
    if (maxlength !== undefined) size = minimum(whole(maxlength), size);
    const counts =
      weights === undefined ? constant(zeros(dtype, [0])) : build("Reshape", [weights, constant([-1], "int32")]);
    return build("Bincount", [flat, size, counts]);
  });
}

/** Options of `histogramFixedWidth`. */
export interface HistogramOptions extends NamedOptions {
  /** Default 100. */
  readonly nbins?: number | undefined;
  /** int32 (default) or int64. */
  readonly dtype?: DType | undefined;
}

/** How many values fall into each of `nbins` bins of one width over a range [2]; values beyond it count in the outermost (`tf.histogram_fixed_width`). */
export function histogramFixedWidth(values: Tensor, valueRange: TensorLike, options: HistogramOptions = {}): Tensor {
  checkOptions("histogramFixedWidth", options, { nbins: "optional", dtype: "optional", name: "optional" });
  const { nbins = 100, dtype = "int32", name = "histogram_fixed_width" } = options;
  const bounds = asTensor(valueRange, values.dtype, "value_range");
  return build("HistogramFixedWidth", [values, bounds, constant(nbins, "int32", "nbins")], { dtype }, name);
}
