import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { expandDims } from "./tensor-shape.js";
import { windowOptionsTable } from "./window-options.js";

/** SAME pads so that a stride of 1 keeps the size, VALID does not pad. */
export type Padding = "SAME" | "VALID";

/**
 * Where the channels are: "NHWC" and its kin last, the default, "NCHW" and its kin behind the batch.
 *
 * TensorFlow computes the latter on CPUs for some ops only, and where oneDNN is built in; this runtime does for all.
 */
export type DataFormat = "NWC" | "NCW" | "NHWC" | "NCHW" | "NDHWC" | "NCDHW";

/** Options of convolutions and pools. */
export interface WindowOptions {
  /** One number for all dimensions, one a spatial dimension, or all with those of batch and channels. Default 1. */
  readonly strides?: number | readonly number[];
  readonly padding: Padding;
  /** As `strides`; default 1. */
  readonly dilations?: number | readonly number[];
  readonly dataFormat?: DataFormat;
  readonly name?: string;
}

const formats: Readonly<Record<number, readonly [last: DataFormat, first: DataFormat]>> = {
  1: ["NWC", "NCW"],
  2: ["NHWC", "NCHW"],
  3: ["NDHWC", "NCDHW"],
};

/** Whether channels come before the spatial dimensions; INVALID_ARGUMENT for formats of another rank. */
export function isChannelsFirst(dataFormat: DataFormat | undefined, spatial: number): boolean {
  const [last, first] = formats[spatial]!;
  if (dataFormat === undefined || dataFormat === last) return false;
  if (dataFormat === first) return true;
  throw invalidArgument(`\`data_format\` must be either '${last}' or '${first}'. Received: data_format=${dataFormat}`);
}

/** The attribute that says so, left out where it is the default. */
function formatAttr(first: boolean, spatial: 2 | 3): { readonly data_format?: string } {
  return first ? { data_format: formats[spatial]![1] } : {};
}

/** One number a dimension, 1 for batch and channels. */
export function perDimension(
  value: number | readonly number[] | undefined,
  spatial: number,
  what: string,
  channelsFirst = false,
): number[] {
  const given = value === undefined ? [1] : typeof value === "number" ? [value] : [...value];
  if (given.length === spatial + 2) return given;
  if (given.length !== 1 && given.length !== spatial) {
    throw invalidArgument(`${what} should be of length 1, ${spatial} or ${spatial + 2} but was ${given.length}`);
  }
  const sizes = given.length === 1 ? Array<number>(spatial).fill(given[0]!) : given;
  return channelsFirst ? [1, 1, ...sizes] : [1, ...sizes, 1];
}

/** Convolution of [batch, width, in] with [width, in, out] (`tf.nn.conv1d`). */
export function conv1d(input: Tensor, filters: Tensor, options: WindowOptions): Tensor {
  checkOptions("conv1d", options, windowOptionsTable);
  return nameScope(options.name ?? "conv1d", () => {
    const first = isChannelsFirst(options.dataFormat, 1);
    const [, stride] = perDimension(options.strides, 1, "strides");
    const [, dilation] = perDimension(options.dilations, 1, "dilations");
    const high = first ? -2 : -3;
    const wide = build(
      "Conv2D",
      [expandDims(input, high), expandDims(filters, 0)],
      {
        strides: perDimension([1, stride!], 2, "strides", first),
        dilations: perDimension([1, dilation!], 2, "dilations", first),
        padding: options.padding,
        ...formatAttr(first, 2),
      },
      "Conv2D",
    );
    return build("Squeeze", [wide], { squeeze_dims: [high] }, "Squeeze");
  });
}

function convolution(type: "Conv2D" | "Conv3D" | "DepthwiseConv2dNative", spatial: 2 | 3) {
  return (input: Tensor, filters: Tensor, options: WindowOptions): Tensor => {
    checkOptions(type, options, windowOptionsTable);
    const first = isChannelsFirst(options.dataFormat, spatial);
    return build(
      type,
      [input, filters],
      {
        strides: perDimension(options.strides, spatial, "strides", first),
        dilations: perDimension(options.dilations, spatial, "dilations", first),
        padding: options.padding,
        ...formatAttr(first, spatial),
      },
      options.name ?? (type === "DepthwiseConv2dNative" ? "depthwise" : type),
    );
  };
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
  checkOptions("separableConv2d", options, windowOptionsTable);
  return nameScope(options.name ?? "separable_conv2d", () => {
    const { name: _, ...window } = options;
    const each = depthwiseConv2d(input, depthwiseFilter, { ...window, name: "depthwise" });
    const { dataFormat } = options;
    return conv2d(each, pointwiseFilter, { padding: "VALID", ...(dataFormat === undefined ? {} : { dataFormat }) });
  });
}

/** The transpose of `conv2d`: filters [height, width, out, in], `outputShape` [batch, height, width, out] (`tf.nn.conv2d_transpose`). */
export function conv2dTranspose(
  input: Tensor,
  filters: Tensor,
  outputShape: TensorLike,
  options: WindowOptions,
): Tensor {
  checkOptions("conv2dTranspose", options, windowOptionsTable);
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
  checkOptions("conv3dTranspose", options, windowOptionsTable);
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
  const first = isChannelsFirst(options.dataFormat, dimensions);
  return build(
    op,
    [shape, filters, input],
    {
      strides: perDimension(options.strides, dimensions, "strides", first),
      dilations: perDimension(options.dilations, dimensions, "dilations", first),
      padding: options.padding,
      ...formatAttr(first, dimensions),
    },
    options.name,
  );
}

/** Options of pools. */
export interface PoolOptions extends Omit<WindowOptions, "dilations"> {
  /** The window, given as `strides` are. */
  readonly ksize: number | readonly number[];
}

/** The same for `checkOptions`. */
const poolOptionsTable: OptionTable<PoolOptions> = {
  ksize: "required",
  strides: "optional",
  padding: "required",
  dataFormat: "optional",
  name: "optional",
};

function pool(type: "MaxPool" | "AvgPool" | "MaxPool3D" | "AvgPool3D", spatial: 2 | 3) {
  return (input: Tensor, options: PoolOptions): Tensor => {
    checkOptions(type, options, poolOptionsTable);
    const first = isChannelsFirst(options.dataFormat, spatial);
    return build(
      type,
      [input],
      {
        ksize: perDimension(options.ksize, spatial, "ksize", first),
        strides: perDimension(options.strides, spatial, "strides", first),
        padding: options.padding,
        ...formatAttr(first, spatial),
      },
      options.name ?? type,
    );
  };
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
  return (input, options) => {
    checkOptions(name, options, poolOptionsTable);
    return nameScope(options.name ?? name, () => {
      const [, size] = perDimension(options.ksize, 1, "ksize");
      const [, stride] = perDimension(options.strides, 1, "strides");
      const first = isChannelsFirst(options.dataFormat, 1);
      const axis = first ? 2 : 1;
      const pooled = wide(expandDims(input, axis), {
        ksize: [1, size!],
        strides: [1, stride!],
        padding: options.padding,
        ...(first ? { dataFormat: "NCHW" as const } : {}),
      });
      return build("Squeeze", [pooled], { squeeze_dims: [axis] }, "Squeeze");
    });
  };
}

/** The greatest of each window of [batch, width, channels] (`tf.nn.max_pool1d`). */
export const maxPool1d: Pool = pool1d(maxPool2d, "MaxPool1d");
/** The mean of each window of [batch, width, channels] (`tf.nn.avg_pool1d`). */
export const avgPool1d: Pool = pool1d(avgPool2d, "AvgPool1D");
/** `maxPool2d` by its older name. */
export const maxPool: Pool = maxPool2d;
/** `avgPool2d` by its older name. */
export const avgPool: Pool = avgPool2d;
