import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { fusedBatchNormV3 } from "../../graph/ops/nn-normalize.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { type Initializer, Variable } from "../../graph/variable.js";
import { add, mul, sub, unary } from "../nn/arithmetic.js";
import { formatTuple } from "../nn/python-format.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { onesInitializer, zerosInitializer } from "./initializers.js";
import { type Regularizer, regularize } from "./regularizers.js";

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions {
  /** Whether to use, and learn from, the batch's own mean and variance; default false. */
  readonly training?: boolean;
  /** The dimension that is kept apart, default the last. */
  readonly axis?: number;
  readonly momentum?: number;
  readonly epsilon?: number;
  /** Whether to add `beta`; default true. */
  readonly center?: boolean;
  /** Whether to multiply with `gamma`; default true. */
  readonly scale?: boolean;
  readonly betaInitializer?: Initializer;
  readonly gammaInitializer?: Initializer;
  readonly movingMeanInitializer?: Initializer;
  readonly movingVarianceInitializer?: Initializer;
  readonly betaRegularizer?: Regularizer;
  readonly gammaRegularizer?: Regularizer;
  /**
   * Whether one fused op does it all, which TensorFlow takes for images (rank 4, channels last) unless told otherwise; its moving variance is the
   * unbiased one.
   */
  readonly fused?: boolean;
  readonly trainable?: boolean;
  readonly name?: string;
}

/** What a batch normalization has made: the batch's own moments are undefined where the moving ones are used. */
interface Normalized {
  readonly outputs: Tensor;
  readonly mean: Tensor | undefined;
  readonly variance: Tensor | undefined;
}

interface Parameters {
  readonly gamma: Variable | undefined;
  readonly beta: Variable | undefined;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}

/** The fused op takes no smaller one (`CUDNN_BN_MIN_EPSILON`). */
const leastFusedEpsilon = 1.001e-5;

/**
 * Normalizes one dimension over all others (`tf.layers.batch_normalization`).
 *
 * Variables `gamma`, `beta`, `moving_mean`, `moving_variance` under `<scope>/<name>`; the updates of the moving ones are added to the
 * collection `update_ops`, and training must run them.
 */
export function batchNormalization(x: Tensor, options: BatchNormalizationOptions = {}): Tensor {
  const { training = false, momentum = 0.99, epsilon = 0.001, name = "batch_normalization" } = options;
  const rank = x.shape?.length;
  if (rank === undefined) throw invalidArgument("Input has undefined rank.");
  const axis = axisOf(options.axis ?? -1, rank);
  const size = x.shape![axis]!;
  if (size < 0) {
    throw invalidArgument(
      `Input has undefined \`axis\` dimension. Received input with shape ${formatTuple(x.shape!)}.`,
    );
  }
  const canFuse = rank === 4 && axis === 3;
  if (options.fused === true && !canFuse) {
    throw invalidArgument(
      "Batch normalization layers support only rank 4 inputs with channels last where `fused` is true.",
    );
  }
  return nameScope(name, (scope) => {
    const parameters = parametersOf(scope, size, x, options);
    const { outputs, mean, variance } =
      canFuse && options.fused !== false
        ? fused(x, size, parameters, training, epsilon)
        : unfused(x, axis, parameters, training, epsilon);
    if (mean !== undefined && variance !== undefined) {
      moveAverage(parameters.movingMean, mean, momentum);
      moveAverage(parameters.movingVariance, variance, momentum);
    }
    return outputs;
  });
}

function axisOf(axis: number, rank: number): number {
  const own = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(own) || own < 0 || own >= rank) throw invalidArgument(`Invalid axis: ${axis}`);
  return own;
}

function parametersOf(scope: string, size: number, x: Tensor, options: BatchNormalizationOptions): Parameters {
  const { trainable = true, center = true, scale = true } = options;
  const variable = (key: string, initializer: Initializer, learned: boolean): Variable =>
    new Variable({
      name: `${scope}${key}`,
      dtype: x.dtype,
      shape: [size],
      initializer,
      trainable: learned && trainable,
    });
  const gamma = scale ? variable("gamma", options.gammaInitializer ?? onesInitializer(), true) : undefined;
  if (gamma !== undefined) regularize(gamma, options.gammaRegularizer);
  const beta = center ? variable("beta", options.betaInitializer ?? zerosInitializer(), true) : undefined;
  if (beta !== undefined) regularize(beta, options.betaRegularizer);
  return {
    gamma,
    beta,
    movingMean: variable("moving_mean", options.movingMeanInitializer ?? zerosInitializer(), false),
    movingVariance: variable("moving_variance", options.movingVarianceInitializer ?? onesInitializer(), false),
  };
}

function fused(x: Tensor, size: number, parameters: Parameters, training: boolean, epsilon: number): Normalized {
  const { gamma, beta, movingMean, movingVariance } = parameters;
  const filled = (value: number): Tensor => constant(Array<number>(size).fill(value), x.dtype, "Const");
  const none = (): Tensor => constant({ dtype: "float32", shape: [0], data: new Float32Array(0) }, undefined, "Const");
  const { y, batchMean, batchVariance } = fusedBatchNormV3(
    x,
    gamma === undefined ? filled(1) : gamma.read(),
    beta === undefined ? filled(0) : beta.read(),
    training ? none() : movingMean.read(),
    training ? none() : movingVariance.read(),
    { epsilon: Math.max(epsilon, leastFusedEpsilon), isTraining: training },
  );
  return training
    ? { outputs: y, mean: batchMean, variance: batchVariance }
    : { outputs: y, mean: undefined, variance: undefined };
}

function unfused(x: Tensor, axis: number, parameters: Parameters, training: boolean, epsilon: number): Normalized {
  const { gamma, beta, movingMean, movingVariance } = parameters;
  const rank = x.shape!.length;
  const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
  // What is along another dimension than the last needs ones behind it to be broadcast.
  const along = (value: Tensor): Tensor => {
    if (axis === rank - 1) return value;
    const shape = [-1, ...Array<number>(rank - 1 - axis).fill(1)];
    return build("Reshape", [value, toTensor(shape, "int32")], {}, "Reshape");
  };
  const [mean, variance] = training ? moments(x, axes) : [undefined, undefined];
  const outputs = nameScope("batchnorm", () => {
    const spread = variance ?? movingVariance.read();
    const inverse = unary("Rsqrt", add(along(spread), epsilon));
    const scale = gamma === undefined ? inverse : mul(inverse, along(gamma.read("mul/ReadVariableOp")));
    const scaled = mul(x, scale, "mul_1");
    const center = mul(along(mean ?? movingMean.read()), scale, "mul_2");
    return beta === undefined ? sub(scaled, center) : add(scaled, sub(along(beta.read()), center), "add_1");
  });
  return { outputs, mean, variance };
}

function moments(x: Tensor, axes: readonly number[]): readonly [Tensor, Tensor] {
  return nameScope("moments", () => {
    const mean = reduceMean(x, axes, true, "mean");
    const fixed = build("StopGradient", [mean], {}, "StopGradient");
    const variance = reduceMean(
      build("SquaredDifference", [x, fixed], {}, "SquaredDifference"),
      axes,
      true,
      "variance",
    );
    const squeeze = (value: Tensor): Tensor => build("Squeeze", [value], { squeeze_dims: [...axes] }, "Squeeze");
    return [squeeze(mean), squeeze(variance)];
  });
}

function moveAverage(variable: Variable, value: Tensor, momentum: number): void {
  nameScope("AssignMovingAvg", () => {
    const share = constant(1 - momentum, variable.dtype, "decay");
    const update = variable.assignSub(mul(sub(variable.read(), value), share), "AssignSubVariableOp");
    currentGraph().addToCollection(collectionKeys.updateOps, update);
  });
}
