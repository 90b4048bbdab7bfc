import type { Lowering, LoweringTable } from "../lowering.js";
import { asInt64 } from "./array-shape.js";
import { fromChannelsFirst, imageFormat, toChannelsFirst } from "./support/channels.js";
import { single } from "./support/dtypes.js";
import { coveringWindow, samePadding, windowPlan } from "./support/window.js";

const conv2d: Lowering = (node, onnx) => {
  const format = imageFormat(node, 0, 4);
  const filter = node.shape(1);
  if (
    format === undefined ||
    filter?.length !== 4 ||
    filter.some((size) => size < 1) ||
    !single.includes(node.inputTypes[0]!)
  )
    return undefined;
  const shape = node.shape(0)!;
  const channels = shape[format.channelAxis]!;
  const [height, width, depth, outputs] = filter as [number, number, number, number];
  // TensorFlow takes a multiple of the filter's channels for a grouped convolution.
  if (channels < 1 || channels % depth !== 0 || outputs % (channels / depth) !== 0) return undefined;
  const plan = windowPlan(node, format, shape, [height, width]);
  const input =
    plan === undefined ? undefined : coveringWindow(node, onnx, node.input(0), format, plan, [height, width]);
  if (plan === undefined || input === undefined) return undefined;
  const x = toChannelsFirst(onnx, input, format);
  const weights = onnx.op("Transpose", [node.input(1)], { perm: [3, 2, 0, 1] });
  const y = onnx.op("Conv", [x, weights], {
    strides: plan.strides,
    dilations: plan.dilations,
    group: channels / depth,
    kernel_shape: [height, width],
    ...plan.padding,
  });
  return [fromChannelsFirst(onnx, y, format)];
};

const depthwise: Lowering = (node, onnx) => {
  const format = imageFormat(node, 0, 4);
  const filter = node.shape(1);
  if (
    format === undefined ||
    filter?.length !== 4 ||
    filter.some((size) => size < 1) ||
    !single.includes(node.inputTypes[0]!)
  )
    return undefined;
  const shape = node.shape(0)!;
  const [height, width, channels, multiplier] = filter as [number, number, number, number];
  if (shape[format.channelAxis] !== channels) return undefined;
  const plan = windowPlan(node, format, shape, [height, width]);
  // TensorFlow has no kernel for strides that differ.
  if (plan !== undefined && plan.strides[0] !== plan.strides[1]) return undefined;
  const input =
    plan === undefined ? undefined : coveringWindow(node, onnx, node.input(0), format, plan, [height, width]);
  if (plan === undefined || input === undefined) return undefined;
  const flat = onnx.op("Reshape", [node.input(1), onnx.int64([height, width, 1, channels * multiplier])]);
  const y = onnx.op(
    "Conv",
    [toChannelsFirst(onnx, input, format), onnx.op("Transpose", [flat], { perm: [3, 2, 0, 1] })],
    {
      strides: plan.strides,
      dilations: plan.dilations,
      group: channels,
      kernel_shape: [height, width],
      ...plan.padding,
    },
  );
  return [fromChannelsFirst(onnx, y, format)];
};

/** A transposed convolution; height and width of the result must be known, as the padding follows from them. */
const conv2dBackpropInput: Lowering = (node, onnx) => {
  const format = imageFormat(node, 2, 4);
  const filter = node.shape(1);
  const output = node.outputShape(0);
  if (
    format === undefined ||
    filter?.length !== 4 ||
    filter.some((size) => size < 1) ||
    output?.length !== 4 ||
    !single.includes(node.inputTypes[1]!)
  )
    return undefined;
  const shape = node.shape(2)!;
  const [height, width, depth, outputs] = filter as [number, number, number, number];
  const window = [height, width];
  if (
    node.attrs.text("padding") === "EXPLICIT" ||
    output[format.channelAxis] !== depth ||
    shape[format.channelAxis] !== outputs
  )
    return undefined;
  const plan = windowPlan(node, format, output, window);
  if (plan === undefined) return undefined;
  const pads: [number, number][] = [];
  const extra: number[] = [];
  for (const [i, axis] of format.spatial.entries()) {
    const [large, small] = [output[axis]!, shape[axis]!];
    if (large < 0 || small < 0) return undefined;
    const [stride, dilation] = [plan.strides[i]!, plan.dilations[i]!];
    const pad =
      node.attrs.text("padding") === "SAME" ? samePadding(large, window[i]!, stride, dilation) : ([0, 0] as const);
    const rest = large - ((small - 1) * stride + (window[i]! - 1) * dilation + 1 - pad[0] - pad[1]);
    // Rows beyond the last window of a forward pass get no gradient: that is ONNX's output padding. Anything else is a wrong size.
    if (rest < 0 || rest >= stride) return undefined;
    pads.push([pad[0], pad[1]]);
    extra.push(rest);
  }
  const weights = onnx.op("Transpose", [node.input(1)], { perm: [3, 2, 0, 1] });
  const y = onnx.op("ConvTranspose", [toChannelsFirst(onnx, node.input(2), format), weights], {
    strides: plan.strides,
    dilations: plan.dilations,
    kernel_shape: window,
    pads: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)],
    output_padding: extra,
  });
  const result = fromChannelsFirst(onnx, y, format);
  // The batch size is given twice; where it is not known to agree, a reshape finds out.
  const agrees = output[0]! >= 0 && output[0] === shape[0];
  return [agrees ? result : onnx.op("Reshape", [result, asInt64(node, onnx, 0)], { allowzero: 1 })];
};

/**
 * The gradient of a convolution's filter: the convolution of input and gradient with batch and channels swapped, where strides and dilations
 * change places.
 */
const conv2dBackpropFilter: Lowering = (node, onnx) => {
  const format = imageFormat(node, 0, 4);
  const filter = node.outputShape(0);
  if (
    format === undefined ||
    filter?.length !== 4 ||
    filter.some((size) => size < 1) ||
    !single.includes(node.inputTypes[0]!)
  )
    return undefined;
  const shape = node.shape(0)!;
  const gradient = node.shape(2);
  if (gradient?.length !== 4 || node.attrs.text("padding") === "EXPLICIT") return undefined;
  const [height, width, depth, outputs] = filter as [number, number, number, number];
  if (shape[format.channelAxis] !== depth || gradient[format.channelAxis] !== outputs) return undefined;
  if (format.spatial.some((axis) => shape[axis]! < 0 || gradient[axis]! < 0)) return undefined;
  const plan = windowPlan(node, format, shape, [height, width]);
  if (plan === undefined || shape[0]! < 0 !== gradient[0]! < 0 || (shape[0]! >= 0 && shape[0] !== gradient[0]))
    return undefined;
  const swap = format.isChannelsFirst ? [1, 0, 2, 3] : [3, 0, 1, 2];
  const x = onnx.op("Transpose", [node.input(0)], { perm: swap });
  const dy = onnx.op("Transpose", [node.input(2)], { perm: swap });
  const y = onnx.op("Conv", [x, dy], { strides: plan.dilations, dilations: plan.strides, ...plan.padding });
  // Rows that no window reached make the result a little larger than the filter.
  const cut = onnx.op("Slice", [y, onnx.int64([0, 0]), onnx.int64([height, width]), onnx.int64([2, 3])]);
  return [onnx.op("Transpose", [cut], { perm: [2, 3, 0, 1] })];
};

/** ONNX lowerings of convolutions and their gradients. */
export const nnConvLowerings: LoweringTable = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNative: depthwise,
};
