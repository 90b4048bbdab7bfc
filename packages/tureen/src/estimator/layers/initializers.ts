import { checkOptions } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { tensorValue, toTensor, zeros } from "../../core/tensor-value.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import type { Initializer } from "../../graph/variable.js";
import { add, mul, sub } from "../nn/arithmetic.js";
import { formatTuple } from "../nn/python-format.js";
import { getSeed } from "../nn/random-seed.js";

/** From this many elements on a constant is a Fill, not a Const that holds them all (as `tf.zeros`). */
const largestConst = 1000;

/** Standard deviation of a standard normal truncated at two; dividing by it gives the wanted deviation back (scipy's truncnorm). */
const truncatedDeviation = 0.8796256610342398;

/** All elements the same. */
export function constantInitializer(value: number): Initializer {
  return (shape, dtype) => filled(shape, dtype, value, "Const");
}

/** All zeros. */
export function zerosInitializer(): Initializer {
  return (shape, dtype) => filled(shape, dtype, 0, "zeros");
}

/** All ones. */
export function onesInitializer(): Initializer {
  return (shape, dtype) => filled(shape, dtype, 1, "ones");
}

function filled(shape: Shape, dtype: DType, value: number, name: string): Tensor {
  const count = elementCount(shape);
  if (count < largestConst) {
    const scalar = toTensor(value, dtype);
    const data = zeros(dtype, shape).data as Float32Array;
    (data as Float32Array).fill(scalar.data[0] as number);
    return constant(tensorValue(dtype, shape, data as never), dtype, name);
  }
  return nameScope(name, (scope) =>
    build("Fill", [toTensor([...shape], "int32", [shape.length]), toTensor(value, dtype)], {}, scope),
  );
}

/** Uniform in [minval, maxval). */
export function randomUniformInitializer(
  options: { readonly minval?: number; readonly maxval?: number; readonly seed?: number } = {},
): Initializer {
  checkOptions("randomUniformInitializer", options, { minval: "optional", maxval: "optional", seed: "optional" });
  const { minval = -0.05, maxval = 0.05, seed } = options;
  return (shape, dtype) => randomUniform(shape, dtype, minval, maxval, seed);
}

/** Normal. */
export function randomNormalInitializer(
  options: { readonly mean?: number; readonly stddev?: number; readonly seed?: number } = {},
): Initializer {
  checkOptions("randomNormalInitializer", options, { mean: "optional", stddev: "optional", seed: "optional" });
  const { mean = 0, stddev = 0.05, seed } = options;
  return (shape, dtype) => normal("RandomStandardNormal", "random_normal", shape, dtype, mean, stddev, seed);
}

/** Normal, drawn again where more than two standard deviations from the mean. */
export function truncatedNormalInitializer(
  options: { readonly mean?: number; readonly stddev?: number; readonly seed?: number } = {},
): Initializer {
  checkOptions("truncatedNormalInitializer", options, { mean: "optional", stddev: "optional", seed: "optional" });
  const { mean = 0, stddev = 0.05, seed } = options;
  return (shape, dtype) => normal("TruncatedNormal", "truncated_normal", shape, dtype, mean, stddev, seed);
}

/** What a VarianceScaling initializer is made of. */
export interface VarianceScalingOptions {
  readonly scale?: number;
  readonly mode?: "fan_in" | "fan_out" | "fan_avg";
  readonly distribution?: "uniform" | "truncated_normal" | "untruncated_normal";
  readonly seed?: number | undefined;
}

/** Random with a variance of `scale` over the number of inputs, outputs or their mean (`tf.keras.initializers.VarianceScaling`). */
export function varianceScalingInitializer(options: VarianceScalingOptions = {}): Initializer {
  checkOptions("varianceScalingInitializer", options, {
    scale: "optional",
    mode: "optional",
    distribution: "optional",
    seed: "optional",
  });
  const { scale = 1, mode = "fan_in", distribution = "truncated_normal", seed } = options;
  if (scale <= 0) throw invalidArgument(`\`scale\` must be positive float. Received: scale=${scale}.`);
  return (shape, dtype) => {
    const [fanIn, fanOut] = fans(shape);
    const fan = mode === "fan_in" ? fanIn : mode === "fan_out" ? fanOut : (fanIn + fanOut) / 2;
    const variance = scale / Math.max(1, fan);
    if (distribution === "uniform") {
      const limit = Math.sqrt(3 * variance);
      return randomUniform(shape, dtype, -limit, limit, seed);
    }
    if (distribution === "untruncated_normal") {
      return normal("RandomStandardNormal", "random_normal", shape, dtype, 0, Math.sqrt(variance), seed);
    }
    return normal(
      "TruncatedNormal",
      "truncated_normal",
      shape,
      dtype,
      0,
      Math.sqrt(variance) / truncatedDeviation,
      seed,
    );
  };
}

/** Glorot and Bengio's uniform initializer, the default of dense layers. */
export function glorotUniformInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("glorotUniformInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ mode: "fan_avg", distribution: "uniform", ...options });
}

/** Glorot and Bengio's normal initializer. */
export function glorotNormalInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("glorotNormalInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ mode: "fan_avg", distribution: "truncated_normal", ...options });
}

/** He et al.'s normal initializer. */
export function heNormalInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("heNormalInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ scale: 2, mode: "fan_in", distribution: "truncated_normal", ...options });
}

/** He et al.'s uniform initializer. */
export function heUniformInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("heUniformInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ scale: 2, mode: "fan_in", distribution: "uniform", ...options });
}

/** LeCun et al.'s normal initializer. */
export function lecunNormalInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("lecunNormalInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ mode: "fan_in", distribution: "truncated_normal", ...options });
}

/** LeCun et al.'s uniform initializer. */
export function lecunUniformInitializer(options: { readonly seed?: number } = {}): Initializer {
  checkOptions("lecunUniformInitializer", options, { seed: "optional" });
  return varianceScalingInitializer({ mode: "fan_in", distribution: "uniform", ...options });
}

/** The identity matrix times `gain`, cut or filled up with zeros (`tf.initializers.identity`); INVALID_ARGUMENT but for matrices. */
export function identityInitializer(options: { readonly gain?: number } = {}): Initializer {
  checkOptions("identityInitializer", options, { gain: "optional" });
  const { gain = 1 } = options;
  return (shape, dtype) => {
    if (shape.length !== 2) {
      throw invalidArgument(
        `Identity matrix initializer can only be used for 2D matrices. Received: shape=${formatTuple(shape)} of rank ${shape.length}.`,
      );
    }
    const [rows, columns] = shape as readonly [number, number];
    const values = Array.from({ length: rows * columns }, (_, i) =>
      Math.floor(i / columns) === i % columns ? gain : 0,
    );
    return constant(toTensor(values, dtype, shape), dtype, "eye");
  };
}

/** An orthogonal matrix, or one with orthogonal rows or columns (`tf.keras.initializers.Orthogonal`), of a random normal matrix's QR decomposition. */
export function orthogonalInitializer(options: { readonly gain?: number; readonly seed?: number } = {}): Initializer {
  checkOptions("orthogonalInitializer", options, { gain: "optional", seed: "optional" });
  const { gain = 1, seed } = options;
  return (shape, dtype) => {
    if (shape.length < 2) {
      throw invalidArgument(
        `The tensor to initialize must be at least two-dimensional. Received: shape=${formatTuple(shape)} of rank ${shape.length}.`,
      );
    }
    const columns = shape.at(-1)!;
    const rows = elementCount(shape) / columns;
    const flat = [Math.max(rows, columns), Math.min(rows, columns)];
    const random = normal("RandomStandardNormal", "random_normal", flat, dtype, 0, 1, seed);
    const [q, r] = buildOp("Qr", [random], { full_matrices: false }, "Qr").outputs;
    // The signs make the decomposition, and so the distribution of q, unique.
    const signs = build("Sign", [build("MatrixDiagPart", [r!], {}, "DiagPart")], {}, "Sign");
    const signed = mul(q!, signs);
    const oriented = rows < columns ? build("Transpose", [signed, toTensor([1, 0], "int32")]) : signed;
    return mul(gain, build("Reshape", [oriented, toTensor([...shape], "int32", [shape.length])]), "mul_1");
  };
}

/** Inputs and outputs of a kernel: dense [in, out], convolution [..., in, out] with its receptive field. */
function fans(shape: Shape): readonly [number, number] {
  if (shape.length < 1) return [1, 1];
  if (shape.length === 1) return [shape[0]!, shape[0]!];
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return [shape.at(-2)! * field, shape.at(-1)! * field];
}

function randomUniform(shape: Shape, dtype: DType, minval: number, maxval: number, seed: number | undefined): Tensor {
  return nameScope("random_uniform", (scope) => {
    const size = constant(toTensor([...shape], "int32", [shape.length]), "int32", "shape");
    const low = constant(minval, dtype, "min");
    const high = constant(maxval, dtype, "max");
    const random = build("RandomUniform", [size], { dtype, ...getSeed(seed) }, "RandomUniform");
    return add(mul(random, sub(high, low)), low, scope);
  });
}

function normal(
  type: string,
  name: string,
  shape: Shape,
  dtype: DType,
  mean: number,
  stddev: number,
  seed: number | undefined,
): Tensor {
  return nameScope(name, (scope) => {
    const size = constant(toTensor([...shape], "int32", [shape.length]), "int32", "shape");
    const center = constant(mean, dtype, "mean");
    const spread = constant(stddev, dtype, "stddev");
    const random = build(type, [size], { dtype, ...getSeed(seed) }, type);
    return add(mul(random, spread), center, scope);
  });
}
