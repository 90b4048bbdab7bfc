import type { DType } from "../../core/dtype.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import type { FloatArray } from "./linalg/gemm.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { channelsToFirst, channelsToLast } from "./nn/channel-order.js";
import {
  imageShape,
  placeWindow,
  requireRank,
  type Spatial,
  splitImage,
  type WindowAttrs,
  windowAttrs,
} from "./nn/conv-geometry.js";
import {
  type Convolution,
  convolve,
  convolveBackToFilter,
  convolveBackToInput,
  depthwise,
  depthwiseBack,
} from "./nn/convolve.js";

/** Elements as floats; int32 goes through float64, whose products and sums of such are exact. */
function floatsOf(value: TensorValue): FloatArray {
  return value.dtype === "int32" ? Float64Array.from(value.data as Int32Array) : realData(value);
}

function floatArray(dtype: DType, length: number): FloatArray {
  return dtype === "int32" ? new Float64Array(length) : realArray(dtype, length);
}

function floatsValue(dtype: DType, shape: Shape, data: FloatArray): TensorValue {
  if (dtype !== "int32") return realValue(dtype, shape, data);
  const wrapped = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) wrapped[i] = Number(BigInt.asIntN(32, BigInt(data[i]!)));
  return tensorValue("int32", shape, wrapped);
}

/** Channel-last data of an image tensor. */
function imageData(value: TensorValue, attrs: WindowAttrs): FloatArray {
  const data = floatsOf(value);
  return attrs.channelFirst ? channelsToLast(data, value.shape) : data;
}

/** An image tensor of channel-last data. */
function imageValue(dtype: DType, shape: Shape, data: FloatArray, attrs: WindowAttrs): TensorValue {
  return floatsValue(dtype, shape, attrs.channelFirst ? channelsToFirst(data, shape[0]!, shape[1]!) : data);
}

function filterWindow(filter: Shape): Spatial {
  const spatial = filter.slice(0, -2);
  return (spatial.length === 2 ? [1, ...spatial] : spatial) as unknown as Spatial;
}

function convolutionOf(input: Shape, filter: Shape, attrs: WindowAttrs): Convolution {
  const rank = attrs.spatialRank + 2;
  requireRank("convolution input", input, rank);
  requireRank("convolution filter", filter, rank);
  const { batch, spatial, channels } = splitImage(input, attrs);
  const [filterIn, outChannels] = filter.slice(-2) as [number, number];
  if (filterIn <= 0 || channels % filterIn !== 0) {
    throw invalidArgument(
      `${attrs.spatialRank === 2 ? "i" : "I"}nput depth must be evenly divisible by filter depth: ${channels} vs ${filterIn}`,
    );
  }
  const groups = channels / filterIn;
  if (outChannels % groups !== 0) {
    throw invalidArgument(`output depth must be evenly divisible by number of groups: ${outChannels} vs ${groups}`);
  }
  return {
    geometry: placeWindow(spatial, filterWindow(filter), attrs),
    batch,
    inChannels: channels,
    outChannels,
    groups,
  };
}

function outputShape(conv: Convolution, attrs: WindowAttrs): Shape {
  return imageShape(conv.batch, conv.geometry.output, conv.outChannels, attrs);
}

function convolution(spatialRank: 2 | 3): KernelFactory {
  return ({ attrs }) => {
    const window = windowAttrs(attrs, spatialRank);
    return ([input, filter]) => {
      const conv = convolutionOf(input!.shape, filter!.shape, window);
      const shape = outputShape(conv, window);
      const out = floatArray(input!.dtype, elementCount(shape));
      if (out.length > 0) convolve(conv, imageData(input!, window), floatsOf(filter!), out);
      return [imageValue(input!.dtype, shape, out, window)];
    };
  };
}

/** What TensorFlow's gradients of three-dimensional convolutions ask of their inputs before all else. */
function checkVolumes(input: Shape, inputName: string, filter: Shape, grad: Shape, window: WindowAttrs): void {
  if (input.length !== 5) throw invalidArgument(`${inputName} tensor must have 5 dimensions`);
  if (filter.length !== 5) throw invalidArgument("filter_sizes tensor must have 5 dimensions");
  if (grad.length !== 5) throw invalidArgument("out_backprop tensor must have 5 dimensions");
  const channels = splitImage(input, window).channels;
  if (channels !== filter[3]) {
    throw invalidArgument(
      `input and filter_sizes must have the same number of channels. Got ${channels} for input and ${filter[3]} for filter_sizes`,
    );
  }
  const outChannels = splitImage(grad, window).channels;
  if (outChannels !== filter[4]) {
    throw invalidArgument(
      `out_backprop and filter_sizes must have the same number of channels. Got ${outChannels} for out_backprop and ${filter[4]} for filter_sizes`,
    );
  }
}

/** The same of depthwise ones. */
function checkDepthwiseGrad(op: string, input: Shape, filter: Shape, grad: Shape, window: WindowAttrs): void {
  for (const [name, shape] of [
    ["input", input],
    ["filter", filter],
    ["out_backprop", grad],
  ] as const) {
    if (shape.length !== 4) throw invalidArgument(`${op}: ${name} must be 4-dimensional`);
  }
  if (splitImage(input, window).channels !== filter[2]) {
    throw invalidArgument(`${op}: input and filter must have the same in_depth`);
  }
  const { conv } = depthwiseOf(input, filter, window);
  const [wanted, found] = [splitImage(outputShape(conv, window), window), splitImage(grad, window)];
  for (const [d, name] of [
    [1, "rows"],
    [2, "columns"],
  ] as const) {
    if (found.spatial[d] !== wanted.spatial[d]) {
      throw invalidArgument(
        `${op}: Number of ${name} of out_backprop doesn't match computed: actual = ${found.spatial[d]}, computed = ${wanted.spatial[d]}`,
      );
    }
  }
}

/** Checks an incoming gradient against the shape that the forward op would have given. */
function checkGrad(op: string, conv: Convolution, grad: Shape, window: WindowAttrs): void {
  const expected = splitImage(outputShape(conv, window), window);
  const actual = splitImage(grad, window);
  if (actual.batch !== expected.batch) {
    throw invalidArgument(
      `${op}: input and out_backprop must have the same batch size. Input batch: ${conv.batch}, outbackprop batch: ${actual.batch}, batch_dim: 0`,
    );
  }
  if (actual.channels !== expected.channels) {
    throw invalidArgument(`${op}: filter and out_backprop must have the same out_depth`);
  }
  for (let d = 3 - window.spatialRank; d < 3; d++) {
    if (actual.spatial[d] !== expected.spatial[d]) {
      throw invalidArgument(
        `${op}: Size of out_backprop doesn't match computed: actual = ${actual.spatial[d]}, computed = ${expected.spatial[d]} spatial_dim: ${d - (3 - window.spatialRank) + (window.channelFirst ? 2 : 1)} input: ${conv.geometry.input[d]} filter: ${conv.geometry.window[d]} output: ${actual.spatial[d]} stride: ${conv.geometry.strides[d]} dilation: ${conv.geometry.dilations[d]}`,
      );
    }
  }
}

function backpropInput(op: string, spatialRank: 2 | 3): KernelFactory {
  return ({ attrs }) => {
    const window = windowAttrs(attrs, spatialRank);
    return ([sizes, filter, grad]) => {
      if (sizes!.shape.length !== 1) {
        throw invalidArgument(`${op}: input_sizes input must be 1-dim, not ${sizes!.shape.length}`);
      }
      if (spatialRank === 3) checkVolumes(toIntegers(sizes!), "input", filter!.shape, grad!.shape, window);
      const shape = inputSizes(op, toIntegers(sizes!), filter!.shape, grad!.shape, window);
      const conv = convolutionOf(shape, filter!.shape, window);
      checkGrad(op, conv, grad!.shape, window);
      const out = floatArray(grad!.dtype, elementCount(shape));
      if (out.length > 0 && grad!.data.length > 0) {
        convolveBackToInput(conv, floatsOf(filter!), imageData(grad!, window), out);
      }
      return [imageValue(grad!.dtype, shape, out, window)];
    };
  };
}

/** Conv2DBackpropInput also takes only the two spatial sizes: batch and channels then come from the other inputs. */
function inputSizes(op: string, sizes: readonly number[], filter: Shape, grad: Shape, window: WindowAttrs): Shape {
  if (sizes.length === window.spatialRank + 2) return sizes;
  if (window.spatialRank === 2 && sizes.length === 2) {
    return imageShape(grad[0]!, [1, sizes[0]!, sizes[1]!], filter.at(-2)!, window);
  }
  throw invalidArgument(`${op} requires input_sizes to contain 4 values or 2 values, but got: ${sizes.length}`);
}

function backpropFilter(op: string, spatialRank: 2 | 3): KernelFactory {
  return ({ attrs }) => {
    const window = windowAttrs(attrs, spatialRank);
    return ([input, sizes, grad]) => {
      if (sizes!.shape.length !== 1) {
        throw invalidArgument(`${op}: filter_sizes input must be 1-dim, not ${sizes!.shape.length}`);
      }
      const shape = toIntegers(sizes!);
      if (spatialRank === 3) checkVolumes(input!.shape, "input", shape, grad!.shape, window);
      const conv = convolutionOf(input!.shape, shape, window);
      checkGrad(op, conv, grad!.shape, window);
      const out = floatArray(grad!.dtype, elementCount(shape));
      if (grad!.data.length > 0) convolveBackToFilter(conv, imageData(input!, window), imageData(grad!, window), out);
      return [floatsValue(grad!.dtype, shape, out)];
    };
  };
}

/** The first version of a gradient takes a tensor of the shape that the second one takes as a vector. */
function ofShapeLike(at: 0 | 1, factory: KernelFactory): KernelFactory {
  return (node) => {
    const strides = node.attrs.ints("strides");
    if (strides[0] !== 1 || strides[4] !== 1) {
      throw invalidArgument("Current implementation does not yet support strides in the batch and depth dimensions.");
    }
    const kernel = factory(node);
    return (inputs, context) => {
      const { shape } = inputs[at]!;
      const sizes = tensorValue("int32", [shape.length], Int32Array.from(shape));
      return kernel(
        inputs.map((input, i) => (i === at ? sizes : input)),
        context,
      );
    };
  };
}

/** Strides of a depthwise convolution must be alike in both directions, as TensorFlow's kernel asks. */
function depthwiseAttrs(attrs: Parameters<KernelFactory>[0]["attrs"]): WindowAttrs {
  const window = windowAttrs(attrs, 2);
  if (window.strides[1] !== window.strides[2]) {
    throw invalidArgument(
      "Current implementation only supports equal length strides in the row and column dimensions.",
    );
  }
  return window;
}

function depthwiseOf(input: Shape, filter: Shape, window: WindowAttrs): { conv: Convolution; multiplier: number } {
  requireRank("input", input, 4);
  requireRank("filter", filter, 4);
  const { batch, spatial, channels } = splitImage(input, window);
  if (channels !== filter[2]) {
    throw invalidArgument(`input and filter must have the same depth: ${channels} vs ${filter[2]}`);
  }
  const multiplier = filter[3]!;
  return {
    conv: {
      geometry: placeWindow(spatial, filterWindow(filter), window),
      batch,
      inChannels: channels,
      outChannels: channels * multiplier,
      groups: channels,
    },
    multiplier,
  };
}

const depthwiseConv: KernelFactory = ({ attrs }) => {
  const window = depthwiseAttrs(attrs);
  return ([input, filter]) => {
    const { conv, multiplier } = depthwiseOf(input!.shape, filter!.shape, window);
    const shape = outputShape(conv, window);
    const out = floatArray(input!.dtype, elementCount(shape));
    depthwise(conv, multiplier, imageData(input!, window), floatsOf(filter!), out);
    return [imageValue(input!.dtype, shape, out, window)];
  };
};

const depthwiseBackpropInput: KernelFactory = ({ attrs }) => {
  const window = depthwiseAttrs(attrs);
  return ([sizes, filter, grad]) => {
    const shape = toIntegers(sizes!);
    checkDepthwiseGrad("DepthwiseConv2DBackpropInput", shape, filter!.shape, grad!.shape, window);
    const { conv, multiplier } = depthwiseOf(shape, filter!.shape, window);
    checkGrad("DepthwiseConv2dNativeBackpropInput", conv, grad!.shape, window);
    const out = floatArray(grad!.dtype, elementCount(shape));
    depthwiseBack(conv, multiplier, imageData(grad!, window), floatsOf(filter!), out, "input");
    return [imageValue(grad!.dtype, shape, out, window)];
  };
};

const depthwiseBackpropFilter: KernelFactory = ({ attrs }) => {
  const window = depthwiseAttrs(attrs);
  return ([input, sizes, grad]) => {
    const shape = toIntegers(sizes!);
    checkDepthwiseGrad("DepthwiseConv2DBackpropFilter", input!.shape, shape, grad!.shape, window);
    const { conv, multiplier } = depthwiseOf(input!.shape, shape, window);
    checkGrad("DepthwiseConv2dNativeBackpropFilter", conv, grad!.shape, window);
    const out = floatArray(grad!.dtype, elementCount(shape));
    depthwiseBack(conv, multiplier, imageData(grad!, window), imageData(input!, window), out, "filter");
    return [floatsValue(grad!.dtype, shape, out)];
  };
};

/** Host kernels of convolutions. NCHW data is reordered first: a CPU build of TensorFlow takes it with oneDNN only. */
export const nnConvKernels: KernelTable = {
  Conv2D: convolution(2),
  Conv2DBackpropInput: backpropInput("Conv2DCustomBackpropInput", 2),
  Conv2DBackpropFilter: backpropFilter("Conv2DCustomBackpropFilter", 2),
  Conv3D: convolution(3),
  Conv3DBackpropInputV2: backpropInput("Conv3DBackpropInputOp", 3),
  Conv3DBackpropFilterV2: backpropFilter("Conv3DBackpropFilterOp", 3),
  Conv3DBackpropInput: ofShapeLike(0, backpropInput("Conv3DBackpropInputOp", 3)),
  Conv3DBackpropFilter: ofShapeLike(1, backpropFilter("Conv3DBackpropFilterOp", 3)),
  DepthwiseConv2dNative: depthwiseConv,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
};
