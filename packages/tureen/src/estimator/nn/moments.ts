import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { build, constant, type TensorLike } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { add, cast, divNoNan, maximum, mul, sub, unary } from "./arithmetic.js";
import { zerosLike } from "./tensor-shape.js";

interface MomentOptions {
  readonly keepDims?: boolean;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const momentOptionsTable: OptionTable<MomentOptions> = { keepDims: "optional", name: "optional" };

function sumOver(type: "Sum" | "Mean", x: Tensor, axes: readonly number[]): Tensor {
  return build(type, [x, constant([...axes], "int32")], { keep_dims: true }, type);
}

function kept(x: Tensor, axes: readonly number[], keepDims: boolean | undefined): Tensor {
  return keepDims === true ? x : build("Squeeze", [x], { squeeze_dims: [...axes] }, "Squeeze");
}

/** Mean and variance over axes (`tf.nn.moments`). */
export function moments(
  x: Tensor,
  axes: readonly number[],
  options: MomentOptions = {},
): { readonly mean: Tensor; readonly variance: Tensor } {
  checkOptions("moments", options, momentOptionsTable);
  return nameScope(options.name ?? "moments", () => {
    const mean = sumOver("Mean", x, axes);
    const fixed = build("StopGradient", [mean], {}, "StopGradient");
    const variance = sumOver("Mean", build("SquaredDifference", [x, fixed], {}, "SquaredDifference"), axes);
    return { mean: kept(mean, axes, options.keepDims), variance: kept(variance, axes, options.keepDims) };
  });
}

/** Mean and variance over axes where each element counts `frequencyWeights` times (`tf.nn.weighted_moments`). */
export function weightedMoments(
  x: Tensor,
  axes: readonly number[],
  frequencyWeights: Tensor,
  options: MomentOptions = {},
): { readonly mean: Tensor; readonly variance: Tensor } {
  checkOptions("weightedMoments", options, momentOptionsTable);
  return nameScope(options.name ?? "weighted_moments", () => {
    const weights = cast(frequencyWeights, x.dtype);
    const sumOfWeights = sumOver("Sum", add(weights, zerosLike(x)), axes);
    const mean = divNoNan(sumOver("Sum", mul(weights, x), axes), sumOfWeights);
    const distances = mul(weights, build("SquaredDifference", [x, mean], {}, "SquaredDifference"));
    const variance = divNoNan(sumOver("Sum", distances, axes), sumOfWeights);
    return { mean: kept(mean, axes, options.keepDims), variance: kept(variance, axes, options.keepDims) };
  });
}

/** `x` scaled to unit length along axes, or over all (`tf.nn.l2_normalize`); lengths below the root of `epsilon` count as that. */
export function l2Normalize(
  x: Tensor,
  axis: number | readonly number[] | undefined,
  options: { readonly epsilon?: number; readonly name?: string } = {},
): Tensor {
  checkOptions("l2Normalize", options, { epsilon: "optional", name: "optional" });
  return nameScope(options.name ?? "l2_normalize", (scope) => {
    const axes = axis === undefined ? x.shape!.map((_, i) => i) : typeof axis === "number" ? [axis] : axis;
    const squares = sumOver("Sum", unary("Square", x), axes);
    return mul(x, unary("Rsqrt", maximum(squares, options.epsilon ?? 1e-12)), scope);
  });
}

/** `scale * (x - mean) / √(variance + varianceEpsilon) + offset` (`tf.nn.batch_normalization`). */
export function batchNormalization(
  x: Tensor,
  options: {
    readonly mean: TensorLike;
    readonly variance: TensorLike;
    readonly offset?: TensorLike;
    readonly scale?: TensorLike;
    readonly varianceEpsilon: number;
    readonly name?: string;
  },
): Tensor {
  checkOptions("batchNormalization", options, {
    mean: "required",
    variance: "required",
    offset: "optional",
    scale: "optional",
    varianceEpsilon: "required",
    name: "optional",
  });
  return nameScope(options.name ?? "batchnorm", () => {
    const tensor = (value: TensorLike): Tensor => (value instanceof Tensor ? value : constant(value, x.dtype));
    const inverse = unary("Rsqrt", add(tensor(options.variance), options.varianceEpsilon));
    const factor = options.scale === undefined ? inverse : mul(inverse, tensor(options.scale));
    const shift = mul(tensor(options.mean), factor, "mul_2");
    const center = options.offset === undefined ? unary("Neg", shift) : sub(tensor(options.offset), shift);
    return add(mul(x, factor, "mul_1"), center, "add_1");
  });
}
