import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import { castTo, scalarInt, scalarLong, shapeOf, sliceOf, sparseShapeOf } from "./graph-shape.js";
import { onesLike } from "./ones-like.js";

/** The length of each row of a sparse tensor, int64 [batch]: its last column plus one, in steps of `elements` columns. */
export function sequenceLength(sparse: SparseTensor, elements = 1): Tensor {
  return nameScope("sequence_length", (scope) => {
    const rows = sliceOf(sparse.indices, [{}, 0]);
    const columns = sliceOf(sparse.indices, [{}, 1]);
    const counts = build("AddV2", [columns, onesLike(columns, columns.dtype)], {}, "add");
    const longest = build("SegmentMax", [counts, rows], {}, "SegmentMax");
    const steps = nameScope("truediv", (division) => {
      const divisor = constant(scalarLong(elements), undefined, "y");
      const [x, y] = [castTo(longest, "float64"), castTo(divisor, "float64")];
      return build("RealDiv", [x, y], {}, division);
    });
    const lengths = castTo(build("Ceil", [steps], {}, "Ceil"), "int64");
    const batch = sliceOf(sparseShapeOf(sparse), [{ to: 1 }]);
    const known = sliceOf(shapeOf(lengths), [{ to: 1 }]);
    const missing = build("Sub", [batch, known], {}, "sub");
    const padding = nameScope("zeros", (zeros) =>
      build("Fill", [missing, constant(scalarValue("int64", 0), undefined, "Const")], {}, zeros),
    );
    return build("ConcatV2", [[lengths, padding], scalarInt(0)], {}, scope);
  });
}
