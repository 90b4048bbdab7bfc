import { checkOptions } from "../../core/check-options.js";
import { toTensor } from "../../core/tensor-value.js";
import { build } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { type ChannelOrder, isFirst } from "./channel-order.js";

/**
 * Keeps the batch and makes the rest one dimension (`tf.layers.flatten`); all but the batch must be known.
 *
 * With `dataFormat` "channelsFirst" the channels are moved to the end before that, so that weights behind it fit either order.
 */
export function flatten(
  inputs: Tensor,
  options: { readonly dataFormat?: ChannelOrder; readonly name?: string } = {},
): Tensor {
  checkOptions("flatten", options, { dataFormat: "optional", name: "optional" });
  return nameScope(options.name ?? "flatten", () => {
    const rank = inputs.shape?.length ?? 0;
    const moved = isFirst(options.dataFormat) && rank > 2;
    const order = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
    const x = moved ? build("Transpose", [inputs, toTensor(order, "int32")], {}, "transpose") : inputs;
    const rest = x.shape?.slice(1);
    const known = rest?.every((size) => size >= 0) === true;
    const size = known ? rest!.reduce((product, n) => product * n, 1) : -1;
    const batch = known ? -1 : (x.shape?.[0] ?? -1);
    return build("Reshape", [x, toTensor([batch, size], "int32")], {}, "Reshape");
  });
}
