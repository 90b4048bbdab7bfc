import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Variable } from "../../graph/variable.js";
import { cast, div, sub } from "./arithmetic.js";
import { reduceSum } from "./tensor-shape.js";

/** The fraction of elements that are zero, a float32 scalar (`tf.math.zero_fraction`). */
export function zeroFraction(value: Tensor): Tensor {
  return nameScope("zero_fraction", () => {
    const size = build("Size", [value], { out_type: "int64" }, "Size");
    const nonzero = countNonzero(value);
    const fraction = nameScope("counts_to_fraction", () =>
      div(cast(sub(size, nonzero), "float32"), cast(size, "float32")),
    );
    return build("Identity", [fraction], {}, "fraction");
  });
}

/** The fraction of zeros among all elements of several variables, a float32 scalar. */
export function zeroFractionOfVariables(variables: readonly Variable[]): Tensor {
  return nameScope("zero_fraction", () => {
    const values = nameScope("total_size", () => variables.map((variable) => variable.read()));
    const sizes = values.map((value) => value.shape!.reduce((product, size) => product * size, 1));
    const nonzero = nameScope("total_zero", () => build("AddN", [values.map(countNonzero)], {}, "AddN"));
    const total = constant(BigInt(sizes.reduce((sum, size) => sum + size, 0)), "int64", "total_size/AddN");
    const fraction = nameScope("compute", () =>
      div(cast(sub(total, nonzero), "float32"), cast(total, "float32", "float32_size")),
    );
    return build("Identity", [fraction], {}, "zero_fraction_or_nan");
  });
}

function countNonzero(value: Tensor): Tensor {
  return nameScope("count_nonzero", () => {
    const zero = constant(0, value.dtype, "zeros");
    const notZero = build("NotEqual", [value, zero], {}, "NotEqual");
    return reduceSum(cast(notZero, "int64"), undefined, "nonzero_count");
  });
}
