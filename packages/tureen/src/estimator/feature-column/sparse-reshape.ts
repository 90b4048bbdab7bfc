import { build, buildOp } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { SparseTensor } from "../../graph/sparse-tensor.js";
import { castTo, elementAt, packScalars, sparseShapeOf } from "./graph-shape.js";

/** A sparse tensor under another int64 shape (`tf.sparse.reshape`). */
export function reshapeSparse(sparse: SparseTensor, shape: Tensor): SparseTensor {
  return nameScope("SparseReshape", (scope) => {
    const { outputs } = buildOp("SparseReshape", [sparse.indices, sparse.denseShape, shape], {}, scope);
    return new SparseTensor(outputs[0]!, build("Identity", [sparse.values], {}, "Identity"), outputs[1]!);
  });
}

/** Sizes as the int64 shape that `reshapeSparse` takes; int32 sizes are cast, which `tf.cast` of a list names `Cast/x` and `Cast`. */
export function sparseTargetShape(sizes: readonly (Tensor | number)[], dtype: "int32" | "int64"): Tensor {
  return nameScope("Cast", (scope) => {
    const packed = packScalars(sizes, dtype, "x");
    return castTo(packed, "int64", scope);
  });
}

/** A sparse tensor of [rows, n] whatever rank it had: the second dimension is `columns`, -1 for as many as there are. */
export function sparseRows(sparse: SparseTensor, columns: -1 | 1): SparseTensor {
  return reshapeSparse(sparse, sparseTargetShape([elementAt(sparseShapeOf(sparse), 0), columns], "int32"));
}
