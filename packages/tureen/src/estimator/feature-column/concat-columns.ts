import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { scalarInt } from "./graph-shape.js";

/** The tensors side by side along `axis`; a single one as it is, which `tf.concat` names `concat/concat`. */
export function concatColumns(tensors: readonly Tensor[], axis: number): Tensor {
  if (tensors.length > 1) return build("ConcatV2", [tensors, scalarInt(axis)], {}, "concat");
  return nameScope("concat", () => {
    constant(scalarInt(axis), undefined, "concat_dim");
    return build("Identity", [tensors[0]!], {}, "concat");
  });
}
