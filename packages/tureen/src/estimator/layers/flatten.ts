import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";

/** Keeps the batch and makes the rest one dimension (`tf.keras.layers.Flatten`); all but the batch must be known. */
export function flatten(x: Tensor, options: { readonly name?: string } = {}): Tensor {
  return nameScope(options.name ?? "flatten", () => {
    const rest = x.shape?.slice(1);
    const known = rest?.every((size) => size >= 0) === true;
    const size = known ? rest!.reduce((product, n) => product * n, 1) : -1;
    const batch = known ? -1 : (x.shape?.[0] ?? -1);
    return build("Reshape", [x, toTensor([batch, size], "int32")], {}, "Reshape");
  });
}
