import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { toTensor } from "../../core/tensor-value.js";
import { build, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Tensor } from "../../graph/graph.js";
import { fusedBatchNormV3 } from "../../graph/ops/nn-normalize.js";
import { currentGraph, nameScope } from "../../graph/scope.js";
import type { Constraint, Initializer, Variable } from "../../graph/variable.js";
import { add, mul, sub, unary } from "../nn/arithmetic.js";
import { formatTuple } from "../nn/python-format.js";
import { concat, reduceMean, shapeOf, sliceFirst } from "../nn/tensor-shape.js";
import {
  checkClipping,
  type RenormClipping,
  type RenormVariables,
  renormalize,
  renormVariables,
} from "./batch-renormalization.js";
import { variableOf } from "./get-variable.js";
import { onesInitializer, zerosInitializer } from "./initializers.js";
import { layerScope } from "./layer-scope.js";
import { moveAverage } from "./moving-average.js";
import type { Regularizer } from "./regularizers.js";

/** Options of `batchNormalization`. */
export interface BatchNormalizationOptions {
  /** Whether to use, and learn from, the batch's own mean and variance; default false. */
  readonly training?: boolean;
  /** The dimension, or dimensions, that are kept apart; default the last. */
  readonly axis?: number | readonly number[];
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
  readonly betaConstraint?: Constraint;
  readonly gammaConstraint?: Constraint;
  /**
   * Whether one fused op does it all, where it can: for rank 4 and 5, one axis that is the first or the last behind the batch, float32, and neither
   * `renorm` nor `virtualBatchSize`. Default true, as TensorFlow 1.x has it; its moving variance is the unbiased one.
   */
  readonly fused?: boolean;
  /** Batch renormalization (Ioffe, 2017): training corrects the batch's moments towards moving ones. Default false. */
  readonly renorm?: boolean;
  /** Bounds of the corrections; default none. */
  readonly renormClipping?: RenormClipping;
  /** The momentum of the moments that corrections go towards; default 0.99. */
  readonly renormMomentum?: number;
  /**
   * Normalizes groups of rows on their own, so many in each; the batch must divide by it. Rows are dealt out in turn and all variables have one
   * dimension more than the inputs, as in TensorFlow 1.x.
   */
  readonly virtualBatchSize?: number;
  readonly trainable?: boolean;
  readonly name?: string;
  /** Whether the variables are those of the layer of that name in the variable scope. */
  readonly reuse?: boolean;
}

const table: OptionTable<BatchNormalizationOptions> = {
  training: "optional",
  axis: "optional",
  momentum: "optional",
  epsilon: "optional",
  center: "optional",
  scale: "optional",
  betaInitializer: "optional",
  gammaInitializer: "optional",
  movingMeanInitializer: "optional",
  movingVarianceInitializer: "optional",
  betaRegularizer: "optional",
  gammaRegularizer: "optional",
  betaConstraint: "optional",
  gammaConstraint: "optional",
  fused: "optional",
  renorm: "optional",
  renormClipping: "optional",
  renormMomentum: "optional",
  virtualBatchSize: "optional",
  trainable: "optional",
  name: "optional",
  reuse: "optional",
};

interface Parameters {
  readonly gamma: Variable | undefined;
  readonly beta: Variable | undefined;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
  readonly renorm: RenormVariables | undefined;
}

/** How one call normalizes. */
interface Settings {
  /** Axes of what is normalized, that is with the dimension that virtual batches add. */
  readonly axes: readonly number[];
  readonly rank: number;
  readonly isVirtual: boolean;
  readonly training: boolean;
  readonly momentum: number;
  readonly epsilon: number;
  readonly renormClipping: RenormClipping;
  readonly renormMomentum: number;
}

/** The fused op takes no smaller one (`CUDNN_BN_MIN_EPSILON`). */
const leastFusedEpsilon = 1.001e-5;

/**
 * Normalizes one dimension over all others (`tf.layers.batch_normalization`).
 *
 * Variables `gamma`, `beta`, `moving_mean`, `moving_variance` and, with `renorm`, `moving_stddev`, `renorm_mean` and `renorm_stddev` under
 * `<scope>/<name>`; the updates of the moving ones are added to the collection `update_ops`, and training must run them. INVALID_ARGUMENT with
 * TensorFlow's texts for axes and sizes that cannot be.
 */
export function batchNormalization(x: Tensor, options: BatchNormalizationOptions = {}): Tensor {
  checkOptions("batch_normalization", options, table);
  const { training = false, momentum = 0.99, epsilon = 0.001 } = options;
  const { virtualBatchSize, renorm = false, renormClipping = {}, renormMomentum = 0.99 } = options;
  checkClipping(renormClipping);
  const rank = x.shape?.length;
  if (rank === undefined) throw invalidArgument("Input has undefined rank.");
  const axes = axesOf(options.axis ?? -1, rank);
  if (axes.some((axis) => x.shape![axis]! < 0)) {
    throw invalidArgument(
      `Input has undefined \`axis\` dimension. Received input with shape ${formatTuple(x.shape!)}.`,
    );
  }
  checkVirtual(virtualBatchSize, axes);
  const isVirtual = virtualBatchSize !== undefined;
  return layerScope("batch_normalization", options, (scope) => {
    const parameters = parametersOf(scope, shapeOfParameters(x.shape!, axes, isVirtual), x, options);
    if (options.fused !== false && !isVirtual && !renorm && canFuse(x, axes)) {
      return fused(x, axes[0]!, parameters, training, momentum, epsilon);
    }
    const settings: Settings = {
      axes: isVirtual ? axes.map((axis) => axis + 1) : axes,
      rank: isVirtual ? rank + 1 : rank,
      isVirtual,
      training,
      momentum,
      epsilon,
      renormClipping,
      renormMomentum,
    };
    if (!isVirtual) return unfused(x, parameters, settings);
    const rest = sliceFirst(shapeOf(x), { begin: 1 });
    const original = concat([constant([-1], "int32"), rest], 0);
    const grouped = build("Reshape", [x, concat([constant([virtualBatchSize, -1], "int32"), rest], 0)], {}, "Reshape");
    return build("Reshape", [unfused(grouped, parameters, settings), original], {}, "Reshape");
  });
}

function axesOf(axis: number | readonly number[], rank: number): number[] {
  const axes = (typeof axis === "number" ? [axis] : axis).map((one) => {
    const own = one < 0 ? one + rank : one;
    if (!Number.isInteger(own) || own < 0 || own >= rank) throw invalidArgument(`Invalid axis: ${one}`);
    return own;
  });
  if (new Set(axes).size !== axes.length) throw invalidArgument(`Duplicate axis: ${formatTuple(axes)}`);
  return axes;
}

function checkVirtual(size: number | undefined, axes: readonly number[]): void {
  if (size === undefined) return;
  if (!(Number.isInteger(size) && size > 0)) {
    throw invalidArgument(
      `\`virtual_batch_size\` must be a positive integer that divides the true batch size of the input tensor. Received: virtual_batch_size=${size}`,
    );
  }
  if (axes.includes(0)) {
    throw invalidArgument(
      `When using \`virtual_batch_size\`, the batch dimension must be 0 and thus axis cannot include 0. Received axis=[${axes.join(", ")}]`,
    );
  }
}

/** The size of the one axis; ones but for the axes where they are several or batches are virtual. */
function shapeOfParameters(shape: readonly number[], axes: readonly number[], isVirtual: boolean): number[] {
  if (axes.length === 1 && !isVirtual) return [shape[axes[0]!]!];
  const sizes = shape.map((size, i) => (axes.includes(i) ? size : 1));
  return isVirtual ? [sizes[0]!, 1, ...sizes.slice(1)] : sizes;
}

function canFuse(x: Tensor, axes: readonly number[]): boolean {
  const rank = x.shape!.length;
  return (
    (rank === 4 || rank === 5) && axes.length === 1 && (axes[0] === 1 || axes[0] === rank - 1) && x.dtype === "float32"
  );
}

function parametersOf(
  scope: string,
  shape: readonly number[],
  x: Tensor,
  options: BatchNormalizationOptions,
): Parameters {
  const { trainable = true, center = true, scale = true, renorm = false } = options;
  const { movingMeanInitializer = zerosInitializer(), movingVarianceInitializer = onesInitializer() } = options;
  const variable = (
    key: string,
    initializer: Initializer,
    learned: boolean,
    regularizer?: Regularizer,
    constraint?: Constraint,
  ): Variable =>
    variableOf({
      name: `${scope}${key}`,
      dtype: x.dtype,
      shape,
      initializer,
      regularizer,
      trainable: learned && trainable,
      constraint,
    });
  const { gammaInitializer = onesInitializer(), betaInitializer = zerosInitializer() } = options;
  const gamma = scale
    ? variable("gamma", gammaInitializer, true, options.gammaRegularizer, options.gammaConstraint)
    : undefined;
  const beta = center
    ? variable("beta", betaInitializer, true, options.betaRegularizer, options.betaConstraint)
    : undefined;
  return {
    gamma,
    beta,
    movingMean: variable("moving_mean", movingMeanInitializer, false),
    movingVariance: variable("moving_variance", movingVarianceInitializer, false),
    renorm: renorm
      ? renormVariables(
          (key, initializer) => variable(key, initializer, false),
          movingMeanInitializer,
          movingVarianceInitializer,
        )
      : undefined,
  };
}

function fused(
  x: Tensor,
  axis: number,
  parameters: Parameters,
  training: boolean,
  momentum: number,
  epsilon: number,
): Tensor {
  const { gamma, beta, movingMean, movingVariance } = parameters;
  const size = x.shape![axis]!;
  const filled = (value: number): Tensor => constant(Array<number>(size).fill(value), x.dtype, "Const");
  const none = (): Tensor => constant({ dtype: "float32", shape: [0], data: new Float32Array(0) }, undefined, "Const");
  const formats = x.shape!.length === 4 ? (["NCHW", "NHWC"] as const) : (["NCDHW", "NDHWC"] as const);
  const { y, batchMean, batchVariance } = fusedBatchNormV3(
    x,
    gamma === undefined ? filled(1) : gamma.read(),
    beta === undefined ? filled(0) : beta.read(),
    training ? none() : movingMean.read(),
    training ? none() : movingVariance.read(),
    {
      epsilon: Math.max(epsilon, leastFusedEpsilon),
      isTraining: training,
      dataFormat: formats[axis === 1 ? 0 : 1],
    },
  );
  if (training) {
    updated(moveAverage(movingMean, batchMean, momentum));
    updated(moveAverage(movingVariance, batchVariance, momentum));
  }
  return y;
}

function updated(update: ReturnType<typeof moveAverage>): void {
  currentGraph().addToCollection(collectionKeys.updateOps, update);
}

function unfused(x: Tensor, parameters: Parameters, settings: Settings): Tensor {
  const { gamma, beta, movingMean, movingVariance, renorm } = parameters;
  const { rank, axes, isVirtual, training, momentum, epsilon } = settings;
  // Virtual batches lie along dimension 1 and are not summed over.
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => !axes.includes(i) && !(isVirtual && i === 1));
  const keepDims = isVirtual || axes.length > 1;
  // What is along another dimension than the last needs ones behind it to be broadcast.
  const along = (value: Tensor): Tensor => {
    if (keepDims || axes[0] === rank - 1) return value;
    const shape = [-1, ...Array<number>(rank - 1 - axes[0]!).fill(1)];
    return build("Reshape", [value, toTensor(shape, "int32")], {}, "Reshape");
  };
  let mean: Tensor | undefined;
  let variance: Tensor | undefined;
  let correction: { readonly scale: Tensor; readonly offset: Tensor } | undefined;
  if (training) {
    [mean, variance] = moments(x, others, keepDims);
    let [newMean, newVariance] = isVirtual
      ? [reduceMean(mean, [1], true), reduceMean(variance, [1], true)]
      : [mean, variance];
    if (renorm !== undefined) {
      const made = renormalize(renorm, newMean, newVariance, settings);
      correction = { scale: made.r, offset: made.d };
      [newMean, newVariance] = [made.mean, made.variance];
    }
    updated(moveAverage(movingMean, newMean, momentum));
    updated(
      renorm === undefined
        ? moveAverage(movingVariance, newVariance, momentum)
        : renorm.moveVariance(movingVariance, newVariance, momentum, epsilon),
    );
  }
  const scaleOf = (name?: string): Tensor | undefined => (gamma === undefined ? undefined : along(gamma.read(name)));
  const corrected = correction === undefined ? undefined : corrections(correction, along, scaleOf(), beta);
  return nameScope("batchnorm", () => {
    const inverse = unary("Rsqrt", add(along(variance ?? movingVariance.read()), epsilon));
    const gain = corrected?.scale ?? scaleOf("mul/ReadVariableOp");
    const scale = gain === undefined ? inverse : mul(inverse, gain);
    const scaled = mul(x, scale, "mul_1");
    const center = mul(along(mean ?? movingMean.read()), scale, "mul_2");
    const offset = corrected?.offset ?? (beta === undefined ? undefined : along(beta.read()));
    return offset === undefined ? sub(scaled, center) : add(scaled, sub(offset, center), "add_1");
  });
}

/** (y * r + d) * gamma + beta as one scale and one offset of y. */
function corrections(
  correction: { readonly scale: Tensor; readonly offset: Tensor },
  along: (value: Tensor) => Tensor,
  gamma: Tensor | undefined,
  beta: Variable | undefined,
): { readonly scale: Tensor; readonly offset: Tensor } {
  const [r, d] = [along(correction.scale), along(correction.offset)];
  const scale = gamma === undefined ? r : mul(r, gamma);
  const offset = gamma === undefined ? d : mul(d, gamma);
  return { scale, offset: beta === undefined ? offset : add(offset, along(beta.read())) };
}

function moments(x: Tensor, axes: readonly number[], keepDims: boolean): readonly [Tensor, Tensor] {
  return nameScope("moments", () => {
    const mean = reduceMean(x, axes, true, "mean");
    const fixed = build("StopGradient", [mean], {}, "StopGradient");
    const variance = reduceMean(
      build("SquaredDifference", [x, fixed], {}, "SquaredDifference"),
      axes,
      true,
      "variance",
    );
    if (keepDims) return [mean, variance];
    const squeeze = (value: Tensor): Tensor => build("Squeeze", [value], { squeeze_dims: [...axes] }, "Squeeze");
    return [squeeze(mean), squeeze(variance)];
  });
}
