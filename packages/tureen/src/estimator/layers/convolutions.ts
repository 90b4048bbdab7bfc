import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import type { Constraint, Initializer, Variable } from "../../graph/variable.js";
import { type Activation, activationOf } from "../nn/activation-by-name.js";
import {
  type Convolution,
  conv1d as convolve1d,
  conv2d as convolve2d,
  conv3d as convolve3d,
  separableConv2d as convolveSeparable,
  conv2dTranspose as convolveTranspose,
  conv3dTranspose as convolveTranspose3d,
  type Padding,
} from "../nn/convolutions.js";
import { concat, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import { type ChannelOrder, formatOf, isFirst } from "./channel-order.js";
import { variableOf } from "./get-variable.js";
import { zerosInitializer } from "./initializers.js";
import { layerScope } from "./layer-scope.js";
import { type Regularizer, regularizeActivity } from "./regularizers.js";

/** Options of the convolution layers. */
export interface ConvOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** One number for all spatial dimensions, or one each. */
  readonly kernelSize: number | readonly number[];
  /** Default 1. */
  readonly strides?: number | readonly number[];
  /** Default "valid". */
  readonly padding?: "same" | "valid";
  /** Where the channels are, default last; "channelsFirst" is [batch, channels, ...spatial]. */
  readonly dataFormat?: ChannelOrder;
  /** Default 1. */
  readonly dilationRate?: number | readonly number[];
  readonly activation?: Activation | string | undefined;
  readonly useBias?: boolean;
  readonly kernelInitializer?: Initializer;
  readonly biasInitializer?: Initializer;
  readonly kernelRegularizer?: Regularizer;
  readonly biasRegularizer?: Regularizer;
  /** A penalty of the outputs, divided by the rows of the batch. */
  readonly activityRegularizer?: Regularizer;
  /** What optimizers project the kernel by after each update. */
  readonly kernelConstraint?: Constraint;
  readonly biasConstraint?: Constraint;
  readonly trainable?: boolean;
  readonly name?: string;
  /** Whether the variables are those of the layer of that name in the variable scope. */
  readonly reuse?: boolean;
}

function sizes(kernelSize: number | readonly number[], spatial: number): readonly number[] {
  return typeof kernelSize === "number" ? Array<number>(spatial).fill(kernelSize) : kernelSize;
}

function channels(inputs: Tensor, order: ChannelOrder | undefined): number {
  const size = inputs.shape?.at(isFirst(order) ? 1 : -1);
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
  regularizer: Regularizer | undefined = options.kernelRegularizer,
  constraint: Constraint | undefined = options.kernelConstraint,
): Variable {
  return variableOf({
    name,
    dtype: inputs.dtype,
    shape,
    initializer: init ?? options.kernelInitializer,
    regularizer,
    trainable: options.trainable,
    constraint,
  });
}

/** Adds the bias and applies the activation, as every layer ends. */
function finish(scope: string, outputs: Tensor, options: ConvOptions): Tensor {
  let result = outputs;
  if (options.useBias !== false) {
    const bias = variableOf({
      name: `${scope}bias`,
      dtype: outputs.dtype,
      shape: [options.filters],
      initializer: options.biasInitializer ?? zerosInitializer(),
      regularizer: options.biasRegularizer,
      trainable: options.trainable,
      constraint: options.biasConstraint,
    });
    const attrs = isFirst(options.dataFormat) ? { data_format: "NCHW" } : {};
    result = build("BiasAdd", [outputs, bias.read("BiasAdd/ReadVariableOp")], attrs, "BiasAdd");
  }
  const activated = options.activation === undefined ? result : activationOf(options.activation)(result);
  return regularizeActivity(activated, options.activityRegularizer);
}

function convolution(name: string, spatial: number, convolve: Convolution): ConvLayer {
  return (inputs, options) => {
    checkOptions(name, options, convTable);
    return layerScope(name, options, (scope) => {
      const shape = [...sizes(options.kernelSize, spatial), channels(inputs, options.dataFormat), options.filters];
      const kernel = kernelOf(`${scope}kernel`, inputs, shape, options);
      const outputs = convolve(inputs, kernel.read(), {
        padding: paddingOf(options),
        ...formatOf(options.dataFormat, spatial),
        ...(options.strides === undefined ? {} : { strides: options.strides }),
        ...(options.dilationRate === undefined ? {} : { dilations: options.dilationRate }),
      });
      return finish(scope, outputs, options);
    });
  };
}

/** A convolution with variables `kernel` and `bias` of its own under its name. */
export type ConvLayer = (inputs: Tensor, options: ConvOptions) => Tensor;

/** Convolution of [batch, width, channels] (`tf.layers.conv1d`). */
export const conv1d: ConvLayer = convolution("conv1d", 1, convolve1d);
/** Convolution of [batch, height, width, channels] (`tf.layers.conv2d`). */
export const conv2d: ConvLayer = convolution("conv2d", 2, convolve2d);
/** Convolution of [batch, depth, height, width, channels] (`tf.layers.conv3d`). */
export const conv3d: ConvLayer = convolution("conv3d", 3, convolve3d);

const convTable: OptionTable<ConvOptions> = {
  filters: "required",
  kernelSize: "required",
  strides: "optional",
  padding: "optional",
  dataFormat: "optional",
  dilationRate: "optional",
  activation: "optional",
  useBias: "optional",
  kernelInitializer: "optional",
  biasInitializer: "optional",
  kernelRegularizer: "optional",
  biasRegularizer: "optional",
  activityRegularizer: "optional",
  kernelConstraint: "optional",
  biasConstraint: "optional",
  trainable: "optional",
  name: "optional",
  reuse: "optional",
};

/** Options of `separableConv2d`; `kernelInitializer` starts both kernels where they have none of their own. */
export interface SeparableConvOptions extends ConvOptions {
  /** Channels the depthwise part makes of each; default 1. */
  readonly depthMultiplier?: number;
  readonly depthwiseInitializer?: Initializer;
  readonly pointwiseInitializer?: Initializer;
  readonly depthwiseRegularizer?: Regularizer;
  readonly pointwiseRegularizer?: Regularizer;
  readonly depthwiseConstraint?: Constraint;
  readonly pointwiseConstraint?: Constraint;
}

const separableTable: OptionTable<SeparableConvOptions> = {
  ...convTable,
  depthMultiplier: "optional",
  depthwiseInitializer: "optional",
  pointwiseInitializer: "optional",
  depthwiseRegularizer: "optional",
  pointwiseRegularizer: "optional",
  depthwiseConstraint: "optional",
  pointwiseConstraint: "optional",
};

/** A depthwise convolution and one of 1x1 (`tf.layers.separable_conv2d`): variables `depthwise_kernel`, `pointwise_kernel`, `bias`. */
export function separableConv2d(inputs: Tensor, options: SeparableConvOptions): Tensor {
  checkOptions("separable_conv2d", options, separableTable);
  return layerScope("separable_conv2d", options, (scope) => {
    const kernels = separableKernels(scope, inputs, options, 2);
    const outputs = convolveSeparable(inputs, kernels.depthwise.read(), kernels.pointwise.read(), {
      ...windowOf(options, 2),
      ...formatOf(options.dataFormat, 2),
    });
    return finish(scope, outputs, options);
  });
}

/** The same over one dimension (`tf.layers.separable_conv1d`): [batch, width, channels]. */
export function separableConv1d(inputs: Tensor, options: SeparableConvOptions): Tensor {
  checkOptions("separable_conv1d", options, separableTable);
  const axis = isFirst(options.dataFormat) ? 2 : 1;
  return layerScope("separable_conv1d", options, (scope) => {
    const kernels = separableKernels(scope, inputs, options, 1);
    // One row high; both strides must be equal for the op, and the height is one whatever its stride is.
    const high = (tensor: Tensor, axis: number): Tensor =>
      build("ExpandDims", [tensor, constant(axis, "int32")], {}, "ExpandDims");
    const { strides, dilations, padding } = windowOf(options, 1);
    const outputs = convolveSeparable(
      high(inputs, axis),
      high(kernels.depthwise.read(), 0),
      high(kernels.pointwise.read(), 0),
      {
        padding,
        ...formatOf(options.dataFormat, 2),
        ...(strides === undefined ? {} : { strides: [strides[0]!, strides[0]!] }),
        ...(dilations === undefined ? {} : { dilations: [1, dilations[0]!] }),
      },
    );
    const flat = build("Squeeze", [outputs], { squeeze_dims: [axis] }, "Squeeze");
    return finish(scope, flat, options);
  });
}

function separableKernels(
  scope: string,
  inputs: Tensor,
  options: SeparableConvOptions,
  spatial: number,
): { readonly depthwise: Variable; readonly pointwise: Variable } {
  const { depthMultiplier = 1, depthwiseRegularizer = options.kernelRegularizer, pointwiseRegularizer } = options;
  const size = channels(inputs, options.dataFormat);
  const deep = [...sizes(options.kernelSize, spatial), size, depthMultiplier];
  const flat = [...Array<number>(spatial).fill(1), size * depthMultiplier, options.filters];
  const kernel = (
    name: string,
    shape: readonly number[],
    init?: Initializer,
    regularizer?: Regularizer,
    constraint?: Constraint,
  ): Variable => kernelOf(`${scope}${name}`, inputs, shape, options, init, regularizer, constraint);
  return {
    depthwise: kernel(
      "depthwise_kernel",
      deep,
      options.depthwiseInitializer,
      depthwiseRegularizer,
      options.depthwiseConstraint,
    ),
    pointwise: kernel(
      "pointwise_kernel",
      flat,
      options.pointwiseInitializer,
      pointwiseRegularizer ?? options.kernelRegularizer,
      options.pointwiseConstraint,
    ),
  };
}

function windowOf(
  options: Pick<ConvOptions, "padding" | "strides" | "dilationRate">,
  spatial: number,
): { readonly padding: Padding; readonly strides?: readonly number[]; readonly dilations?: readonly number[] } {
  return {
    padding: paddingOf(options),
    ...(options.strides === undefined ? {} : { strides: sizes(options.strides, spatial) }),
    ...(options.dilationRate === undefined ? {} : { dilations: sizes(options.dilationRate, spatial) }),
  };
}

/** The transpose of a convolution (`tf.layers.conv2d_transpose`): kernel [height, width, filters, channels]; height and width must be known. */
export function conv2dTranspose(inputs: Tensor, options: Omit<ConvOptions, "dilationRate">): Tensor {
  return transposed("conv2d_transpose", inputs, options, 2, convolveTranspose);
}

/** The same of [batch, depth, height, width, channels] (`tf.layers.conv3d_transpose`). */
export function conv3dTranspose(inputs: Tensor, options: Omit<ConvOptions, "dilationRate">): Tensor {
  return transposed("conv3d_transpose", inputs, options, 3, convolveTranspose3d);
}

function transposed(
  name: string,
  inputs: Tensor,
  options: Omit<ConvOptions, "dilationRate">,
  spatial: number,
  convolve: typeof convolveTranspose,
): Tensor {
  checkOptions(name, options, convTable);
  const first = isFirst(options.dataFormat);
  return layerScope(name, options, (scope) => {
    const window = sizes(options.kernelSize, spatial);
    const strides = sizes(options.strides ?? 1, spatial);
    const shape = [...window, options.filters, channels(inputs, options.dataFormat)];
    const kernel = kernelOf(`${scope}kernel`, inputs, shape, options);
    const grown = window.map((width, i) => {
      const size = inputs.shape![i + (first ? 2 : 1)]!;
      if (size < 0) {
        throw invalidArgument("The spatial dimensions of the inputs of a transposed convolution should be defined.");
      }
      const stride = strides[i]!;
      return options.padding === "same" ? size * stride : size * stride + Math.max(width - stride, 0);
    });
    const batch = sliceFirst(shapeOf(inputs), { begin: 0, end: 1 });
    const rest = first ? [options.filters, ...grown] : [...grown, options.filters];
    const outputs = convolve(inputs, kernel.read(), concat([batch, constant(rest, "int32")], 0), {
      strides,
      padding: paddingOf(options),
      ...formatOf(options.dataFormat, spatial),
    });
    return finish(scope, outputs, options);
  });
}
