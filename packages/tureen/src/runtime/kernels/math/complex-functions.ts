import type { ComplexBinary, ComplexUnary } from "./element-wise.js";

// Principal values. Branch cuts and formulas of the inverse functions: W. Kahan, "Branch Cuts for Complex Elementary Functions" (1987).

const p = new Float64Array(2);
const q = new Float64Array(2);

function put(out: Float64Array, re: number, im: number): void {
  out[0] = re;
  out[1] = im;
}

/** Sum. */
export const complexAdd: ComplexBinary = (ar, ai, br, bi, out) => put(out, ar + br, ai + bi);
/** Difference. */
export const complexSub: ComplexBinary = (ar, ai, br, bi, out) => put(out, ar - br, ai - bi);
/** Product. */
export const complexMul: ComplexBinary = (ar, ai, br, bi, out) => put(out, ar * br - ai * bi, ar * bi + ai * br);

/** Quotient, scaled by the larger part of the divisor lest squares overflow. */
export const complexDiv: ComplexBinary = (ar, ai, br, bi, out) => {
  if (Math.abs(br) >= Math.abs(bi)) {
    const ratio = bi / br;
    const scale = br + bi * ratio;
    put(out, (ar + ai * ratio) / scale, (ai - ar * ratio) / scale);
  } else {
    const ratio = br / bi;
    const scale = br * ratio + bi;
    put(out, (ar * ratio + ai) / scale, (ai * ratio - ar) / scale);
  }
};

/** (a - b) · conj(a - b), as TensorFlow squares a complex difference. */
export const complexSquaredDifference: ComplexBinary = (ar, ai, br, bi, out) =>
  put(out, (ar - br) * (ar - br) + (ai - bi) * (ai - bi), 0);

/** Exponential. */
export const complexExp: ComplexUnary = (re, im, out) => {
  const size = Math.exp(re);
  put(out, size * Math.cos(im), im === 0 ? im : size * Math.sin(im));
};

/** e^z - 1. */
export const complexExpm1: ComplexUnary = (re, im, out) => {
  const half = Math.sin(im / 2);
  put(out, Math.expm1(re) * Math.cos(im) - 2 * half * half, Math.exp(re) * Math.sin(im));
};

/** Natural logarithm. */
export const complexLog: ComplexUnary = (re, im, out) => put(out, Math.log(Math.hypot(re, im)), Math.atan2(im, re));

/** log(1 + z). */
export const complexLog1p: ComplexUnary = (re, im, out) =>
  put(out, 0.5 * Math.log1p(re * (2 + re) + im * im), Math.atan2(im, 1 + re));

/** log(1 + z) as the op Log1p has it: at -1 its formula gives no angle, unlike Xlog1py's. */
export const complexLog1pOp: ComplexUnary = (re, im, out) => {
  complexLog1p(re, im, out);
  if (re === -1 && im === 0) put(out, Number.NEGATIVE_INFINITY, Number.NaN);
};

/** Square root with a non-negative real part. */
export const complexSqrt: ComplexUnary = (re, im, out) => {
  if (re === 0 && im === 0) return put(out, 0, im);
  const size = Math.sqrt((Math.abs(re) + Math.hypot(re, im)) / 2);
  if (re >= 0) put(out, size, im / (2 * size));
  else put(out, Math.abs(im) / (2 * size), im < 0 || Object.is(im, -0) ? -size : size);
};

/** 1/√z; infinite at zero. */
export const complexRsqrt: ComplexUnary = (re, im, out) => {
  if (re === 0 && im === 0) return put(out, Number.POSITIVE_INFINITY, Number.NaN);
  complexSqrt(re, im, out);
  complexReciprocal(out[0]!, out[1]!, out);
};

/** 1/z. */
export const complexReciprocal: ComplexUnary = (re, im, out) => complexDiv(1, 0, re, im, out);
/** z². */
export const complexSquare: ComplexUnary = (re, im, out) => complexMul(re, im, re, im, out);
/** -z. */
export const complexNeg: ComplexUnary = (re, im, out) => put(out, -re, -im);
/** Complex conjugate. */
export const complexConj: ComplexUnary = (re, im, out) => put(out, re, -im);

/** z/|z|, 0 for 0. */
export const complexSign: ComplexUnary = (re, im, out) => {
  const size = Math.hypot(re, im);
  if (size === 0) put(out, 0, 0);
  else put(out, re / size, im / size);
};

/** 1/(1 + e^-z). */
export const complexSigmoid: ComplexUnary = (re, im, out) => {
  complexExp(-re, -im, out);
  complexReciprocal(1 + out[0]!, out[1]!, out);
};

/** Sine. */
export const complexSin: ComplexUnary = (re, im, out) =>
  put(out, Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
/** Cosine. */
export const complexCos: ComplexUnary = (re, im, out) =>
  put(out, Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
/** Hyperbolic sine. */
export const complexSinh: ComplexUnary = (re, im, out) =>
  put(out, Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im));
/** Hyperbolic cosine. */
export const complexCosh: ComplexUnary = (re, im, out) =>
  put(out, Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im));

/** Hyperbolic tangent. */
export const complexTanh: ComplexUnary = (re, im, out) => {
  // Beyond 20 the quotient overflows before it would differ from ±1 in float64.
  if (Math.abs(re) > 20) return put(out, Math.sign(re), 0);
  const scale = Math.cosh(2 * re) + Math.cos(2 * im);
  put(out, Math.sinh(2 * re) / scale, Math.sin(2 * im) / scale);
};

/** Tangent: tan z = -i tanh iz. */
export const complexTan: ComplexUnary = (re, im, out) => {
  complexTanh(-im, re, out);
  put(out, out[1]!, -out[0]!);
};

/** Inverse sine. */
export const complexAsin: ComplexUnary = (re, im, out) => {
  complexSqrt(1 - re, -im, p);
  complexSqrt(1 + re, im, q);
  put(out, Math.atan2(re, p[0]! * q[0]! - p[1]! * q[1]!), Math.asinh(p[0]! * q[1]! - p[1]! * q[0]!));
};

/** Inverse cosine. */
export const complexAcos: ComplexUnary = (re, im, out) => {
  complexSqrt(1 - re, -im, p);
  complexSqrt(1 + re, im, q);
  put(out, 2 * Math.atan2(p[0]!, q[0]!), Math.asinh(q[0]! * p[1]! - q[1]! * p[0]!));
};

/** Inverse hyperbolic cosine. */
export const complexAcosh: ComplexUnary = (re, im, out) => {
  complexSqrt(re - 1, im, p);
  complexSqrt(re + 1, im, q);
  put(out, Math.asinh(p[0]! * q[0]! + p[1]! * q[1]!), 2 * Math.atan2(p[1]!, q[0]!));
};

/** Inverse hyperbolic sine: asinh z = -i asin iz. */
export const complexAsinh: ComplexUnary = (re, im, out) => {
  complexAsin(-im, re, out);
  put(out, out[1]!, -out[0]!);
};

/** Inverse hyperbolic tangent. */
export const complexAtanh: ComplexUnary = (re, im, out) => {
  const near = (1 - re) * (1 - re) + im * im;
  put(out, 0.25 * Math.log1p((4 * re) / near), 0.5 * Math.atan2(2 * im, (1 - re) * (1 + re) - im * im));
};

/** Inverse tangent: atan z = -i atanh iz. */
export const complexAtan: ComplexUnary = (re, im, out) => {
  complexAtanh(-im, re, out);
  put(out, out[1]!, -out[0]!);
};

/** a^b; 0 to a power is 0, but 1 to the power 0. */
export const complexPow: ComplexBinary = (ar, ai, br, bi, out) => {
  if (ar === 0 && ai === 0) return br === 0 && bi === 0 ? put(out, 1, 0) : put(out, 0, 0);
  complexLog(ar, ai, out);
  complexMul(out[0]!, out[1]!, br, bi, out);
  complexExp(out[0]!, out[1]!, out);
};
