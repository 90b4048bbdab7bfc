import { invalidArgument } from "../../core/status-error.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { add, mul, sub, unary } from "../nn/arithmetic.js";
import { reduceMean } from "../nn/tensor-shape.js";
import { onesInitializer, zerosInitializer } from "./initializers.js";

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions {
  /** Whether to use, and learn from, the batch's own mean and variance. */
  readonly training: boolean;
  readonly momentum?: number;
  readonly epsilon?: number;
  readonly trainable?: boolean;
  readonly name?: string;
}

/**
 * Normalizes the last dimension over all others (`tf.keras.layers.BatchNormalization`).
 *
 * Variables `gamma`, `beta`, `moving_mean`, `moving_variance` under `<scope>/<name>`; the updates of the moving ones are added to the
 * collection `update_ops`, and training must run them.
 */
export function batchNormalization(x: Tensor, options: BatchNormalizationOptions): Tensor {
  const { training, momentum = 0.99, epsilon = 0.001, trainable = true, name = "batch_normalization" } = options;
  const size = x.shape?.at(-1);
  const rank = x.shape?.length;
  if (size === undefined || rank === undefined || size < 0) {
    throw invalidArgument(`Input has undefined \`axis\` dimension. Received input with shape ${String(x.shape)}.`);
  }
  return nameScope(name, (scope) => {
    const variable = (key: string, initializer: typeof zerosInitializer, learned: boolean): Variable =>
      new Variable({
        name: `${scope}${key}`,
        dtype: x.dtype,
        shape: [size],
        initializer: initializer(),
        trainable: learned && trainable,
      });
    const gamma = variable("gamma", onesInitializer, true);
    const beta = variable("beta", zerosInitializer, true);
    const movingMean = variable("moving_mean", zerosInitializer, false);
    const movingVariance = variable("moving_variance", onesInitializer, false);
    const axes = Array.from({ length: rank - 1 }, (_, i) => i);
    const [mean, variance] = training ? moments(x, axes) : [undefined, undefined];
    if (mean !== undefined) {
      moveAverage(movingMean, mean, momentum);
      moveAverage(movingVariance, variance, momentum);
    }
    return nameScope("batchnorm", () => {
      const spread = variance ?? movingVariance.read();
      const scale = mul(unary("Rsqrt", add(spread, epsilon)), gamma.read("mul/ReadVariableOp"));
      const scaled = mul(x, scale, "mul_1");
      const center = mul(mean ?? movingMean.read(), scale, "mul_2");
      return add(scaled, sub(beta.read(), center), "add_1");
    });
  });
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
