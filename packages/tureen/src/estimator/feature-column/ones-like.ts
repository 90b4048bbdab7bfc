import type { DType } from "../../core/dtype.js";
import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { shapeOf } from "./graph-shape.js";

/** Ones in the shape of a tensor, of any dtype (`tf.ones_like`). */
export function onesLike(tensor: Tensor, dtype: DType): Tensor {
  return nameScope("ones_like", (scope) => {
    const shape = shapeOf(tensor);
    return build("Fill", [shape, constant(scalarValue(dtype, 1), undefined, "Const")], {}, scope);
  });
}
