import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { type Initializer, Variable } from "../../graph/variable.js";
import {
  type Convolution,
  conv1d as convolve1d,
  conv2d as convolve2d,
  conv3d as convolve3d,
  separableConv2d as convolveSeparable,
  conv2dTranspose as convolveTranspose,
  type Padding,
} from "../nn/convolutions.js";
import { concat, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import type { Activation } from "./dense.js";
import { glorotUniformInitializer, zerosInitializer } from "./initializers.js";
import { type Regularizer, regularize } from "./regularizers.js";

/** Options of the convolution layers; channels are last. */
export interface ConvOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** One number for all spatial dimensions, or one each. */
  readonly kernelSize: number | readonly number[];
  /** Default 1. */
  readonly strides?: number | readonly number[];
  /** Default "valid". */
  readonly padding?: "same" | "valid";
  /** Default 1. */
  readonly dilationRate?: number | readonly number[];
  readonly activation?: Activation | undefined;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
  readonly kernelRegularizer?: Regularizer;
  readonly trainable?: boolean;
  readonly name?: string;
}

function sizes(kernelSize: number | readonly number[], spatial: number): readonly number[] {
  return typeof kernelSize === "number" ? Array<number>(spatial).fill(kernelSize) : kernelSize;
}

function channels(inputs: Tensor): number {
  const size = inputs.shape?.at(-1);
  if (size === undefined || size < 0) {
    throw invalidArgument("The channel dimension of the inputs should be defined. Found None.");
  }
  return size;
}

function paddingOf(options: { readonly padding?: "same" | "valid" }): Padding {
  return options.padding === "same" ? "SAME" : "VALID";
}

function kernelOf(
  name: string,
  inputs: Tensor,
  shape: readonly number[],
  options: ConvOptions,
  init?: Initializer,
): Variable {
  const kernel = new Variable({
    name,
    dtype: inputs.dtype,
    shape,
    initializer: init ?? options.kernelInitializer ?? glorotUniformInitializer(),
    trainable: options.trainable ?? true,
  });
  regularize(kernel, options.kernelRegularizer);
  return kernel;
}

/** Adds the bias and applies the activation, as every layer ends. */
function finish(scope: string, outputs: Tensor, options: ConvOptions): Tensor {
  let result = outputs;
  if (options.useBias !== false) {
    const bias = new Variable({
      name: `${scope}bias`,
      dtype: outputs.dtype,
      shape: [options.filters],
      initializer: options.biasInitializer ?? zerosInitializer(),
      trainable: options.trainable ?? true,
    });
    result = build("BiasAdd", [outputs, bias.read("BiasAdd/ReadVariableOp")], {}, "BiasAdd");
  }
  return options.activation === undefined ? result : options.activation(result);
}

function convolution(name: string, spatial: number, convolve: Convolution): ConvLayer {
  return (inputs, options) =>
    nameScope(options.name ?? name, (scope) => {
      const shape = [...sizes(options.kernelSize, spatial), channels(inputs), options.filters];
      const kernel = kernelOf(`${scope}kernel`, inputs, shape, options);
      const outputs = convolve(inputs, kernel.read(), {
        padding: paddingOf(options),
        ...(options.strides === undefined ? {} : { strides: options.strides }),
        ...(options.dilationRate === undefined ? {} : { dilations: options.dilationRate }),
      });
      return finish(scope, outputs, options);
    });
}

/** A convolution with variables `kernel` and `bias` of its own under its name. */
export type ConvLayer = (inputs: Tensor, options: ConvOptions) => Tensor;

/** Convolution of [batch, width, channels] (`tf.layers.conv1d`). */
export const conv1d: ConvLayer = convolution("conv1d", 1, convolve1d);
/** Convolution of [batch, height, width, channels] (`tf.layers.conv2d`). */
export const conv2d: ConvLayer = convolution("conv2d", 2, convolve2d);
/** Convolution of [batch, depth, height, width, channels] (`tf.layers.conv3d`). */
export const conv3d: ConvLayer = convolution("conv3d", 3, convolve3d);

/** Options of `separableConv2d`; `kernelInitializer` starts both kernels where they have none of their own. */
export interface SeparableConvOptions extends ConvOptions {
  /** Channels the depthwise part makes of each; default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: Initializer;
  readonly pointwiseInitializer?: Initializer;
}

/** A depthwise convolution and one of 1x1 (`tf.layers.separable_conv2d`): variables `depthwise_kernel`, `pointwise_kernel`, `bias`. */
export function separableConv2d(inputs: Tensor, options: SeparableConvOptions): Tensor {
  const { depthMultiplier = 1 } = options;
  return nameScope(options.name ?? "separable_conv2d", (scope) => {
    const size = channels(inputs);
    const deep = [...sizes(options.kernelSize, 2), size, depthMultiplier];
    const depthwise = kernelOf(`${scope}depthwise_kernel`, inputs, deep, options, options.depthwiseInitializer);
    const flat = [1, 1, size * depthMultiplier, options.filters];
    const pointwise = kernelOf(`${scope}pointwise_kernel`, inputs, flat, options, options.pointwiseInitializer);
    const outputs = convolveSeparable(inputs, depthwise.read(), pointwise.read(), {
      padding: paddingOf(options),
      ...(options.strides === undefined ? {} : { strides: options.strides }),
      ...(options.dilationRate === undefined ? {} : { dilations: options.dilationRate }),
    });
    return finish(scope, outputs, options);
  });
}

/** The transpose of a convolution (`tf.layers.conv2d_transpose`): kernel [height, width, filters, channels]; height and width must be known. */
export function conv2dTranspose(inputs: Tensor, options: Omit<ConvOptions, "dilationRate">): Tensor {
  return nameScope(options.name ?? "conv2d_transpose", (scope) => {
    const window = sizes(options.kernelSize, 2);
    const strides = sizes(options.strides ?? 1, 2);
    const kernel = kernelOf(`${scope}kernel`, inputs, [...window, options.filters, channels(inputs)], options);
    const spatial = [1, 2].map((axis) => {
      const size = inputs.shape![axis]!;
      if (size < 0)
        throw invalidArgument("The height and width of the inputs of a transposed convolution should be defined.");
      const stride = strides[axis - 1]!;
      return options.padding === "same" ? size * stride : size * stride + Math.max(window[axis - 1]! - stride, 0);
    });
    const batch = sliceFirst(shapeOf(inputs), { begin: 0, end: 1 });
    const shape = concat([batch, constant([...spatial, options.filters], "int32")], 0);
    return finish(
      scope,
      convolveTranspose(inputs, kernel.read(), shape, { strides, padding: paddingOf(options) }),
      options,
    );
  });
}
