import { checkOptions, nameOnly, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type Convolution,
  conv1d,
  conv2d,
  conv2dTranspose,
  conv3d,
  conv3dTranspose,
  isChannelsFirst,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type Padding,
  type Pool,
  type PoolOptions,
  perDimension,
  type WindowOptions,
} from "./convolutions.js";
import { expandDims } from "./tensor-shape.js";
import { windowOptionsTable } from "./window-options.js";

/** How many spatial dimensions a batch with channels has: 1, 2 or 3; INVALID_ARGUMENT for others. */
function spatialOf(input: Tensor): 1 | 2 | 3 {
  const spatial = (input.shape?.length ?? 0) - 2;
  if (spatial === 1 || spatial === 2 || spatial === 3) return spatial;
  throw invalidArgument(
    `\`num_spatial_dims\` must be 1, 2, or 3. Received: num_spatial_dims=${spatial}. Expected input [batch, ...spatial, channels].`,
  );
}

/** Convolution over one, two or three dimensions, by the input's rank (`tf.nn.convolution`): filters [...window, in, out]. */
export const convolution: Convolution = (input, filters, options) => {
  checkOptions("convolution", options, {
    strides: "optional",
    padding: "required",
    dilations: "optional",
    dataFormat: "optional",
    name: "optional",
  });
  const convolve = ([conv1d, conv2d, conv3d] as const)[spatialOf(input) - 1]!;
  return convolve(input, filters, { ...options, name: options.name ?? "convolution" });
};

/** The pool of one, two or three dimensions, by the input's rank (`tf.nn.max_pool`, `tf.nn.avg_pool` of TensorFlow 2). */
export const maxPoolV2: Pool = (input, options) => {
  checkOptions("maxPoolV2", options, {
    ksize: "required",
    name: "optional",
    strides: "optional",
    padding: "required",
    dataFormat: "optional",
  });
  return ([maxPool1d, maxPool2d, maxPool3d] as const)[spatialOf(input) - 1]!(input, options);
};
/** The same of means. */
export const avgPoolV2: Pool = (input, options) => {
  checkOptions("avgPoolV2", options, {
    ksize: "required",
    name: "optional",
    strides: "optional",
    padding: "required",
    dataFormat: "optional",
  });
  return ([avgPool1d, avgPool2d, avgPool3d] as const)[spatialOf(input) - 1]!(input, options);
};

/** Pools windows of any rank by their kind (`tf.nn.pool`); strides are 1 by default, as there. */
export function pool(
  input: Tensor,
  windowShape: readonly number[],
  options: Omit<PoolOptions, "ksize"> & { readonly poolingType: "MAX" | "AVG" },
): Tensor {
  checkOptions("pool", options, {
    name: "optional",
    strides: "optional",
    padding: "required",
    dataFormat: "optional",
    poolingType: "required",
  });
  const { poolingType, ...others } = options;
  const pooled = poolingType === "MAX" ? maxPoolV2 : avgPoolV2;
  return pooled(input, { ...others, ksize: windowShape });
}

/** A convolution with holes: filters see every `rate`th row and column (`tf.nn.atrous_conv2d`). */
export function atrousConv2d(
  value: Tensor,
  filters: Tensor,
  rate: number,
  options: { readonly padding: Padding; readonly name?: string },
): Tensor {
  checkOptions("atrousConv2d", options, { padding: "required", name: "optional" });
  return conv2d(value, filters, { ...options, dilations: rate });
}

/** The transpose of `conv1d` (`tf.nn.conv1d_transpose`): filters [width, out, in], `outputShape` [batch, width, out]. */
export function conv1dTranspose(
  input: Tensor,
  filters: Tensor,
  outputShape: readonly number[],
  options: WindowOptions,
): Tensor {
  checkOptions("conv1dTranspose", options, windowOptionsTable);
  return nameScope(options.name ?? "conv1d_transpose", () => {
    const first = isChannelsFirst(options.dataFormat, 1);
    const axis = first ? 2 : 1;
    const [, stride] = perDimension(options.strides, 1, "strides");
    const [, dilation] = perDimension(options.dilations, 1, "dilations");
    const shape = [...outputShape.slice(0, axis), 1, ...outputShape.slice(axis)];
    const wide = conv2dTranspose(expandDims(input, axis), expandDims(filters, 0), shape, {
      strides: [1, stride!],
      dilations: [1, dilation!],
      padding: options.padding,
      ...(first ? { dataFormat: "NCHW" as const } : {}),
    });
    return build("Squeeze", [wide], { squeeze_dims: [axis] }, "Squeeze");
  });
}

/** The transpose of a convolution over one, two or three dimensions, by the input's rank (`tf.nn.conv_transpose`). */
export function convTranspose(
  input: Tensor,
  filters: Tensor,
  outputShape: readonly number[],
  options: WindowOptions,
): Tensor {
  checkOptions("convTranspose", options, windowOptionsTable);
  const spatial = spatialOf(input);
  if (spatial === 1) return conv1dTranspose(input, filters, outputShape, options);
  return (spatial === 2 ? conv2dTranspose : conv3dTranspose)(input, filters, [...outputShape], options);
}

/** Options of the morphological ops. */
export interface MorphologyOptions {
  /** As of convolutions; default 1. */
  readonly strides?: number | readonly number[];
  /** How far apart the kernel's rows and columns are; default 1. */
  readonly rates?: number | readonly number[];
  readonly padding: Padding;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const morphologyOptionsTable: OptionTable<MorphologyOptions> = {
  strides: "optional",
  rates: "optional",
  padding: "required",
  name: "optional",
};

/** The greatest sum of pixels and kernel in each window (`tf.compat.v1.nn.dilation2d`): kernel [height, width, channels]. */
export function dilation2d(input: Tensor, kernel: Tensor, options: MorphologyOptions): Tensor {
  checkOptions("dilation2d", options, morphologyOptionsTable);
  return build(
    "Dilation2D",
    [input, kernel],
    {
      strides: perDimension(options.strides, 2, "strides"),
      rates: perDimension(options.rates, 2, "rates"),
      padding: options.padding,
    },
    options.name ?? "Dilation2D",
  );
}

/** The least difference of pixels and kernel in each window (`tf.compat.v1.nn.erosion2d`). */
export function erosion2d(input: Tensor, kernel: Tensor, options: MorphologyOptions): Tensor {
  checkOptions("erosion2d", options, morphologyOptionsTable);
  return nameScope(options.name ?? "erosion2d", () => {
    const turned = build("ReverseV2", [kernel, constant([0, 1], "int32", "axis")], {}, "ReverseV2");
    const grown = dilation2d(build("Neg", [input], {}, "Neg"), turned, { ...options, name: "Dilation2D" });
    return build("Neg", [grown], {}, "Neg");
  });
}

/** `relu(x * weights + biases)` (`tf.nn.relu_layer`). */
export function reluLayer(
  x: Tensor,
  weights: Tensor,
  biases: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  checkOptions("reluLayer", options, nameOnly);
  return nameScope(options.name ?? "relu_layer", (scope) => {
    const sum = build("BiasAdd", [build("MatMul", [x, weights], {}, "MatMul"), biases], {}, "BiasAdd");
    return build("Relu", [sum], {}, scope);
  });
}
