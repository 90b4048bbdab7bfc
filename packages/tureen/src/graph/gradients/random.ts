import { constant } from "../build-op.js";
import type { Gradient, GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { concatV2, onesLike, range, reshape, shape, stridedSlice } from "../ops/array.js";
import { mul, sub } from "../ops/math.js";
import { randomGammaGrad } from "../ops/random-draws.js";
import { sum } from "../ops/reduce.js";
import { denseOf } from "./array/build-math.js";

/** The gradient by alpha of samples that have `leading` dimensions more (Figurnov et al., "Implicit reparameterization gradients", 2018). */
function gammaGradient(alpha: Tensor, leading: Tensor, op: Operation, grads: readonly (Gradient | null)[]): Tensor {
  const zero = constant(0, "int32");
  const axes = range(zero, leading, constant(1, "int32"));
  const shared = reshape(alpha, concatV2([onesLike(axes), shape(alpha)], 0));
  return sum(mul(denseOf(grads), randomGammaGrad(shared, op.output)), axes);
}

/** The first entry of a vector. */
function firstOf(vector: Tensor): Tensor {
  return stridedSlice(vector, [0], [1], [1], { shrinkAxisMask: 1 });
}

const gamma: GradientRule = (op, grads) => {
  return [null, gammaGradient(op.inputs[1]!, firstOf(shape(op.inputs[0]!)), op, grads)];
};

/** The shape of a stateless draw ends with that of its parameters. */
function statelessGamma(alphaAt: number): GradientRule {
  return (op, grads) => {
    const alpha = op.inputs[alphaAt]!;
    const leading = sub(firstOf(shape(op.inputs[0]!)), firstOf(shape(shape(alpha))));
    return op.inputs.map((_, i) => (i === alphaAt ? gammaGradient(alpha, leading, op, grads) : null));
  };
}

/** Gradients of the random family: of most samples TensorFlow has none. */
export const randomGradients: GradientTable = {
  RandomIndexShuffle: null,
  RandomUniform: null,
  RandomStandardNormal: null,
  TruncatedNormal: null,
  RandomUniformInt: null,
  ParameterizedTruncatedNormal: null,
  RandomShuffle: null,
  RandomPoisson: null,
  RandomPoissonV2: null,
  StatelessRandomPoisson: null,
  StatelessRandomBinomial: null,
  RandomGamma: gamma,
  StatelessRandomGammaV2: statelessGamma(2),
  StatelessRandomGammaV3: statelessGamma(4),
  Multinomial: null,
  StatelessMultinomial: null,
  StatelessRandomUniform: null,
  StatelessRandomNormal: null,
  StatelessTruncatedNormal: null,
  StatelessRandomUniformInt: null,
  StatelessRandomUniformFullInt: null,
  StatelessRandomUniformV2: null,
  StatelessRandomNormalV2: null,
  StatelessTruncatedNormalV2: null,
  StatelessRandomUniformIntV2: null,
  StatelessRandomUniformFullIntV2: null,
  StatelessRandomGetKeyCounter: null,
  StatelessRandomGetAlg: null,
  StatelessRandomGetKeyCounterAlg: null,
  UniformCandidateSampler: null,
  LogUniformCandidateSampler: null,
  LearnedUnigramCandidateSampler: null,
  ThreadUnsafeUnigramCandidateSampler: null,
  FixedUnigramCandidateSampler: null,
  AllCandidateSampler: null,
  ComputeAccidentalHits: null,
};
