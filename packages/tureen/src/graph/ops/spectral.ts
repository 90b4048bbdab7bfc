import type { DType } from "../../core/dtype.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** Discrete Fourier transform over the last dimension. */
export function fft(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FFT", [input], {}, options);
}

/** Inverse of FFT. */
export function ifft(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IFFT", [input], {}, options);
}

/** Discrete Fourier transform over the last two dimensions. */
export function fft2d(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FFT2D", [input], {}, options);
}

/** Inverse of FFT2D. */
export function ifft2d(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IFFT2D", [input], {}, options);
}

/** Discrete Fourier transform over the last three dimensions. */
export function fft3d(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FFT3D", [input], {}, options);
}

/** Inverse of FFT3D. */
export function ifft3d(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IFFT3D", [input], {}, options);
}

/** The non-negative frequencies of a real signal of length `fftLength`, cropped or zero-padded. */
export function rfft(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly tcomplex?: DType; readonly name?: string } = {},
): Tensor {
  return build("RFFT", [input, fftLength], { Tcomplex: options.tcomplex }, options);
}

/** The real signal of length `fftLength` from its non-negative frequencies. */
export function irfft(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly treal?: DType; readonly name?: string } = {},
): Tensor {
  return build("IRFFT", [input, fftLength], { Treal: options.treal }, options);
}

/** RFFT over the last dimension and FFT over the one before. */
export function rfft2d(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly tcomplex?: DType; readonly name?: string } = {},
): Tensor {
  return build("RFFT2D", [input, fftLength], { Tcomplex: options.tcomplex }, options);
}

/** Inverse of RFFT2D. */
export function irfft2d(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly treal?: DType; readonly name?: string } = {},
): Tensor {
  return build("IRFFT2D", [input, fftLength], { Treal: options.treal }, options);
}

/** RFFT over the last dimension and FFT over the two before. */
export function rfft3d(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly tcomplex?: DType; readonly name?: string } = {},
): Tensor {
  return build("RFFT3D", [input, fftLength], { Tcomplex: options.tcomplex }, options);
}

/** Inverse of RFFT3D. */
export function irfft3d(
  input: TensorLike,
  fftLength: TensorLike,
  options: { readonly treal?: DType; readonly name?: string } = {},
): Tensor {
  return build("IRFFT3D", [input, fftLength], { Treal: options.treal }, options);
}
