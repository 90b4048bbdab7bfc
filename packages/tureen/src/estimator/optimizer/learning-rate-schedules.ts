import { checkOptions } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, div, lessEqual, maximum, minimum, mul, pow, sub, unary } from "../nn/arithmetic.js";
import { getSeed } from "../nn/random-seed.js";
import type { LearningRateSchedule } from "./learning-rate.js";

/** `initial * rate ^ (step / decaySteps)`, the exponent rounded down where `staircase` (`ExponentialDecay`). */
export function exponentialDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: { readonly staircase?: boolean } = {},
): LearningRateSchedule {
  checkOptions("exponentialDecay", options, { staircase: "optional" });
  return (step) =>
    nameScope("ExponentialDecay", () => {
      const periods = div(step, decaySteps);
      return mul(initialLearningRate, pow(decayRate, options.staircase === true ? unary("Floor", periods) : periods));
    });
}

/** The i-th value up to and including the i-th boundary, the last value beyond (`PiecewiseConstantDecay`). */
export function piecewiseConstant(boundaries: readonly number[], values: readonly number[]): LearningRateSchedule {
  if (boundaries.length !== values.length - 1) {
    throw invalidArgument(
      `The length of boundaries should be 1 less than the length of values. Received: boundaries=[${boundaries.join(", ")}] of length ${boundaries.length}, and values=[${values.join(", ")}] of length ${values.length}.`,
    );
  }
  return (step) =>
    nameScope("PiecewiseConstant", () => {
      let rate = constant(values.at(-1)!, "float32");
      for (let i = boundaries.length - 1; i >= 0; i--) {
        rate = build(
          "SelectV2",
          [lessEqual(step, boundaries[i]!), constant(values[i]!, "float32"), rate],
          {},
          "SelectV2",
        );
      }
      return rate;
    });
}

/** From one rate to another by a power of the way gone, over `decaySteps` (`PolynomialDecay`); `cycle` starts over, ever more slowly. */
export function polynomialDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: { readonly endLearningRate?: number; readonly power?: number; readonly cycle?: boolean } = {},
): LearningRateSchedule {
  checkOptions("polynomialDecay", options, { endLearningRate: "optional", power: "optional", cycle: "optional" });
  const { endLearningRate = 0.0001, power = 1, cycle = false } = options;
  return (step) =>
    nameScope("PolynomialDecay", () => {
      // At step 0 a cycle counts as one whole, so that nothing is divided by zero.
      const length = cycle
        ? mul(decaySteps, maximum(unary("Ceil", div(step, decaySteps)), 1))
        : constant(decaySteps, "float32");
      const gone = div(cycle ? step : minimum(step, decaySteps), length);
      const range = constant(initialLearningRate - endLearningRate, "float32");
      return add(mul(range, pow(sub(1, gone), power)), endLearningRate);
    });
}

/** Half a cosine from the initial rate to `alpha` of it, over `decaySteps` (`CosineDecay`). */
export function cosineDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: { readonly alpha?: number } = {},
): LearningRateSchedule {
  checkOptions("cosineDecay", options, { alpha: "optional" });
  const { alpha = 0 } = options;
  return (step) =>
    nameScope("CosineDecay", () => {
      const gone = div(minimum(step, decaySteps), decaySteps);
      const cosine = mul(0.5, add(1, unary("Cos", mul(Math.PI, gone))));
      return mul(initialLearningRate, add(mul(1 - alpha, cosine), alpha));
    });
}

/** How the periods of `cosineDecayRestarts` follow each other. */
export interface CosineRestartOptions {
  /** Each period lasts so many times the one before it; default 2. */
  readonly tMul?: number;
  /** Each period starts from so many times the rate of the one before it; default 1. */
  readonly mMul?: number;
  /** The share of the initial rate that is never gone below; default 0. */
  readonly alpha?: number;
}

/** Half a cosine after the other, each of `tMul` times the steps (`CosineDecayRestarts`, `tf.compat.v1.train.cosine_decay_restarts`). */
export function cosineDecayRestarts(
  initialLearningRate: number,
  firstDecaySteps: number,
  options: CosineRestartOptions = {},
): LearningRateSchedule {
  checkOptions("cosineDecayRestarts", options, { tMul: "optional", mMul: "optional", alpha: "optional" });
  const { tMul = 2, mMul = 1, alpha = 0 } = options;
  return (step) =>
    nameScope("SGDRDecay", () => {
      const gone = div(step, firstDecaySteps);
      let restarts: Tensor;
      let fraction: Tensor;
      if (tMul === 1) {
        restarts = unary("Floor", gone);
        fraction = sub(gone, restarts);
      } else {
        const periods = div(unary("Log", sub(1, mul(gone, 1 - tMul))), unary("Log", constant(tMul, "float32")));
        restarts = unary("Floor", periods);
        const length = pow(constant(tMul, "float32"), restarts);
        fraction = div(sub(gone, div(sub(1, length), 1 - tMul)), length);
      }
      const factor = mul(0.5, pow(constant(mMul, "float32"), restarts));
      const cosine = mul(factor, add(1, unary("Cos", mul(Math.PI, fraction))));
      return mul(initialLearningRate, add(mul(1 - alpha, cosine), alpha));
    });
}

/** `initial / (1 + rate * step / decaySteps)`, the quotient rounded down where `staircase` (`InverseTimeDecay`). */
export function inverseTimeDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: { readonly staircase?: boolean } = {},
): LearningRateSchedule {
  checkOptions("inverseTimeDecay", options, { staircase: "optional" });
  return (step) =>
    nameScope("InverseTimeDecay", () => {
      const periods = div(step, decaySteps);
      const decay = mul(decayRate, options.staircase === true ? unary("Floor", periods) : periods);
      return div(initialLearningRate, add(1, decay));
    });
}

/** `initial * exp(-rate * step / decaySteps)`, the quotient rounded down where `staircase` (`tf.compat.v1.train.natural_exp_decay`). */
export function naturalExpDecay(
  initialLearningRate: number,
  decaySteps: number,
  decayRate: number,
  options: { readonly staircase?: boolean } = {},
): LearningRateSchedule {
  checkOptions("naturalExpDecay", options, { staircase: "optional" });
  return exponentialDecay(initialLearningRate, decaySteps, Math.exp(-decayRate), options);
}

/** A line to 0 times `numPeriods` cosines, with `alpha` added before and `beta` after (`tf.compat.v1.train.linear_cosine_decay`). */
export function linearCosineDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: { readonly numPeriods?: number; readonly alpha?: number; readonly beta?: number } = {},
): LearningRateSchedule {
  checkOptions("linearCosineDecay", options, { numPeriods: "optional", alpha: "optional", beta: "optional" });
  const { numPeriods = 0.5, alpha = 0, beta = 0.001 } = options;
  return (step) =>
    nameScope("LinearCosineDecay", () => {
      const done = minimum(step, decaySteps);
      const line = div(sub(decaySteps, done), decaySteps);
      const fraction = mul(numPeriods * 2, div(done, decaySteps));
      const cosine = mul(0.5, add(1, unary("Cos", mul(Math.PI, fraction))));
      return mul(initialLearningRate, add(mul(add(alpha, line), cosine), beta));
    });
}

/** How the noise of `noisyLinearCosineDecay` fades. */
export interface NoisyCosineOptions {
  /** Variance of the noise at step 0; default 1. */
  readonly initialVariance?: number;
  /** The power of `1 + step` that the variance is divided by; default 0.55. */
  readonly varianceDecay?: number;
  readonly numPeriods?: number;
  readonly alpha?: number;
  readonly beta?: number;
  /** Of the noise; without it and a graph seed every run draws its own. */
  readonly seed?: number;
}

/** `linearCosineDecay` with normal noise on its line, which fades with the steps (`tf.compat.v1.train.noisy_linear_cosine_decay`). */
export function noisyLinearCosineDecay(
  initialLearningRate: number,
  decaySteps: number,
  options: NoisyCosineOptions = {},
): LearningRateSchedule {
  checkOptions("noisyLinearCosineDecay", options, {
    initialVariance: "optional",
    varianceDecay: "optional",
    numPeriods: "optional",
    alpha: "optional",
    beta: "optional",
    seed: "optional",
  });
  const { initialVariance = 1, varianceDecay = 0.55, numPeriods = 0.5, alpha = 0, beta = 0.001, seed } = options;
  return (step) =>
    nameScope("NoisyLinearCosineDecay", () => {
      const done = minimum(step, decaySteps);
      const line = div(sub(decaySteps, done), decaySteps);
      const deviation = unary("Sqrt", div(initialVariance, pow(add(1, done), varianceDecay)));
      const noise = build(
        "RandomStandardNormal",
        [constant({ dtype: "int32", shape: [0], data: new Int32Array(0) }, undefined, "shape")],
        { dtype: "float32", ...getSeed(seed) },
        "random_normal",
      );
      const fraction = mul(numPeriods * 2, div(done, decaySteps));
      const cosine = mul(0.5, add(1, unary("Cos", mul(Math.PI, fraction))));
      return mul(initialLearningRate, add(mul(add(alpha, add(line, mul(noise, deviation))), cosine), beta));
    });
}

/** `piecewiseConstant` by its other name (`tf.compat.v1.train.piecewise_constant_decay`). */
export const piecewiseConstantDecay: typeof piecewiseConstant = piecewiseConstant;
