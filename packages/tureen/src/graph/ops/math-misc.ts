import type { DType } from "../../core/dtype.js";
import { build, buildOp, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The elements as another dtype; `truncate` rounds floats towards zero instead of to the nearest. */
export function cast(
  x: TensorLike,
  dstT: DType,
  options: { readonly truncate?: boolean; readonly name?: string } = {},
): Tensor {
  return build("Cast", [x], { DstT: dstT, Truncate: options.truncate }, options);
}

/** The sum of tensors of one shape. */
export function addN(inputs: readonly TensorLike[], options: { readonly name?: string } = {}): Tensor {
  return build("AddN", [inputs], {}, options);
}

/** Complex numbers from their real and imaginary parts, which broadcast. */
export function complex(
  real: TensorLike,
  imag: TensorLike,
  options: { readonly tout?: DType; readonly name?: string } = {},
): Tensor {
  return build("Complex", [real, imag], { Tout: options.tout }, options);
}

/** Absolute values of complex numbers. */
export function complexAbs(x: TensorLike, options: { readonly tout?: DType; readonly name?: string } = {}): Tensor {
  return build("ComplexAbs", [x], { Tout: options.tout }, options);
}

/** Real parts of complex numbers. */
export function real(input: TensorLike, options: { readonly tout?: DType; readonly name?: string } = {}): Tensor {
  return build("Real", [input], { Tout: options.tout }, options);
}

/** Imaginary parts of complex numbers. */
export function imag(input: TensorLike, options: { readonly tout?: DType; readonly name?: string } = {}): Tensor {
  return build("Imag", [input], { Tout: options.tout }, options);
}

/** Angles of complex numbers. */
export function angle(input: TensorLike, options: { readonly tout?: DType; readonly name?: string } = {}): Tensor {
  return build("Angle", [input], { Tout: options.tout }, options);
}

/** Whether |x - y| is below a tolerance; the operands have one shape. */
export function approximateEqual(
  x: TensorLike,
  y: TensorLike,
  options: { readonly tolerance?: number; readonly name?: string } = {},
): Tensor {
  return build("ApproximateEqual", [x, y], { tolerance: options.tolerance }, options);
}

/** The regularized incomplete beta function I_x(a, b); operands are scalars or of one shape. */
export function betainc(a: TensorLike, b: TensorLike, x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Betainc", [a, b, x], {}, options);
}

/** How many of the sorted boundaries are not above each element. */
export function bucketize(
  input: TensorLike,
  boundaries: readonly number[],
  options: { readonly name?: string } = {},
): Tensor {
  return build("Bucketize", [input], { boundaries }, options);
}

/** The elements, moved to the nearer bound where they lie outside; bounds are scalars or of the input's shape. */
export function clipByValue(
  t: TensorLike,
  clipValueMin: TensorLike,
  clipValueMax: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("ClipByValue", [t, clipValueMin, clipValueMax], {}, options);
}

/** Cross products of the vectors of three along the last dimension. */
export function cross(a: TensorLike, b: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Cross", [a, b], {}, options);
}

/** What steers a scan: whether each element leaves itself out, and whether the scan runs from the end. */
export interface ScanOptions {
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
  readonly name?: string;
}

/** Running sums along an axis. */
export function cumsum(x: TensorLike, axis: TensorLike, options: ScanOptions = {}): Tensor {
  return build("Cumsum", [x, axis], { exclusive: options.exclusive, reverse: options.reverse }, options);
}

/** Running products along an axis. */
export function cumprod(x: TensorLike, axis: TensorLike, options: ScanOptions = {}): Tensor {
  return build("Cumprod", [x, axis], { exclusive: options.exclusive, reverse: options.reverse }, options);
}

/** Running log Σ e^x along an axis. */
export function cumulativeLogsumexp(x: TensorLike, axis: TensorLike, options: ScanOptions = {}): Tensor {
  const attrs = { exclusive: options.exclusive, reverse: options.reverse };
  return build("CumulativeLogsumexp", [x, axis], attrs, options);
}

/** `num` numbers at equal distances from `start` to `stop`, both included. */
export function linSpace(
  start: TensorLike,
  stop: TensorLike,
  num: TensorLike,
  options: { readonly name?: string } = {},
): Tensor {
  return build("LinSpace", [start, stop, num], {}, options);
}

/** The shape that two shapes broadcast to. */
export function broadcastArgs(s0: TensorLike, s1: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BroadcastArgs", [s0, s1], {}, options);
}

/** The axes along which each of two shapes is repeated when they broadcast: what a gradient must be summed over. */
export function broadcastGradientArgs(
  s0: TensorLike,
  s1: TensorLike,
  options: { readonly name?: string } = {},
): { readonly r0: Tensor; readonly r1: Tensor } {
  const [r0, r1] = buildOp("BroadcastGradientArgs", [s0, s1], {}, options).outputs;
  return { r0: r0!, r1: r1! };
}

/** The decreasing sequences nearest to those of the last dimension, and which elements were pooled. */
export function isotonicRegression(
  input: TensorLike,
  options: { readonly outputDtype?: DType; readonly name?: string } = {},
): { readonly output: Tensor; readonly segments: Tensor } {
  const { outputs } = buildOp("IsotonicRegression", [input], { output_dtype: options.outputDtype }, options);
  return { output: outputs[0]!, segments: outputs[1]! };
}
