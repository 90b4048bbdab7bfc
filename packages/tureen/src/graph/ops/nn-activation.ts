import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** `max(features, 0)`. */
export function relu(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Relu", [features], {}, options);
}

/** `min(max(features, 0), 6)`. */
export function relu6(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Relu6", [features], {}, options);
}

/** `gradients` where `features` is above 0, else 0. */
export function reluGrad(
  gradients: TensorLike,
  features: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ReluGrad", [gradients, features], {}, options);
}

/** `gradients` where `features` lies between 0 and 6, else 0. */
export function relu6Grad(
  gradients: TensorLike,
  features: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("Relu6Grad", [gradients, features], {}, options);
}

/** `features` above 0, else `alpha · features`. */
export function leakyRelu(
  features: TensorLike,
  options: { readonly alpha?: number; readonly name?: string } = {},
): Tensor {
  return build("LeakyRelu", [features], { alpha: options.alpha }, options);
}

/** `gradients` where `features` is above 0, else `alpha · gradients`. */
export function leakyReluGrad(
  gradients: TensorLike,
  features: TensorLike,
  options: { readonly alpha?: number; readonly name?: string } = {},
): Tensor {
  return build("LeakyReluGrad", [gradients, features], { alpha: options.alpha }, options);
}

/** `features` above 0, else `exp(features) - 1`. */
export function elu(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Elu", [features], {}, options);
}

/** Gradient of Elu from its `outputs`. */
export function eluGrad(gradients: TensorLike, outputs: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("EluGrad", [gradients, outputs], {}, options);
}

/** The scaled exponential linear unit. */
export function selu(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Selu", [features], {}, options);
}

/** Gradient of Selu from its `outputs`. */
export function seluGrad(gradients: TensorLike, outputs: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("SeluGrad", [gradients, outputs], {}, options);
}

/** `log(1 + exp(features))`. */
export function softplus(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Softplus", [features], {}, options);
}

/** `gradients / (1 + exp(-features))`. */
export function softplusGrad(
  gradients: TensorLike,
  features: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SoftplusGrad", [gradients, features], {}, options);
}

/** `features / (|features| + 1)`. */
export function softsign(features: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Softsign", [features], {}, options);
}

/** `gradients / (1 + |features|)²`. */
export function softsignGrad(
  gradients: TensorLike,
  features: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("SoftsignGrad", [gradients, features], {}, options);
}

/** Adds a vector along the channel dimension. */
export function biasAdd(
  value: TensorLike,
  bias: TensorLike,
  options: { readonly dataFormat?: "NHWC" | "NCHW"; readonly name?: string } = {},
): Tensor {
  return build("BiasAdd", [value, bias], { data_format: options.dataFormat }, options);
}

/** Adds a vector along the last dimension. */
export function biasAddV1(value: TensorLike, bias: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BiasAddV1", [value, bias], {}, options);
}

/** Sums over all but the channel dimension. */
export function biasAddGrad(
  outBackprop: TensorLike,
  options: { readonly dataFormat?: "NHWC" | "NCHW"; readonly name?: string } = {},
): Tensor {
  return build("BiasAddGrad", [outBackprop], { data_format: options.dataFormat }, options);
}
