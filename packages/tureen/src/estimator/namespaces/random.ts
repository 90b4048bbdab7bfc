/**
 * `tf.random`: draws. A seed is joined with the graph's, as TensorFlow's are, and gives the same numbers; the `stateless…` functions give
 * the same ones in each run for two integers as their seed.
 */
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import { asTensor, build, constant, type NamedOptions, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { statelessRandomGetKeyCounter } from "../../graph/ops/random.js";
import { nameScope } from "../../graph/scope.js";
import { add, mul, sub } from "../nn/arithmetic.js";
import { getSeed } from "../nn/random-seed.js";

export {
  allCandidateSampler,
  fixedUnigramCandidateSampler,
  learnedUnigramCandidateSampler,
  logUniformCandidateSampler,
  uniformCandidateSampler,
} from "../nn/candidate-sampling.js";

/** Sizes, or an int32 or int64 tensor of them. */
export type ShapeLike = readonly number[] | Tensor;

interface Drawn extends NamedOptions {
  readonly dtype?: DType;
  readonly seed?: number;
}

const drawn: OptionTable<Drawn> = { dtype: "optional", seed: "optional", name: "optional" };

/** Mean and standard deviation of a normal distribution, 0 and 1 by default. */
export interface NormalParameters {
  readonly mean?: TensorLike;
  readonly stddev?: TensorLike;
}

/** The bounds of a uniform distribution; the upper one is not drawn. Default from 0 to 1, which integers have to name. */
export interface UniformBounds {
  readonly minval?: TensorLike;
  readonly maxval?: TensorLike;
}

const normals: OptionTable<NormalParameters> = { mean: "optional", stddev: "optional" };
const bounds: OptionTable<UniformBounds> = { minval: "optional", maxval: "optional" };

function shapeTensor(shape: ShapeLike): Tensor {
  return shape instanceof Tensor
    ? shape
    : constant({ dtype: "int32", shape: [shape.length], data: Int32Array.from(shape) }, undefined, "shape");
}

function scaled(draw: Tensor, { mean = 0, stddev = 1 }: NormalParameters): Tensor {
  const [center, width] = [asTensor(mean, draw.dtype, "mean"), asTensor(stddev, draw.dtype, "stddev")];
  return add(mul(draw, width), center);
}

function spread(draw: Tensor, { minval = 0, maxval = 1 }: UniformBounds): Tensor {
  const [low, high] = [asTensor(minval, draw.dtype, "min"), asTensor(maxval, draw.dtype, "max")];
  return add(mul(draw, sub(high, low)), low);
}

function isInteger(dtype: DType): boolean {
  return /^u?int/.test(dtype);
}

function integerBounds({ minval = 0, maxval }: UniformBounds, dtype: DType): readonly [Tensor, Tensor] {
  if (maxval === undefined) throw invalidArgument(`Must specify maxval for integer dtype tf.${dtype}`);
  return [asTensor(minval, dtype, "min"), asTensor(maxval, dtype, "max")];
}

/** Numbers of a uniform distribution (`tf.random.uniform`): float32 from [0, 1) by default; of integers `maxval` is needed. */
export function uniform(shape: ShapeLike, options: Drawn & UniformBounds = {}): Tensor {
  checkOptions("uniform", options, { ...drawn, ...bounds });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "random_uniform", () => {
    const sizes = shapeTensor(shape);
    if (isInteger(dtype)) {
      const [low, high] = integerBounds(options, dtype);
      return build("RandomUniformInt", [sizes, low, high], getSeed(options.seed), "RandomUniformInt");
    }
    return spread(build("RandomUniform", [sizes], { dtype, ...getSeed(options.seed) }, "RandomUniform"), options);
  });
}

/** Numbers of a normal distribution (`tf.random.normal`), float32 by default. */
export function normal(shape: ShapeLike, options: Drawn & NormalParameters = {}): Tensor {
  checkOptions("normal", options, { ...drawn, ...normals });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "random_normal", () =>
    scaled(
      build("RandomStandardNormal", [shapeTensor(shape)], { dtype, ...getSeed(options.seed) }, "RandomStandardNormal"),
      options,
    ),
  );
}

/** Numbers of a normal distribution, those further than two standard deviations from the mean drawn again (`tf.random.truncated_normal`). */
export function truncatedNormal(shape: ShapeLike, options: Drawn & NormalParameters = {}): Tensor {
  checkOptions("truncatedNormal", options, { ...drawn, ...normals });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "truncated_normal", () =>
    scaled(
      build("TruncatedNormal", [shapeTensor(shape)], { dtype, ...getSeed(options.seed) }, "TruncatedNormal"),
      options,
    ),
  );
}

/** The rows in another order (`tf.random.shuffle`). */
export function shuffle(value: TensorLike, options: Omit<Drawn, "dtype"> = {}): Tensor {
  checkOptions("shuffle", options, { seed: "optional", name: "optional" });
  return build("RandomShuffle", [value], getSeed(options.seed), options.name);
}

/** Classes [batch, numSamples], int64 by default, by unnormalized log probabilities [batch, classes] (`tf.random.categorical`). */
export function categorical(logits: TensorLike, numSamples: TensorLike, options: Drawn = {}): Tensor {
  checkOptions("categorical", options, drawn);
  const { dtype = "int64", seed, name } = options;
  return nameScope(name ?? "categorical", () =>
    build("Multinomial", [logits, numSamples], { output_dtype: dtype, ...getSeed(seed) }, "Multinomial"),
  );
}

/** Numbers of gamma distributions (`tf.random.gamma`): [...shape, ...alpha's and beta's], `beta` the inverse scale, 1 by default. */
export function gamma(
  shape: ShapeLike,
  alpha: TensorLike,
  options: Drawn & { readonly beta?: TensorLike } = {},
): Tensor {
  checkOptions("gamma", options, { ...drawn, beta: "optional" });
  const { dtype = "float32", beta = 1, seed, name } = options;
  return nameScope(name ?? "random_gamma", () => {
    const [shapes, rate] = [asTensor(alpha, dtype, "alpha"), asTensor(beta, dtype, "beta")];
    const zeros = build("ZerosLike", [rate], {}, "zeros_like");
    const draws = build("RandomGamma", [shapeTensor(shape), add(shapes, zeros)], getSeed(seed), "RandomGamma");
    // Never 0, as TensorFlow's: the logarithm of a draw is finite.
    const least = dtype === "float64" ? 2 ** -1022 : 2 ** -126;
    return build("Maximum", [constant(least, dtype), build("RealDiv", [draws, rate], {}, "truediv")], {}, "Maximum");
  });
}

/** Numbers of Poisson distributions of the rates `lam` (`tf.random.poisson`): [...shape, ...lam's]. */
export function poisson(shape: ShapeLike, lam: TensorLike, options: Drawn = {}): Tensor {
  checkOptions("poisson", options, drawn);
  const { dtype = "float32", seed, name } = options;
  return build("RandomPoissonV2", [shapeTensor(shape), lam], { dtype, ...getSeed(seed) }, name ?? "random_poisson");
}

interface Stateless extends NamedOptions {
  readonly dtype?: DType;
}

const stateless: OptionTable<Stateless> = { dtype: "optional", name: "optional" };

/** The number of the Philox generator among those of TensorFlow, which draws where nothing else is asked for. */
const philox = 1;

function statelessDraw(type: string, shape: ShapeLike, seed: TensorLike, dtype: DType, more: readonly Tensor[] = []) {
  const sizes = shapeTensor(shape);
  const { key, counter } = statelessRandomGetKeyCounter(asTensor(seed, undefined, "seed"));
  const attrs = more.length === 0 ? { dtype } : {};
  return build(type, [sizes, key, counter, constant(philox, "int32", "alg"), ...more], attrs, type);
}

/** `uniform` of a seed [2], whatever was drawn before (`tf.random.stateless_uniform`). */
export function statelessUniform(shape: ShapeLike, seed: TensorLike, options: Stateless & UniformBounds = {}): Tensor {
  checkOptions("statelessUniform", options, { ...stateless, ...bounds });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "stateless_random_uniform", () =>
    isInteger(dtype)
      ? statelessDraw("StatelessRandomUniformIntV2", shape, seed, dtype, integerBounds(options, dtype))
      : spread(statelessDraw("StatelessRandomUniformV2", shape, seed, dtype), options),
  );
}

/** `normal` of a seed [2], whatever was drawn before (`tf.random.stateless_normal`). */
export function statelessNormal(
  shape: ShapeLike,
  seed: TensorLike,
  options: Stateless & NormalParameters = {},
): Tensor {
  checkOptions("statelessNormal", options, { ...stateless, ...normals });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "stateless_random_normal", () =>
    scaled(statelessDraw("StatelessRandomNormalV2", shape, seed, dtype), options),
  );
}

/** `truncatedNormal` of a seed [2], whatever was drawn before (`tf.random.stateless_truncated_normal`). */
export function statelessTruncatedNormal(
  shape: ShapeLike,
  seed: TensorLike,
  options: Stateless & NormalParameters = {},
): Tensor {
  checkOptions("statelessTruncatedNormal", options, { ...stateless, ...normals });
  const { dtype = "float32", name } = options;
  return nameScope(name ?? "stateless_truncated_normal", () =>
    scaled(statelessDraw("StatelessTruncatedNormalV2", shape, seed, dtype), options),
  );
}

/** `categorical` of a seed [2], whatever was drawn before (`tf.random.stateless_categorical`). */
export function statelessCategorical(
  logits: TensorLike,
  numSamples: TensorLike,
  seed: TensorLike,
  options: Stateless = {},
): Tensor {
  checkOptions("statelessCategorical", options, stateless);
  const { dtype = "int64", name } = options;
  return nameScope(name ?? "stateless_categorical", () =>
    build(
      "StatelessMultinomial",
      [logits, numSamples, asTensor(seed, undefined, "seed")],
      { output_dtype: dtype },
      "StatelessMultinomial",
    ),
  );
}
