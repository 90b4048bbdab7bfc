import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** 2-D convolution (cross-correlation) with a filter of shape `[height, width, inChannels, outChannels]`. */
export function conv2d(
  input: TensorLike,
  filter: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly useCudnnOnGpu?: boolean;
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv2D",
    [input, filter],
    {
      strides: options.strides,
      use_cudnn_on_gpu: options.useCudnnOnGpu,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of Conv2D with respect to its input, the transposed convolution. */
export function conv2dBackpropInput(
  inputSizes: TensorLike,
  filter: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly useCudnnOnGpu?: boolean;
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv2DBackpropInput",
    [inputSizes, filter, outBackprop],
    {
      strides: options.strides,
      use_cudnn_on_gpu: options.useCudnnOnGpu,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of Conv2D with respect to its filter. */
export function conv2dBackpropFilter(
  input: TensorLike,
  filterSizes: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly useCudnnOnGpu?: boolean;
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv2DBackpropFilter",
    [input, filterSizes, outBackprop],
    {
      strides: options.strides,
      use_cudnn_on_gpu: options.useCudnnOnGpu,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** 3-D convolution with a filter of shape `[depth, height, width, inChannels, outChannels]`. */
export function conv3d(
  input: TensorLike,
  filter: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv3D",
    [input, filter],
    {
      strides: options.strides,
      padding: options.padding,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of Conv3D with respect to its input. */
export function conv3dBackpropInputV2(
  inputSizes: TensorLike,
  filter: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv3DBackpropInputV2",
    [inputSizes, filter, outBackprop],
    {
      strides: options.strides,
      padding: options.padding,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of Conv3D with respect to its filter. */
export function conv3dBackpropFilterV2(
  input: TensorLike,
  filterSizes: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "Conv3DBackpropFilterV2",
    [input, filterSizes, outBackprop],
    {
      strides: options.strides,
      padding: options.padding,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** A 2-D convolution of each channel on its own, with a filter of shape `[height, width, channels, multiplier]`. */
export function depthwiseConv2dNative(
  input: TensorLike,
  filter: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "DepthwiseConv2dNative",
    [input, filter],
    {
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of DepthwiseConv2dNative with respect to its input. */
export function depthwiseConv2dNativeBackpropInput(
  inputSizes: TensorLike,
  filter: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "DepthwiseConv2dNativeBackpropInput",
    [inputSizes, filter, outBackprop],
    {
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Gradient of DepthwiseConv2dNative with respect to its filter. */
export function depthwiseConv2dNativeBackpropFilter(
  input: TensorLike,
  filterSizes: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly dilations?: readonly number[];
    readonly name?: string;
  },
): Tensor {
  return build(
    "DepthwiseConv2dNativeBackpropFilter",
    [input, filterSizes, outBackprop],
    {
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
      dilations: options.dilations,
    },
    options,
  );
}

/** Grayscale dilation: the maximum over a window of input plus filter. */
export function dilation2d(
  input: TensorLike,
  filter: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly rates: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "Dilation2D",
    [input, filter],
    { strides: options.strides, rates: options.rates, padding: options.padding },
    options,
  );
}

/** Gradient of Dilation2D with respect to its input. */
export function dilation2dBackpropInput(
  input: TensorLike,
  filter: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly rates: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "Dilation2DBackpropInput",
    [input, filter, outBackprop],
    { strides: options.strides, rates: options.rates, padding: options.padding },
    options,
  );
}

/** Gradient of Dilation2D with respect to its filter. */
export function dilation2dBackpropFilter(
  input: TensorLike,
  filter: TensorLike,
  outBackprop: TensorLike,
  options: {
    readonly strides: readonly number[];
    readonly rates: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly name?: string;
  },
): Tensor {
  return build(
    "Dilation2DBackpropFilter",
    [input, filter, outBackprop],
    { strides: options.strides, rates: options.rates, padding: options.padding },
    options,
  );
}
