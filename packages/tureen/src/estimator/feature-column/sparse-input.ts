import { type DType, isIntegerDType } from "../../core/dtype.js";
import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import type { ColumnInput } from "./feature-rank.js";
import { castTo, shapeOf } from "./graph-shape.js";

/** A feature as a sparse tensor: a dense one loses its empty strings, its -1 or, for floats and where `ignored` says so, its zeros. */
export function toSparseInput(input: ColumnInput, ignored?: 0): SparseTensor {
  if (input instanceof SparseTensor) return input;
  return nameScope("to_sparse_input", () => {
    const notEqual = build("NotEqual", [input, ignoredValue(input.dtype, ignored)], {}, "NotEqual");
    const indices = build("Where", [notEqual], {}, "indices");
    const values = build("GatherNd", [input, indices], {}, "values");
    return new SparseTensor(indices, values, shapeOf(input, "int64", "dense_shape"));
  });
}

function ignoredValue(dtype: DType, ignored: 0 | undefined): Tensor {
  return nameScope("ignore_value", (scope) => {
    if (dtype === "string") return constant(scalarValue("string", ""), undefined, "x");
    if (ignored !== undefined || !isIntegerDType(dtype)) {
      return castTo(constant(scalarValue("float32", 0), undefined, "x"), dtype, scope);
    }
    // Python's -1 is an int32 before it is cast.
    return castTo(constant(scalarValue("int32", -1), undefined, "x"), dtype, scope);
  });
}
