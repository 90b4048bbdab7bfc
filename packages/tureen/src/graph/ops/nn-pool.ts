import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The maximum over each window. */
export function maxPool(
  input: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW" | "NCHW_VECT_C";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPool",
    [input],
    {
      ksize: options.ksize,
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
    },
    options,
  );
}

/** The maximum over each window, with window and strides as tensors. */
export function maxPoolV2(
  input: TensorLike,
  ksize: TensorLike,
  strides: TensorLike,
  options: {
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NHWC" | "NCHW" | "NCHW_VECT_C";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPoolV2",
    [input, ksize, strides],
    { padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Gradient of MaxPool: each window's gradient goes to its first maximum. */
export function maxPoolGrad(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID" | "EXPLICIT";
    readonly explicitPaddings?: readonly number[];
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPoolGrad",
    [origInput, origOutput, grad],
    {
      ksize: options.ksize,
      strides: options.strides,
      padding: options.padding,
      explicit_paddings: options.explicitPaddings,
      data_format: options.dataFormat,
    },
    options,
  );
}

/** Gradient of MaxPoolV2. */
export function maxPoolGradV2(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  ksize: TensorLike,
  strides: TensorLike,
  options: { readonly padding: "SAME" | "VALID"; readonly dataFormat?: "NHWC" | "NCHW"; readonly name?: string },
): Tensor {
  return build(
    "MaxPoolGradV2",
    [origInput, origOutput, grad, ksize, strides],
    { padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Second gradient of MaxPool. */
export function maxPoolGradGrad(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPoolGradGrad",
    [origInput, origOutput, grad],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Second gradient of MaxPoolV2. */
export function maxPoolGradGradV2(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  ksize: TensorLike,
  strides: TensorLike,
  options: { readonly padding: "SAME" | "VALID"; readonly dataFormat?: "NHWC" | "NCHW"; readonly name?: string },
): Tensor {
  return build(
    "MaxPoolGradGradV2",
    [origInput, origOutput, grad, ksize, strides],
    { padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** The maximum over each window and its flattened index. */
export function maxPoolWithArgmax(
  input: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly targmax?: DType;
    readonly padding: "SAME" | "VALID";
    readonly includeBatchInIndex?: boolean;
    readonly name?: string;
  },
): { readonly output: Tensor; readonly argmax: Tensor } {
  const { outputs } = buildOp(
    "MaxPoolWithArgmax",
    [input],
    {
      ksize: options.ksize,
      strides: options.strides,
      Targmax: options.targmax,
      padding: options.padding,
      include_batch_in_index: options.includeBatchInIndex,
    },
    options,
  );
  return { output: outputs[0]!, argmax: outputs[1]! };
}

/** Gradient of MaxPoolWithArgmax. */
export function maxPoolGradWithArgmax(
  input: TensorLike,
  grad: TensorLike,
  argmax: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly includeBatchInIndex?: boolean;
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPoolGradWithArgmax",
    [input, grad, argmax],
    {
      ksize: options.ksize,
      strides: options.strides,
      padding: options.padding,
      include_batch_in_index: options.includeBatchInIndex,
    },
    options,
  );
}

/** The mean over each window, of the elements inside the input. */
export function avgPool(
  value: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "AvgPool",
    [value],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Gradient of AvgPool. */
export function avgPoolGrad(
  origInputShape: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "AvgPoolGrad",
    [origInputShape, grad],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** The maximum over each 3-D window. */
export function maxPool3d(
  input: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPool3D",
    [input],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Gradient of MaxPool3D. */
export function maxPool3dGrad(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPool3DGrad",
    [origInput, origOutput, grad],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Gradient of MaxPool3DGrad. */
export function maxPool3dGradGrad(
  origInput: TensorLike,
  origOutput: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "MaxPool3DGradGrad",
    [origInput, origOutput, grad],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** The mean over each 3-D window. */
export function avgPool3d(
  input: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "AvgPool3D",
    [input],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}

/** Gradient of AvgPool3D. */
export function avgPool3dGrad(
  origInputShape: TensorLike,
  grad: TensorLike,
  options: {
    readonly ksize: readonly number[];
    readonly strides: readonly number[];
    readonly padding: "SAME" | "VALID";
    readonly dataFormat?: "NDHWC" | "NCDHW";
    readonly name?: string;
  },
): Tensor {
  return build(
    "AvgPool3DGrad",
    [origInputShape, grad],
    { ksize: options.ksize, strides: options.strides, padding: options.padding, data_format: options.dataFormat },
    options,
  );
}
