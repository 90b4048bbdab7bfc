import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { expandDims } from "./tensor-shape.js";

/** SAME pads so that a stride of 1 keeps the size, VALID does not pad. */
export type Padding = "SAME" | "VALID";

/** Options of convolutions and pools; channels are last. */
export interface WindowOptions {
  /** One number for all dimensions, one a spatial dimension, or all with those of batch and channels. Default 1. */
  readonly strides?: number | readonly number[];
  readonly padding: Padding;
  /** As `strides`; default 1. */
  readonly dilations?: number | readonly number[];
  readonly name?: string;
}

/** One number a dimension, 1 for batch and channels. */
export function perDimension(value: number | readonly number[] | undefined, spatial: number, what: string): number[] {
  const given = value === undefined ? [1] : typeof value === "number" ? [value] : [...value];
  if (given.length === spatial + 2) return given;
  if (given.length !== 1 && given.length !== spatial) {
    throw invalidArgument(`${what} should be of length 1, ${spatial} or ${spatial + 2} but was ${given.length}`);
  }
  return [1, ...(given.length === 1 ? Array<number>(spatial).fill(given[0]!) : given), 1];
}

/** Convolution of [batch, width, in] with [width, in, out] (`tf.nn.conv1d`). */
export function conv1d(input: Tensor, filters: Tensor, options: WindowOptions): Tensor {
  return nameScope(options.name ?? "conv1d", () => {
    const [, stride] = perDimension(options.strides, 1, "strides");
    const [, dilation] = perDimension(options.dilations, 1, "dilations");
    const wide = build(
      "Conv2D",
      [expandDims(input, -3), expandDims(filters, 0)],
      { strides: [1, 1, stride!, 1], dilations: [1, 1, dilation!, 1], padding: options.padding },
      "Conv2D",
    );
    return build("Squeeze", [wide], { squeeze_dims: [-3] }, "Squeeze");
  });
}

function convolution(type: "Conv2D" | "Conv3D" | "DepthwiseConv2dNative", spatial: number) {
  return (input: Tensor, filters: Tensor, options: WindowOptions): Tensor =>
    build(
      type,
      [input, filters],
      {
        strides: perDimension(options.strides, spatial, "strides"),
        dilations: perDimension(options.dilations, spatial, "dilations"),
        padding: options.padding,
      },
      options.name ?? (type === "DepthwiseConv2dNative" ? "depthwise" : type),
    );
}

/** A convolution: input, filters, options. */
export type Convolution = (input: Tensor, filters: Tensor, options: WindowOptions) => Tensor;

/** Convolution of [batch, height, width, in] with [height, width, in, out] (`tf.nn.conv2d`). */
export const conv2d: Convolution = convolution("Conv2D", 2);
/** Convolution of [batch, depth, height, width, in] with [depth, height, width, in, out] (`tf.nn.conv3d`). */
export const conv3d: Convolution = convolution("Conv3D", 3);
/** Convolution of each channel on its own, filters [height, width, in, multiplier] (`tf.nn.depthwise_conv2d`). */
export const depthwiseConv2d: Convolution = convolution("DepthwiseConv2dNative", 2);

/** A depthwise convolution, then one of 1x1 that mixes the channels (`tf.nn.separable_conv2d`). */
export function separableConv2d(
  input: Tensor,
  depthwiseFilter: Tensor,
  pointwiseFilter: Tensor,
  options: WindowOptions,
): Tensor {
  return nameScope(options.name ?? "separable_conv2d", () => {
    const { name: _, ...window } = options;
    const each = depthwiseConv2d(input, depthwiseFilter, { ...window, name: "depthwise" });
    return conv2d(each, pointwiseFilter, { padding: "VALID" });
  });
}

/** The transpose of `conv2d`: filters [height, width, out, in], `outputShape` [batch, height, width, out] (`tf.nn.conv2d_transpose`). */
export function conv2dTranspose(
  input: Tensor,
  filters: Tensor,
  outputShape: TensorLike,
  options: WindowOptions,
): Tensor {
  const name = options.name ?? "conv2d_transpose";
  return transposed("Conv2DBackpropInput", 2, input, filters, outputShape, { ...options, name });
}

/** The transpose of a three-dimensional convolution (`tf.nn.conv3d_transpose`): filters [depth, height, width, out, in]. */
export function conv3dTranspose(
  input: Tensor,
  filters: Tensor,
  outputShape: TensorLike,
  options: WindowOptions,
): Tensor {
  const name = options.name ?? "conv3d_transpose";
  return transposed("Conv3DBackpropInputV2", 3, input, filters, outputShape, { ...options, name });
}

function transposed(
  op: "Conv2DBackpropInput" | "Conv3DBackpropInputV2",
  dimensions: 2 | 3,
  input: Tensor,
  filters: Tensor,
  outputShape: TensorLike,
  options: WindowOptions,
): Tensor {
  const shape = Array.isArray(outputShape) ? constant(outputShape, "int32", "output_shape") : outputShape;
  return build(
    op,
    [shape, filters, input],
    {
      strides: perDimension(options.strides, dimensions, "strides"),
      dilations: perDimension(options.dilations, dimensions, "dilations"),
      padding: options.padding,
    },
    options.name,
  );
}

/** Options of pools. */
export interface PoolOptions extends Omit<WindowOptions, "dilations"> {
  /** The window, given as `strides` are. */
  readonly ksize: number | readonly number[];
}

function pool(type: "MaxPool" | "AvgPool" | "MaxPool3D" | "AvgPool3D", spatial: number) {
  return (input: Tensor, options: PoolOptions): Tensor =>
    build(
      type,
      [input],
      {
        ksize: perDimension(options.ksize, spatial, "ksize"),
        strides: perDimension(options.strides, spatial, "strides"),
        padding: options.padding,
      },
      options.name ?? type,
    );
}

/** The greatest or the mean of windows. */
export type Pool = (input: Tensor, options: PoolOptions) => Tensor;

/** The greatest of each window of [batch, height, width, channels] (`tf.nn.max_pool2d`). */
export const maxPool2d: Pool = pool("MaxPool", 2);
/** The mean of each window of [batch, height, width, channels] (`tf.nn.avg_pool2d`). */
export const avgPool2d: Pool = pool("AvgPool", 2);
/** The greatest of each window of [batch, depth, height, width, channels] (`tf.nn.max_pool3d`). */
export const maxPool3d: Pool = pool("MaxPool3D", 3);
/** The mean of each window of [batch, depth, height, width, channels] (`tf.nn.avg_pool3d`). */
export const avgPool3d: Pool = pool("AvgPool3D", 3);

function pool1d(wide: Pool, name: string): Pool {
  return (input, options) =>
    nameScope(options.name ?? name, () => {
      const [, size] = perDimension(options.ksize, 1, "ksize");
      const [, stride] = perDimension(options.strides, 1, "strides");
      const high = expandDims(input, 1);
      const pooled = wide(high, { ksize: [1, size!], strides: [1, stride!], padding: options.padding });
      return build("Squeeze", [pooled], { squeeze_dims: [1] }, "Squeeze");
    });
}

/** The greatest of each window of [batch, width, channels] (`tf.nn.max_pool1d`). */
export const maxPool1d: Pool = pool1d(maxPool2d, "MaxPool1d");
/** The mean of each window of [batch, width, channels] (`tf.nn.avg_pool1d`). */
export const avgPool1d: Pool = pool1d(avgPool2d, "AvgPool1D");
/** `maxPool2d` by its older name. */
export const maxPool: Pool = maxPool2d;
/** `avgPool2d` by its older name. */
export const avgPool: Pool = avgPool2d;
