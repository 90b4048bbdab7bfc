import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Operation, Tensor } from "../graph.js";

/** Samples of Poisson distributions; the first form of the op, of graphs before TensorFlow 1.4. */
export function randomPoisson(
  shape: TensorLike,
  rate: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly name?: string } = {},
): Tensor {
  return build("RandomPoisson", [shape, rate], { seed: options.seed, seed2: options.seed2 }, options);
}

/** Samples of Poisson distributions. */
export function randomPoissonV2(
  shape: TensorLike,
  rate: TensorLike,
  options: { readonly seed?: number; readonly seed2?: number; readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build(
    "RandomPoissonV2",
    [shape, rate],
    { seed: options.seed, seed2: options.seed2, dtype: options.dtype },
    options,
  );
}

/** Samples of gamma distributions that depend on the seed alone; `shape` ends with that of `alpha`. */
export function statelessRandomGammaV2(
  shape: TensorLike,
  seed: TensorLike,
  alpha: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomGammaV2", [shape, seed, alpha], {}, options);
}

/** Samples of gamma distributions of a key and counter; `shape` ends with that of `alpha`. */
export function statelessRandomGammaV3(
  shape: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  alpha: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomGammaV3", [shape, key, counter, alg, alpha], {}, options);
}

/** Samples of Poisson distributions that depend on the seed alone; `shape` ends with that of `lam`. */
export function statelessRandomPoisson(
  shape: TensorLike,
  seed: TensorLike,
  lam: TensorLike,
  options: { readonly dtype: DType; readonly name?: string },
): Tensor {
  return build("StatelessRandomPoisson", [shape, seed, lam], { dtype: options.dtype }, options);
}

/** Samples of binomial distributions that depend on the seed alone; `shape` ends with the parameters' broadcast. */
export function statelessRandomBinomial(
  shape: TensorLike,
  seed: TensorLike,
  counts: TensorLike,
  probs: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatelessRandomBinomial", [shape, seed, counts, probs], { dtype: options.dtype }, options);
}

/** Samples of normal distributions within bounds that depend on the seed alone. */
export function statelessParameterizedTruncatedNormal(
  shape: TensorLike,
  seed: TensorLike,
  means: TensorLike,
  stddevs: TensorLike,
  minvals: TensorLike,
  maxvals: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessParameterizedTruncatedNormal", [shape, seed, means, stddevs, minvals, maxvals], {}, options);
}

/** The derivative of gamma samples by their alpha. */
export function randomGammaGrad(
  alpha: TensorLike,
  sample: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("RandomGammaGrad", [alpha, sample], {}, options);
}

/** The rows in random order, of a key and counter. */
export function statelessShuffle(
  value: TensorLike,
  key: TensorLike,
  counter: TensorLike,
  alg: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatelessShuffle", [value, key, counter, alg], {}, options);
}

/** Where indices go in a pseudo-random permutation of 0 to `maxIndex`. */
export function randomIndexShuffle(
  index: TensorLike,
  seed: TensorLike,
  maxIndex: TensorLike,
  options: { readonly rounds?: number; readonly name?: string } = {},
): Tensor {
  return build("RandomIndexShuffle", [index, seed, maxIndex], { rounds: options.rounds }, options);
}

/** Uniform samples from [0, 1) of the generator in a variable. */
export function statefulUniform(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatefulUniform", [resource, algorithm, shape], { dtype: options.dtype }, options);
}

/** Standard normal samples of the generator in a variable whose first entry names the algorithm. */
export function statefulStandardNormal(
  resource: TensorLike,
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatefulStandardNormal", [resource, shape], { dtype: options.dtype }, options);
}

/** Standard normal samples of the generator in a variable. */
export function statefulStandardNormalV2(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatefulStandardNormalV2", [resource, algorithm, shape], { dtype: options.dtype }, options);
}

/** Normal samples within two deviations, of the generator in a variable. */
export function statefulTruncatedNormal(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatefulTruncatedNormal", [resource, algorithm, shape], { dtype: options.dtype }, options);
}

/** Uniform integers from [minval, maxval) of the generator in a variable. */
export function statefulUniformInt(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  minval: TensorLike,
  maxval: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("StatefulUniformInt", [resource, algorithm, shape, minval, maxval], {}, options);
}

/** Uniform integers of the whole dtype, of the generator in a variable. */
export function statefulUniformFullInt(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("StatefulUniformFullInt", [resource, algorithm, shape], { dtype: options.dtype }, options);
}

/** Samples of binomial distributions of the generator in a variable. */
export function statefulRandomBinomial(
  resource: TensorLike,
  algorithm: TensorLike,
  shape: TensorLike,
  counts: TensorLike,
  probs: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build(
    "StatefulRandomBinomial",
    [resource, algorithm, shape, counts, probs],
    { dtype: options.dtype },
    options,
  );
}

/** The state of the generator in a variable, which goes on by `delta` samples. */
export function rngReadAndSkip(
  resource: TensorLike,
  alg: TensorLike,
  delta: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("RngReadAndSkip", [resource, alg, delta], {}, options);
}

/** Moves the generator in a variable on by `delta` samples. */
export function rngSkip(
  resource: TensorLike,
  algorithm: TensorLike,
  delta: TensorLike,
  options: { readonly name?: string } = {},
): Operation {
  return buildOp("RngSkip", [resource, algorithm, delta], {}, options);
}

/** Integers that no seed makes again. */
export function nonDeterministicInts(
  shape: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("NonDeterministicInts", [shape], { dtype: options.dtype }, options);
}
