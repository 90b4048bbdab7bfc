import { constant } from "../build-op.js";
import type { GradientRule, GradientTable } from "../gradient.js";
import type { Tensor } from "../graph.js";
import { shape, stridedSlice } from "../ops/array.js";
import { cast, mul, realDiv } from "../ops/math.js";
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

/** Gradients of the complex Fourier transforms. */
export const spectralGradients: GradientTable = {
  FFT: forwardGradient(1, ifft),
  FFT2D: forwardGradient(2, ifft2d),
  FFT3D: forwardGradient(3, ifft3d),
  IFFT: inverseGradient(1, fft),
  IFFT2D: inverseGradient(2, fft2d),
  IFFT3D: inverseGradient(3, fft3d),
};
