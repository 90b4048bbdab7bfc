import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Batch normalization over the channel dimension, with batch statistics in training. */
export function fusedBatchNorm(
  x: TensorLike,
  scale: TensorLike,
  offset: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly exponentialAvgFactor?: number;
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly y: Tensor;
  readonly batchMean: Tensor;
  readonly batchVariance: Tensor;
  readonly reserveSpace1: Tensor;
  readonly reserveSpace2: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNorm",
    [x, scale, offset, mean, variance],
    {
      epsilon: options.epsilon,
      exponential_avg_factor: options.exponentialAvgFactor,
      data_format: options.dataFormat,
      is_training: options.isTraining,
    },
    options,
  );
  return {
    y: outputs[0]!,
    batchMean: outputs[1]!,
    batchVariance: outputs[2]!,
    reserveSpace1: outputs[3]!,
    reserveSpace2: outputs[4]!,
  };
}

/** FusedBatchNorm with statistics in a dtype of their own. */
export function fusedBatchNormV2(
  x: TensorLike,
  scale: TensorLike,
  offset: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly exponentialAvgFactor?: number;
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly y: Tensor;
  readonly batchMean: Tensor;
  readonly batchVariance: Tensor;
  readonly reserveSpace1: Tensor;
  readonly reserveSpace2: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNormV2",
    [x, scale, offset, mean, variance],
    {
      epsilon: options.epsilon,
      exponential_avg_factor: options.exponentialAvgFactor,
      data_format: options.dataFormat,
      is_training: options.isTraining,
    },
    options,
  );
  return {
    y: outputs[0]!,
    batchMean: outputs[1]!,
    batchVariance: outputs[2]!,
    reserveSpace1: outputs[3]!,
    reserveSpace2: outputs[4]!,
  };
}

/** FusedBatchNormV2 with a third reserve space. */
export function fusedBatchNormV3(
  x: TensorLike,
  scale: TensorLike,
  offset: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly exponentialAvgFactor?: number;
    readonly dataFormat?: "NHWC" | "NCHW" | "NDHWC" | "NCDHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly y: Tensor;
  readonly batchMean: Tensor;
  readonly batchVariance: Tensor;
  readonly reserveSpace1: Tensor;
  readonly reserveSpace2: Tensor;
  readonly reserveSpace3: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNormV3",
    [x, scale, offset, mean, variance],
    {
      epsilon: options.epsilon,
      exponential_avg_factor: options.exponentialAvgFactor,
      data_format: options.dataFormat,
      is_training: options.isTraining,
    },
    options,
  );
  return {
    y: outputs[0]!,
    batchMean: outputs[1]!,
    batchVariance: outputs[2]!,
    reserveSpace1: outputs[3]!,
    reserveSpace2: outputs[4]!,
    reserveSpace3: outputs[5]!,
  };
}

/** Gradient of FusedBatchNorm. */
export function fusedBatchNormGrad(
  yBackprop: TensorLike,
  x: TensorLike,
  scale: TensorLike,
  reserveSpace1: TensorLike,
  reserveSpace2: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly xBackprop: Tensor;
  readonly scaleBackprop: Tensor;
  readonly offsetBackprop: Tensor;
  readonly reserveSpace3: Tensor;
  readonly reserveSpace4: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNormGrad",
    [yBackprop, x, scale, reserveSpace1, reserveSpace2],
    { epsilon: options.epsilon, data_format: options.dataFormat, is_training: options.isTraining },
    options,
  );
  return {
    xBackprop: outputs[0]!,
    scaleBackprop: outputs[1]!,
    offsetBackprop: outputs[2]!,
    reserveSpace3: outputs[3]!,
    reserveSpace4: outputs[4]!,
  };
}

/** Gradient of FusedBatchNormV2. */
export function fusedBatchNormGradV2(
  yBackprop: TensorLike,
  x: TensorLike,
  scale: TensorLike,
  reserveSpace1: TensorLike,
  reserveSpace2: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly dataFormat?: "NHWC" | "NCHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly xBackprop: Tensor;
  readonly scaleBackprop: Tensor;
  readonly offsetBackprop: Tensor;
  readonly reserveSpace3: Tensor;
  readonly reserveSpace4: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNormGradV2",
    [yBackprop, x, scale, reserveSpace1, reserveSpace2],
    { epsilon: options.epsilon, data_format: options.dataFormat, is_training: options.isTraining },
    options,
  );
  return {
    xBackprop: outputs[0]!,
    scaleBackprop: outputs[1]!,
    offsetBackprop: outputs[2]!,
    reserveSpace3: outputs[3]!,
    reserveSpace4: outputs[4]!,
  };
}

/** Gradient of FusedBatchNormV3. */
export function fusedBatchNormGradV3(
  yBackprop: TensorLike,
  x: TensorLike,
  scale: TensorLike,
  reserveSpace1: TensorLike,
  reserveSpace2: TensorLike,
  reserveSpace3: TensorLike,
  options: {
    readonly epsilon?: number;
    readonly dataFormat?: "NHWC" | "NCHW" | "NDHWC" | "NCDHW";
    readonly isTraining?: boolean;
    readonly name?: string;
  } = {},
): {
  readonly xBackprop: Tensor;
  readonly scaleBackprop: Tensor;
  readonly offsetBackprop: Tensor;
  readonly reserveSpace4: Tensor;
  readonly reserveSpace5: Tensor;
} {
  const { outputs } = buildOp(
    "FusedBatchNormGradV3",
    [yBackprop, x, scale, reserveSpace1, reserveSpace2, reserveSpace3],
    { epsilon: options.epsilon, data_format: options.dataFormat, is_training: options.isTraining },
    options,
  );
  return {
    xBackprop: outputs[0]!,
    scaleBackprop: outputs[1]!,
    offsetBackprop: outputs[2]!,
    reserveSpace4: outputs[3]!,
    reserveSpace5: outputs[4]!,
  };
}

/** Batch normalization with given statistics, TensorFlow's oldest form. */
export function batchNormWithGlobalNormalization(
  t: TensorLike,
  m: TensorLike,
  v: TensorLike,
  beta: TensorLike,
  gamma: TensorLike,
  options: { readonly varianceEpsilon: number; readonly scaleAfterNormalization: boolean; readonly name?: string },
): Tensor {
  return build(
    "BatchNormWithGlobalNormalization",
    [t, m, v, beta, gamma],
    { variance_epsilon: options.varianceEpsilon, scale_after_normalization: options.scaleAfterNormalization },
    options,
  );
}

/** Local response normalization over the channels. */
export function lrn(
  input: TensorLike,
  options: {
    readonly depthRadius?: number;
    readonly bias?: number;
    readonly alpha?: number;
    readonly beta?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "LRN",
    [input],
    { depth_radius: options.depthRadius, bias: options.bias, alpha: options.alpha, beta: options.beta },
    options,
  );
}

/** Gradient of LRN. */
export function lrnGrad(
  inputGrads: TensorLike,
  inputImage: TensorLike,
  outputImage: TensorLike,
  options: {
    readonly depthRadius?: number;
    readonly bias?: number;
    readonly alpha?: number;
    readonly beta?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "LRNGrad",
    [inputGrads, inputImage, outputImage],
    { depth_radius: options.depthRadius, bias: options.bias, alpha: options.alpha, beta: options.beta },
    options,
  );
}

/** The index of a dimension in another data format. */
export function dataFormatDimMap(
  x: TensorLike,
  options: { readonly srcFormat?: string; readonly dstFormat?: string; readonly name?: string } = {},
): Tensor {
  return build("DataFormatDimMap", [x], { src_format: options.srcFormat, dst_format: options.dstFormat }, options);
}

/** A vector of one or two numbers a dimension, permuted from one data format to another. */
export function dataFormatVecPermute(
  x: TensorLike,
  options: { readonly srcFormat?: string; readonly dstFormat?: string; readonly name?: string } = {},
): Tensor {
  return build("DataFormatVecPermute", [x], { src_format: options.srcFormat, dst_format: options.dstFormat }, options);
}
