import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** |x|, element by element. */
export function abs(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Abs", [x], {}, options);
}

/** Inverse cosine, element by element. */
export function acos(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Acos", [x], {}, options);
}

/** Inverse hyperbolic cosine, element by element. */
export function acosh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Acosh", [x], {}, options);
}

/** Inverse sine, element by element. */
export function asin(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Asin", [x], {}, options);
}

/** Inverse hyperbolic sine, element by element. */
export function asinh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Asinh", [x], {}, options);
}

/** Inverse tangent, element by element. */
export function atan(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Atan", [x], {}, options);
}

/** Inverse hyperbolic tangent, element by element. */
export function atanh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Atanh", [x], {}, options);
}

/** e^-|x| I₀(x), the exponentially scaled modified Bessel function of order 0, element by element. */
export function besselI0e(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselI0e", [x], {}, options);
}

/** e^-|x| I₁(x), the exponentially scaled modified Bessel function of order 1, element by element. */
export function besselI1e(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("BesselI1e", [x], {}, options);
}

/** The least integer not below x, element by element. */
export function ceil(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Ceil", [x], {}, options);
}

/** Complex conjugate, element by element. */
export function conj(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Conj", [x], {}, options);
}

/** Cosine, element by element. */
export function cos(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Cos", [x], {}, options);
}

/** Hyperbolic cosine, element by element. */
export function cosh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Cosh", [x], {}, options);
}

/** The derivative of lgamma, element by element. */
export function digamma(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Digamma", [x], {}, options);
}

/** The error function, element by element. */
export function erf(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Erf", [x], {}, options);
}

/** 1 - erf(x), element by element. */
export function erfc(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Erfc", [x], {}, options);
}

/** The inverse of erf, element by element. */
export function erfinv(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Erfinv", [x], {}, options);
}

/** e^x, element by element. */
export function exp(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Exp", [x], {}, options);
}

/** e^x - 1, element by element. */
export function expm1(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Expm1", [x], {}, options);
}

/** The greatest integer not above x, element by element. */
export function floor(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Floor", [x], {}, options);
}

/** 1/x, element by element. */
export function inv(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Inv", [x], {}, options);
}

/** The bits of x flipped, element by element. */
export function invert(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Invert", [x], {}, options);
}

/** Whether x is neither infinite nor NaN, element by element. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the builder has its op's name
export function isFinite(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IsFinite", [x], {}, options);
}

/** Whether x is infinite, element by element. */
export function isInf(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IsInf", [x], {}, options);
}

/** Whether x is NaN, element by element. */
export function isNan(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("IsNan", [x], {}, options);
}

/** The logarithm of the absolute value of the gamma function, element by element. */
export function lgamma(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Lgamma", [x], {}, options);
}

/** Natural logarithm, element by element. */
export function log(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Log", [x], {}, options);
}

/** log(1 + x), element by element. */
export function log1p(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Log1p", [x], {}, options);
}

/** Whether x is false, element by element. */
export function logicalNot(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("LogicalNot", [x], {}, options);
}

/** The quantile function of the standard normal distribution, element by element. */
export function ndtri(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Ndtri", [x], {}, options);
}

/** -x, element by element. */
export function neg(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Neg", [x], {}, options);
}

/** 1/x, element by element. */
export function reciprocal(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Reciprocal", [x], {}, options);
}

/** The nearest integer, halves to even, element by element. */
export function rint(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Rint", [x], {}, options);
}

/** The nearest integer, halves to even, element by element. */
export function round(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Round", [x], {}, options);
}

/** 1/√x, element by element. */
export function rsqrt(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Rsqrt", [x], {}, options);
}

/** 1/(1 + e^-x), element by element. */
export function sigmoid(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sigmoid", [x], {}, options);
}

/** -1, 0 or 1; for complex numbers x/|x|, element by element. */
export function sign(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sign", [x], {}, options);
}

/** Sine, element by element. */
export function sin(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sin", [x], {}, options);
}

/** Hyperbolic sine, element by element. */
export function sinh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sinh", [x], {}, options);
}

/** √x, element by element. */
export function sqrt(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Sqrt", [x], {}, options);
}

/** x², element by element. */
export function square(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Square", [x], {}, options);
}

/** Tangent, element by element. */
export function tan(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Tan", [x], {}, options);
}

/** Hyperbolic tangent, element by element. */
export function tanh(x: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("Tanh", [x], {}, options);
}
