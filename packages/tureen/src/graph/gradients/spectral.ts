import { build, constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Operation, Tensor } from "../graph.js";
import { concatV2, fill, shape, stridedSlice } from "../ops/array.js";
import { addV2, cast, conj, floorMod, mul, realDiv, sub } from "../ops/math.js";
import { prod } from "../ops/reduce.js";
import { fft, fft2d, fft3d, ifft, ifft2d, ifft3d } from "../ops/spectral.js";
import { denseOf } from "./array/build-math.js";

/** How many elements one transform covers. */
function transformSize(grad: Tensor, rank: number): Tensor {
  const sizes = stridedSlice(shape(grad), [-rank], [0], [1], { endMask: 1 });
  return prod(sizes, constant([0], "int32"));
}

function forwardGradient(rank: number, inverse: (input: Tensor) => Tensor): GradientRule {
  return (_, grads) => {
    const grad = denseOf(grads);
    return [mul(inverse(grad), cast(transformSize(grad, rank), grad.dtype))];
  };
}

function inverseGradient(rank: number, forward: (input: Tensor) => Tensor): GradientRule {
  return (_, grads) => {
    const grad = denseOf(grads);
    const real = grad.dtype === "complex128" ? "float64" : "float32";
    const share = realDiv(constant(1, real), cast(transformSize(grad, rank), real));
    return [mul(forward(grad), cast(share, grad.dtype))];
  };
}

/** The share of each entry of half a spectrum in the whole: 1 at its ends, 2 between. */
function shares(op: Operation, real: "float32" | "float64"): Tensor {
  const last = (vector: Tensor): Tensor => stridedSlice(vector, [-1], [0], [1], { shrinkAxisMask: 1, endMask: 1 });
  const count = last(shape(op.inputs[0]!));
  const odd = floorMod(last(op.inputs[1]!), constant(2, "int32"));
  const filled = (size: Tensor, value: number): Tensor => fill(build("Pack", [[size]]), constant(value, real));
  const middle = addV2(sub(count, constant(2, "int32")), odd);
  return concatV2([constant([1], real), filled(middle, 2), filled(sub(constant(1, "int32"), odd), 1)], 0);
}

function irfftGradient(rank: 1 | 2): GradientRule {
  return (op, grads) => {
    const grad = denseOf(grads);
    const real = grad.dtype as "float32" | "float64";
    const complex = real === "float64" ? "complex128" : "complex64";
    const size = realDiv(constant(1, real), cast(transformSize(grad, rank), real));
    const spectrum = build(rank === 1 ? "RFFT" : "RFFT2D", [grad, op.inputs[1]!], { Tcomplex: complex });
    return [mul(spectrum, cast(mul(size, shares(op, real)), complex)), null];
  };
}

/** The gradient of a real transform: the half spectrum, with zeros for the other half, through the whole complex transform. */
function rfftGradient(rank: 1 | 2): GradientRule {
  return (op, grads) => {
    const grad = denseOf(grads);
    const real = grad.dtype === "complex128" ? "float64" : "float32";
    const input = shape(op.inputs[0]!);
    const last = stridedSlice(input, [-1], [0], [1], { endMask: 1 });
    const half = stridedSlice(shape(grad), [-1], [0], [1], { endMask: 1 });
    const leading = stridedSlice(shape(grad), [0], [-1], [1], { beginMask: 1 });
    const rest = fill(concatV2([leading, sub(last, half)], 0), cast(constant(0, real), grad.dtype));
    const whole = concatV2([grad, rest], -1);
    // The adjoint of a forward transform is the conjugate's forward transform, conjugated.
    const turned = build(rank === 1 ? "FFT" : "FFT2D", [conj(whole)]);
    return [build("Real", [turned], { Tout: real }), null];
  };
}

/** Gradients of the Fourier transforms; those of real ones take transforms of the whole input only, as TensorFlow. */
export const spectralGradients: GradientTable = {
  RFFT: rfftGradient(1),
  RFFT2D: rfftGradient(2),
  IRFFT: irfftGradient(1),
  IRFFT2D: irfftGradient(2),
  FFT: forwardGradient(1, ifft),
  FFT2D: forwardGradient(2, ifft2d),
  FFT3D: forwardGradient(3, ifft3d),
  IFFT: inverseGradient(1, fft),
  IFFT2D: inverseGradient(2, fft2d),
  IFFT3D: inverseGradient(3, fft3d),
};
