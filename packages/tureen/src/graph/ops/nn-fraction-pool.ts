import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Attributes of a fractional pooling; seeds count only where it is deterministic. */
export interface FractionalPoolOptions {
  /** Input size over output size of each dimension, at least 1; those of batch and depth are 1. */
  readonly poolingRatio: readonly number[];
  readonly pseudoRandom?: boolean;
  readonly overlapping?: boolean;
  readonly deterministic?: boolean;
  readonly seed?: number;
  readonly seed2?: number;
  readonly name?: string;
}

/** A fractional pooling's output, and where its pools begin and the last one ends. */
export interface FractionalPool {
  readonly output: Tensor;
  readonly rowPoolingSequence: Tensor;
  readonly colPoolingSequence: Tensor;
}

function fractionalPool(type: string, value: TensorLike, options: FractionalPoolOptions): FractionalPool {
  const { outputs } = buildOp(
    type,
    [value],
    {
      pooling_ratio: options.poolingRatio,
      pseudo_random: options.pseudoRandom,
      overlapping: options.overlapping,
      deterministic: options.deterministic,
      seed: options.seed,
      seed2: options.seed2,
    },
    options,
  );
  return { output: outputs[0]!, rowPoolingSequence: outputs[1]!, colPoolingSequence: outputs[2]! };
}

/** The maxima of pools whose sizes differ by one, at random places. */
export function fractionalMaxPool(value: TensorLike, options: FractionalPoolOptions): FractionalPool {
  return fractionalPool("FractionalMaxPool", value, options);
}

/** The means of pools whose sizes differ by one, at random places. */
export function fractionalAvgPool(value: TensorLike, options: FractionalPoolOptions): FractionalPool {
  return fractionalPool("FractionalAvgPool", value, options);
}

/** Gradient of FractionalMaxPool. */
export function fractionalMaxPoolGrad(
  origInput: TensorLike,
  origOutput: TensorLike,
  outBackprop: TensorLike,
  rowPoolingSequence: TensorLike,
  colPoolingSequence: TensorLike,
  options: { readonly overlapping?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "FractionalMaxPoolGrad",
    [origInput, origOutput, outBackprop, rowPoolingSequence, colPoolingSequence],
    { overlapping: options.overlapping },
    options,
  );
}

/** Gradient of FractionalAvgPool. */
export function fractionalAvgPoolGrad(
  origInputTensorShape: TensorLike,
  outBackprop: TensorLike,
  rowPoolingSequence: TensorLike,
  colPoolingSequence: TensorLike,
  options: { readonly overlapping?: boolean; readonly name?: string } = {},
): Tensor {
  return build(
    "FractionalAvgPoolGrad",
    [origInputTensorShape, outBackprop, rowPoolingSequence, colPoolingSequence],
    { overlapping: options.overlapping },
    options,
  );
}
