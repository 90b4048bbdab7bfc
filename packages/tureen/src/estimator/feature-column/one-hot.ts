import { scalarValue } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { scalarInt } from "./graph-shape.js";

/** Float32 ones at the ids along a new last dimension; an id outside of [0, depth) gives zeros. */
export function oneHot(ids: Tensor, depth: number): Tensor {
  return nameScope("one_hot", (scope) => {
    const on = constant(scalarValue("float32", 1), undefined, "Const");
    const off = constant(scalarValue("float32", 0), undefined, "Const");
    return build("OneHot", [ids, constant(scalarInt(depth), undefined, "depth"), on, off], {}, scope);
  });
}
