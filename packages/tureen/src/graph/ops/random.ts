import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Uniform samples from [0, 1). */
export function randomUniform(
  shape: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("RandomUniform", [shape], { seed: options.seed, seed2: options.seed2, dtype: options.dtype }, options);
}

/** Samples of the standard normal distribution. */
export function randomStandardNormal(
  shape: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly dtype: DType; readonly name?: string },
): Tensor {
  return build(
    "RandomStandardNormal",
    [shape],
    { seed: options.seed, seed2: options.seed2, dtype: options.dtype },
    options,
  );
}

/** Samples of the standard normal distribution within two standard deviations. */
export function truncatedNormal(
  shape: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("TruncatedNormal", [shape], { seed: options.seed, seed2: options.seed2, dtype: options.dtype }, options);
}

/** Uniform integers from [minval, maxval). */
export function randomUniformInt(
  shape: TensorLike,
  minval: TensorLike,
  maxval: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly name?: string } = {},
): Tensor {
  return build("RandomUniformInt", [shape, minval, maxval], { seed: options.seed, seed2: options.seed2 }, options);
}

/** Samples of the classes of each row, whose logits are given. */
export function multinomial(
  logits: TensorLike,
  numSamples: TensorLike,
  options: {
    readonly seed?: number;
    readonly seed2?: number;
    readonly outputDtype?: DType;
    readonly name?: string;
  } = {},
): Tensor {
  return build(
    "Multinomial",
    [logits, numSamples],
    { seed: options.seed, seed2: options.seed2, output_dtype: options.outputDtype },
    options,
  );
}

/** Samples of normal distributions within bounds, one set of parameters a batch entry. */
export function parameterizedTruncatedNormal(
  shape: TensorLike,
  means: TensorLike,
  stdevs: TensorLike,
  minvals: TensorLike,
  maxvals: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly name?: string } = {},
): Tensor {
  return build(
    "ParameterizedTruncatedNormal",
    [shape, means, stdevs, minvals, maxvals],
    { seed: options.seed, seed2: options.seed2 },
    options,
  );
}

/** The slices of the first dimension in random order. */
export function randomShuffle(
  value: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly name?: string } = {},
): Tensor {
  return build("RandomShuffle", [value], { seed: options.seed, seed2: options.seed2 }, options);
}

/** Samples of gamma distributions. */
export function randomGamma(
  shape: TensorLike,
  alpha: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly name?: string } = {},
): Tensor {
  return build("RandomGamma", [shape, alpha], { seed: options.seed, seed2: options.seed2 }, options);
}

/** Uniform samples from [0, 1) that depend on the seed alone. */
export function statelessRandomUniform(
  shape: TensorLike,
  seed: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniform", [shape, seed], { dtype: options.dtype }, options);
}

/** Standard normal samples that depend on the seed alone. */
export function statelessRandomNormal(
  shape: TensorLike,
  seed: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomNormal", [shape, seed], { dtype: options.dtype }, options);
}

/** Truncated normal samples that depend on the seed alone. */
export function statelessTruncatedNormal(
  shape: TensorLike,
  seed: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessTruncatedNormal", [shape, seed], { dtype: options.dtype }, options);
}

/** Uniform integers from [minval, maxval) that depend on the seed alone. */
export function statelessRandomUniformInt(
  shape: TensorLike,
  seed: TensorLike,
  minval: TensorLike,
  maxval: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniformInt", [shape, seed, minval, maxval], {}, options);
}

/** Uniform integers of the whole dtype that depend on the seed alone. */
export function statelessRandomUniformFullInt(
  shape: TensorLike,
  seed: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniformFullInt", [shape, seed], { dtype: options.dtype }, options);
}

/** Uniform samples from [0, 1) of a key and counter. */
export function statelessRandomUniformV2(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniformV2", [shape, key, counter, alg], { dtype: options.dtype }, options);
}

/** Standard normal samples of a key and counter. */
export function statelessRandomNormalV2(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomNormalV2", [shape, key, counter, alg], { dtype: options.dtype }, options);
}

/** Truncated normal samples of a key and counter. */
export function statelessTruncatedNormalV2(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessTruncatedNormalV2", [shape, key, counter, alg], { dtype: options.dtype }, options);
}

/** Uniform integers from [minval, maxval) of a key and counter. */
export function statelessRandomUniformIntV2(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  minval: TensorLike,
  maxval: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniformIntV2", [shape, key, counter, alg, minval, maxval], {}, options);
}

/** Uniform integers of the whole dtype of a key and counter. */
export function statelessRandomUniformFullIntV2(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomUniformFullIntV2", [shape, key, counter, alg], { dtype: options.dtype }, options);
}

/** Key and counter of the Philox generator from a seed. */
export function statelessRandomGetKeyCounter(
  seed: TensorLike,
  options: { readonly name?: string } = {},
): { readonly key: Tensor; readonly counter: Tensor } {
  const { outputs } = buildOp("StatelessRandomGetKeyCounter", [seed], {}, options);
  return { key: outputs[0]!, counter: outputs[1]! };
}

/** The number of the generator that suits the device: 1, Philox. */
export function statelessRandomGetAlg(options: { readonly name?: string } = {}): Tensor {
  return build("StatelessRandomGetAlg", [], {}, options);
}

/** Key, counter and generator from a seed. */
export function statelessRandomGetKeyCounterAlg(
  seed: TensorLike,
  options: { readonly name?: string } = {},
): { readonly key: Tensor; readonly counter: Tensor; readonly alg: Tensor } {
  const { outputs } = buildOp("StatelessRandomGetKeyCounterAlg", [seed], {}, options);
  return { key: outputs[0]!, counter: outputs[1]!, alg: outputs[2]! };
}

/** Samples of the classes of each row that depend on the seed alone. */
export function statelessMultinomial(
  logits: TensorLike,
  numSamples: TensorLike,
  seed: TensorLike,
  options: { readonly outputDtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessMultinomial", [logits, numSamples, seed], { output_dtype: options.outputDtype }, options);
}
