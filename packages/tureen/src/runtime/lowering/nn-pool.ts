import type { Lowering, LoweringTable, OnnxAttrs } from "../lowering.js";
import { fromChannelsFirst, imageFormat, toChannelsFirst } from "./support/channels.js";
import { single } from "./support/dtypes.js";
import { coveringWindow, windowPlan } from "./support/window.js";

function pool(type: string, attrs: OnnxAttrs): Lowering {
  return (node, onnx) => {
    const format = imageFormat(node, 0, 4);
    if (format === undefined || !single.includes(node.inputTypes[0]!)) return undefined;
    const ksize = node.attrs.ints("ksize");
    const window = format.spatial.map((axis) => ksize[axis]!);
    if (ksize[0] !== 1 || ksize[format.channelAxis] !== 1 || node.attrs.text("padding") === "EXPLICIT")
      return undefined;
    const plan = windowPlan(node, format, node.shape(0), window);
    const input = plan === undefined ? undefined : coveringWindow(node, onnx, node.input(0), format, plan, window);
    if (plan === undefined || input === undefined) return undefined;
    // Where strides leap over pixels, ONNX Runtime's automatic padding comes out negative and is refused.
    if ("auto_pad" in plan.padding && window.some((size, i) => size < plan.strides[i]!)) return undefined;
    const y = onnx.op(type, [toChannelsFirst(onnx, input, format)], {
      kernel_shape: window,
      strides: plan.strides,
      ...plan.padding,
      ...attrs,
    });
    return [fromChannelsFirst(onnx, y, format)];
  };
}

/** ONNX lowerings of pooling. */
export const nnPoolLowerings: LoweringTable = {
  AvgPool: pool("AveragePool", { count_include_pad: 0 }),
  MaxPool: pool("MaxPool", {}),
};
