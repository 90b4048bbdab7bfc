import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Rounds to the levels of a quantized range given by attributes. */
export function fakeQuantWithMinMaxArgs(
  inputs: TensorLike,
  options: {
    readonly min?: number;
    readonly max?: number;
    readonly numBits?: number;
    readonly narrowRange?: boolean;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "FakeQuantWithMinMaxArgs",
    [inputs],
    { min: options.min, max: options.max, num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
}

/** `gradients` where `inputs` lies within the range, else 0. */
export function fakeQuantWithMinMaxArgsGradient(
  gradients: TensorLike,
  inputs: TensorLike,
  options: {
    readonly min?: number;
    readonly max?: number;
    readonly numBits?: number;
    readonly narrowRange?: boolean;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "FakeQuantWithMinMaxArgsGradient",
    [gradients, inputs],
    { min: options.min, max: options.max, num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
}

/** Rounds to the levels of a quantized range given by tensors. */
export function fakeQuantWithMinMaxVars(
  inputs: TensorLike,
  min: TensorLike,
  max: TensorLike,
  options: { readonly numBits?: number; readonly narrowRange?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "FakeQuantWithMinMaxVars",
    [inputs, min, max],
    { num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
}

/** Gradients of FakeQuantWithMinMaxVars. */
export function fakeQuantWithMinMaxVarsGradient(
  gradients: TensorLike,
  inputs: TensorLike,
  min: TensorLike,
  max: TensorLike,
  options: { readonly numBits?: number; readonly narrowRange?: boolean; readonly name?: string } = {},
): { readonly backpropsWrtInput: Tensor; readonly backpropWrtMin: Tensor; readonly backpropWrtMax: Tensor } {
  const { outputs } = buildOp(
    "FakeQuantWithMinMaxVarsGradient",
    [gradients, inputs, min, max],
    { num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
  return { backpropsWrtInput: outputs[0]!, backpropWrtMin: outputs[1]!, backpropWrtMax: outputs[2]! };
}

/** Rounds to the levels of a quantized range for each channel. */
export function fakeQuantWithMinMaxVarsPerChannel(
  inputs: TensorLike,
  min: TensorLike,
  max: TensorLike,
  options: { readonly numBits?: number; readonly narrowRange?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "FakeQuantWithMinMaxVarsPerChannel",
    [inputs, min, max],
    { num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
}

/** Gradients of FakeQuantWithMinMaxVarsPerChannel. */
export function fakeQuantWithMinMaxVarsPerChannelGradient(
  gradients: TensorLike,
  inputs: TensorLike,
  min: TensorLike,
  max: TensorLike,
  options: { readonly numBits?: number; readonly narrowRange?: boolean; readonly name?: string } = {},
): { readonly backpropsWrtInput: Tensor; readonly backpropWrtMin: Tensor; readonly backpropWrtMax: Tensor } {
  const { outputs } = buildOp(
    "FakeQuantWithMinMaxVarsPerChannelGradient",
    [gradients, inputs, min, max],
    { num_bits: options.numBits, narrow_range: options.narrowRange },
    options,
  );
  return { backpropsWrtInput: outputs[0]!, backpropWrtMin: outputs[1]!, backpropWrtMax: outputs[2]! };
}

/** Rounds to the levels of a symmetric quantized range. */
export function quantizeAndDequantizeV2(
  input: TensorLike,
  inputMin: TensorLike,
  inputMax: TensorLike,
  options: {
    readonly signedInput?: boolean;
    readonly numBits?: number;
    readonly rangeGiven?: boolean;
    readonly roundMode?: "HALF_TO_EVEN" | "HALF_UP";
    readonly narrowRange?: boolean;
    readonly axis?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "QuantizeAndDequantizeV2",
    [input, inputMin, inputMax],
    {
      signed_input: options.signedInput,
      num_bits: options.numBits,
      range_given: options.rangeGiven,
      round_mode: options.roundMode,
      narrow_range: options.narrowRange,
      axis: options.axis,
    },
    options,
  );
}

/** QuantizeAndDequantizeV2 with the number of bits as a tensor. */
export function quantizeAndDequantizeV3(
  input: TensorLike,
  inputMin: TensorLike,
  inputMax: TensorLike,
  numBits: TensorLike,
  options: {
    readonly signedInput?: boolean;
    readonly rangeGiven?: boolean;
    readonly narrowRange?: boolean;
    readonly axis?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "QuantizeAndDequantizeV3",
    [input, inputMin, inputMax, numBits],
    {
      signed_input: options.signedInput,
      range_given: options.rangeGiven,
      narrow_range: options.narrowRange,
      axis: options.axis,
    },
    options,
  );
}

/** QuantizeAndDequantizeV2 whose gradient stops outside the range. */
export function quantizeAndDequantizeV4(
  input: TensorLike,
  inputMin: TensorLike,
  inputMax: TensorLike,
  options: {
    readonly signedInput?: boolean;
    readonly numBits?: number;
    readonly rangeGiven?: boolean;
    readonly roundMode?: "HALF_TO_EVEN" | "HALF_UP";
    readonly narrowRange?: boolean;
    readonly axis?: number;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "QuantizeAndDequantizeV4",
    [input, inputMin, inputMax],
    {
      signed_input: options.signedInput,
      num_bits: options.numBits,
      range_given: options.rangeGiven,
      round_mode: options.roundMode,
      narrow_range: options.narrowRange,
      axis: options.axis,
    },
    options,
  );
}

/** Gradients of QuantizeAndDequantizeV4. */
export function quantizeAndDequantizeV4Grad(
  gradients: TensorLike,
  input: TensorLike,
  inputMin: TensorLike,
  inputMax: TensorLike,
  options: { readonly axis?: number; readonly name?: string } = {},
): { readonly inputBackprop: Tensor; readonly inputMinBackprop: Tensor; readonly inputMaxBackprop: Tensor } {
  const { outputs } = buildOp(
    "QuantizeAndDequantizeV4Grad",
    [gradients, input, inputMin, inputMax],
    { axis: options.axis },
    options,
  );
  return { inputBackprop: outputs[0]!, inputMinBackprop: outputs[1]!, inputMaxBackprop: outputs[2]! };
}
