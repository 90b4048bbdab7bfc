import type { DType } from "../../core/dtype.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** The modified Bessel function I₀. */
export function besselI0(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselI0", [x], {}, options);
}

/** The modified Bessel function I₁. */
export function besselI1(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselI1", [x], {}, options);
}

/** The Bessel function J₀. */
export function besselJ0(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselJ0", [x], {}, options);
}

/** The Bessel function J₁. */
export function besselJ1(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselJ1", [x], {}, options);
}

/** The modified Bessel function K₀. */
export function besselK0(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselK0", [x], {}, options);
}

/** e^x K₀(x). */
export function besselK0e(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselK0e", [x], {}, options);
}

/** The modified Bessel function K₁. */
export function besselK1(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselK1", [x], {}, options);
}

/** e^x K₁(x). */
export function besselK1e(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselK1e", [x], {}, options);
}

/** The Bessel function Y₀. */
export function besselY0(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselY0", [x], {}, options);
}

/** The Bessel function Y₁. */
export function besselY1(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselY1", [x], {}, options);
}

/** Dawson's integral. */
export function dawsn(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Dawsn", [x], {}, options);
}

/** The exponential integral Ei. */
export function expint(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Expint", [x], {}, options);
}

/** Fresnel's integral of cos πt²/2. */
export function fresnelCos(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FresnelCos", [x], {}, options);
}

/** Fresnel's integral of sin πt²/2. */
export function fresnelSin(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("FresnelSin", [x], {}, options);
}

/** Spence's function, the dilogarithm of 1 - x. */
export function spence(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Spence", [x], {}, options);
}

/** How many bits are set in each element. */
export function populationCount(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("PopulationCount", [x], {}, options);
}

/** Whether a scalar is not zero or empty, or a tensor has elements. */
export function toBool(input: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("ToBool", [input], {}, options);
}

/** How many values lie in each of `nbins` equal parts of a range; those beyond it in the first and last. */
export function histogramFixedWidth(
  values: TensorLike,
  valueRange: TensorLike,
  nbins: TensorLike,
  options: { readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("HistogramFixedWidth", [values, valueRange, nbins], { dtype: options.dtype }, options);
}

/** The coordinates of flat indices, one row a dimension. */
export function unravelIndex(indices: TensorLike, dims: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("UnravelIndex", [indices, dims], {}, options);
}
