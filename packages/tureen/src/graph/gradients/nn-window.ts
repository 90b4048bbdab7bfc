import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { shape, shapeN, zerosLike } from "../ops/array.js";
import { stopGradient } from "../ops/control.js";
import {
  avgPool,
  avgPool3d,
  avgPool3dGrad,
  avgPoolGrad,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3d,
  conv3dBackpropFilterV2,
  conv3dBackpropInputV2,
  depthwiseConv2dNative,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  type dilation2d,
  dilation2dBackpropFilter,
  dilation2dBackpropInput,
  fractionalAvgPoolGrad,
  fractionalMaxPoolGrad,
  maxPool3dGrad,
  maxPool3dGradGrad,
  maxPoolGrad,
  maxPoolGradGrad,
  maxPoolGradGradV2,
  maxPoolGradV2,
  maxPoolGradWithArgmax,
} from "../ops/nn.js";
import { denseOf } from "./array/build-math.js";

type Conv2dOptions = Parameters<typeof conv2d>[2];
type DepthwiseOptions = Parameters<typeof depthwiseConv2dNative>[2];
type Conv3dOptions = Parameters<typeof conv3d>[2];
type PoolOptions = Parameters<typeof avgPool>[1];
type MaxPoolOptions = Parameters<typeof maxPoolGrad>[3];
type Pool3dOptions = Parameters<typeof avgPool3d>[1];

function depthwiseOptions({ attrs }: Operation): DepthwiseOptions {
  return {
    strides: attrs.ints("strides"),
    padding: attrs.text("padding") as "SAME" | "VALID" | "EXPLICIT",
    explicitPaddings: attrs.ints("explicit_paddings"),
    dataFormat: attrs.text("data_format") as "NHWC" | "NCHW",
    dilations: attrs.ints("dilations"),
  };
}

function conv2dOptions(op: Operation): Conv2dOptions {
  return { ...depthwiseOptions(op), useCudnnOnGpu: op.attrs.bool("use_cudnn_on_gpu") };
}

function conv3dOptions({ attrs }: Operation): Conv3dOptions {
  return {
    strides: attrs.ints("strides"),
    padding: attrs.text("padding") as "SAME" | "VALID",
    dataFormat: attrs.text("data_format") as "NDHWC" | "NCDHW",
    dilations: attrs.ints("dilations"),
  };
}

const conv2dGradient: GradientRule = (op, grads) => {
  const [input, filter] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const [inputSizes, filterSizes] = shapeN([input, filter]) as [Tensor, Tensor];
  const options = conv2dOptions(op);
  return [
    conv2dBackpropInput(inputSizes, filter, grad, options),
    conv2dBackpropFilter(input, filterSizes, grad, options),
  ];
};

const conv2dInputGradient: GradientRule = (op, grads) => {
  const [, filter, outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = conv2dOptions(op);
  return [null, conv2dBackpropFilter(grad, shape(filter), outGrad, options), conv2d(grad, filter, options)];
};

const conv2dFilterGradient: GradientRule = (op, grads) => {
  const [input, , outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = conv2dOptions(op);
  return [conv2dBackpropInput(shape(input), grad, outGrad, options), null, conv2d(input, grad, options)];
};

const depthwiseGradient: GradientRule = (op, grads) => {
  const [input, filter] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const options = depthwiseOptions(op);
  return [
    depthwiseConv2dNativeBackpropInput(shape(input), filter, grad, options),
    depthwiseConv2dNativeBackpropFilter(input, shape(filter), grad, options),
  ];
};

const depthwiseInputGradient: GradientRule = (op, grads) => {
  const [, filter, outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = depthwiseOptions(op);
  return [
    null,
    depthwiseConv2dNativeBackpropFilter(grad, shape(filter), outGrad, options),
    depthwiseConv2dNative(grad, filter, options),
  ];
};

const depthwiseFilterGradient: GradientRule = (op, grads) => {
  const [input, , outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = depthwiseOptions(op);
  return [
    depthwiseConv2dNativeBackpropInput(shape(input), grad, outGrad, options),
    null,
    depthwiseConv2dNative(input, grad, options),
  ];
};

const conv3dGradient: GradientRule = (op, grads) => {
  const [input, filter] = op.inputs as [Tensor, Tensor];
  const grad = denseOf(grads);
  const [inputSizes, filterSizes] = shapeN([input, filter]) as [Tensor, Tensor];
  const options = conv3dOptions(op);
  return [
    conv3dBackpropInputV2(inputSizes, filter, grad, options),
    conv3dBackpropFilterV2(input, filterSizes, grad, options),
  ];
};

const conv3dInputGradient: GradientRule = (op, grads) => {
  const [, filter, outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = conv3dOptions(op);
  return [null, conv3dBackpropFilterV2(grad, shape(filter), outGrad, options), conv3d(grad, filter, options)];
};

const conv3dFilterGradient: GradientRule = (op, grads) => {
  const [input, , outGrad] = op.inputs as [Tensor, Tensor, Tensor];
  const grad = denseOf(grads);
  const options = conv3dOptions(op);
  return [conv3dBackpropInputV2(shape(input), grad, outGrad, options), null, conv3d(input, grad, options)];
};

const dilationGradient: GradientRule = (op, grads) => {
  const [input, filter] = op.inputs as [Tensor, Tensor];
  const { attrs } = op;
  const options: Parameters<typeof dilation2d>[2] = {
    strides: attrs.ints("strides"),
    rates: attrs.ints("rates"),
    padding: attrs.text("padding") as "SAME" | "VALID",
  };
  const grad = denseOf(grads);
  return [
    dilation2dBackpropInput(input, filter, grad, options),
    dilation2dBackpropFilter(input, filter, grad, options),
  ];
};

function poolOptions({ attrs }: Operation): PoolOptions {
  return {
    ksize: attrs.ints("ksize"),
    strides: attrs.ints("strides"),
    padding: attrs.text("padding") as "SAME" | "VALID",
    dataFormat: attrs.text("data_format") as "NHWC" | "NCHW",
  };
}

function maxPoolOptions(op: Operation): MaxPoolOptions {
  return {
    ...poolOptions(op),
    padding: op.attrs.text("padding") as "SAME" | "VALID" | "EXPLICIT",
    explicitPaddings: op.attrs.ints("explicit_paddings"),
  };
}

function pool3dOptions({ attrs }: Operation): Pool3dOptions {
  return {
    ksize: attrs.ints("ksize"),
    strides: attrs.ints("strides"),
    padding: attrs.text("padding") as "SAME" | "VALID",
    dataFormat: attrs.text("data_format") as "NDHWC" | "NCDHW",
  };
}

function v2Options({ attrs }: Operation): Parameters<typeof maxPoolGradV2>[5] {
  return {
    padding: attrs.text("padding") as "SAME" | "VALID",
    dataFormat: attrs.text("data_format") as "NHWC" | "NCHW",
  };
}

const maxPoolGradient: GradientRule = (op, grads) => [
  maxPoolGrad(op.inputs[0]!, op.output, denseOf(grads), maxPoolOptions(op)),
];

const maxPoolGradGradient: GradientRule = (op, grads) => {
  const [input, output] = op.inputs as [Tensor, Tensor];
  return [zerosLike(input), zerosLike(output), maxPoolGradGrad(input, output, denseOf(grads), poolOptions(op))];
};

const maxPoolGradGradGradient: GradientRule = (op, grads) => {
  const [input, output] = op.inputs as [Tensor, Tensor];
  return [zerosLike(input), zerosLike(output), maxPoolGrad(input, output, denseOf(grads), poolOptions(op))];
};

const maxPoolV2Gradient: GradientRule = (op, grads) => {
  const [input, ksize, strides] = op.inputs as [Tensor, Tensor, Tensor];
  return [maxPoolGradV2(input, op.output, denseOf(grads), ksize, strides, v2Options(op)), null, null];
};

const maxPoolGradV2Gradient: GradientRule = (op, grads) => {
  const [input, output, , ksize, strides] = op.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const second = maxPoolGradGradV2(input, output, denseOf(grads), ksize, strides, v2Options(op));
  return [zerosLike(input), zerosLike(output), second, null, null];
};

const maxPoolWithArgmaxGradient: GradientRule = (op, grads) => [
  maxPoolGradWithArgmax(op.inputs[0]!, denseOf(grads), op.outputs[1]!, {
    ksize: op.attrs.ints("ksize"),
    strides: op.attrs.ints("strides"),
    padding: op.attrs.text("padding") as "SAME" | "VALID",
    includeBatchInIndex: op.attrs.bool("include_batch_in_index"),
  }),
];

function maxPool3dOptions(op: Operation): Parameters<typeof maxPool3dGrad>[3] {
  return pool3dOptions(op);
}

const maxPool3dGradGradient: GradientRule = (op, grads) => {
  const [input, output] = op.inputs as [Tensor, Tensor];
  const second = maxPool3dGradGrad(input, output, denseOf(grads), maxPool3dOptions(op));
  return [zerosLike(input), zerosLike(output), second];
};

const maxPool3dGradGradGradient: GradientRule = (op, grads) => {
  const [input, output] = op.inputs as [Tensor, Tensor];
  const third = maxPool3dGrad(input, output, denseOf(grads), maxPool3dOptions(op));
  return [zerosLike(input), zerosLike(output), third];
};

const fractionalMaxPoolGradient: GradientRule = (op, grads) => [
  fractionalMaxPoolGrad(op.inputs[0]!, op.outputs[0]!, denseOf(grads), op.outputs[1]!, op.outputs[2]!, {
    overlapping: op.attrs.bool("overlapping"),
  }),
];

const fractionalAvgPoolGradient: GradientRule = (op, grads) => [
  fractionalAvgPoolGrad(shape(op.inputs[0]!, { outType: "int64" }), denseOf(grads), op.outputs[1]!, op.outputs[2]!, {
    overlapping: op.attrs.bool("overlapping"),
  }),
];

/** Gradients of convolution and pooling. */
export const nnWindowGradients: GradientTable = {
  Conv2D: conv2dGradient,
  Conv2DBackpropInput: conv2dInputGradient,
  Conv2DBackpropFilter: conv2dFilterGradient,
  DepthwiseConv2dNative: depthwiseGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  Conv3D: conv3dGradient,
  Conv3DBackpropInputV2: conv3dInputGradient,
  Conv3DBackpropFilterV2: conv3dFilterGradient,
  Dilation2D: dilationGradient,
  MaxPool: maxPoolGradient,
  MaxPoolGrad: maxPoolGradGradient,
  MaxPoolGradGrad: maxPoolGradGradGradient,
  MaxPoolV2: maxPoolV2Gradient,
  MaxPoolGradV2: maxPoolGradV2Gradient,
  MaxPoolWithArgmax: maxPoolWithArgmaxGradient,
  AvgPool: (op, grads) => [avgPoolGrad(shape(op.inputs[0]!), denseOf(grads), poolOptions(op))],
  AvgPoolGrad: (op, grads) => [stopGradient(op.inputs[0]!), avgPool(denseOf(grads), poolOptions(op))],
  MaxPool3D: (op, grads) => [maxPool3dGrad(op.inputs[0]!, op.output, denseOf(grads), pool3dOptions(op))],
  MaxPool3DGrad: maxPool3dGradGradient,
  MaxPool3DGradGrad: maxPool3dGradGradGradient,
  FractionalMaxPool: fractionalMaxPoolGradient,
  FractionalAvgPool: fractionalAvgPoolGradient,
  AvgPool3D: (op, grads) => [avgPool3dGrad(shape(op.inputs[0]!), denseOf(grads), pool3dOptions(op))],
  AvgPool3DGrad: (op, grads) => [stopGradient(op.inputs[0]!), avgPool3d(denseOf(grads), pool3dOptions(op))],
};
