import { toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { SparseTensor } from "../../graph/sparse-tensor.js";
import { concat, expandDims, shapeOf, sliceFirst } from "../nn/tensor-shape.js";

/** For each row of sparse ids which of `size` ids it holds: bool [D0, ..., size] (`tf.sparse.to_indicator`). */
export function sparseToIndicator(
  indices: Tensor,
  ids: Tensor,
  denseShape: SparseTensor["denseShape"],
  size: number,
): Tensor {
  return nameScope("SparseToIndicator", (scope) => {
    const count = sliceFirst(shapeOf(indices), { begin: 0, shrink: true });
    const present = build("Fill", [expandDims(count, 0), toTensor(true, "bool")], {}, "Fill");
    // The ids take the place of the last index: the columns are all of the indices but that.
    const columns = nameScope("strided_slice_1", (slice) =>
      build(
        "StridedSlice",
        [
          indices,
          constant([0, 0], "int32", "stack"),
          constant([0, -1], "int32", "stack_1"),
          constant([1, 1], "int32", "stack_2"),
        ],
        { begin_mask: 3, end_mask: 1 },
        slice,
      ),
    );
    const newIndices = concat([columns, expandDims(ids, -1)], 1);
    const newShape = concat([sliceFirst(denseShape, { end: -1 }), constant([BigInt(size)], "int64", "Cast")], 0);
    const ordered = buildOp("SparseReorder", [newIndices, present, newShape], {}, "SparseReorder");
    const missing = constant(false, "bool", "default_value");
    return build("SparseToDense", [ordered.outputs[0]!, newShape, ordered.outputs[1]!, missing], {}, scope);
  });
}
