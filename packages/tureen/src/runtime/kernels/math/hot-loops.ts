import type { BinaryLoop } from "./broadcast.js";

// The loops of the ops that models spend their element-wise time in. Each is a function of its own for one array type on purpose: a loop
// shared between ops would call its operation through a pointer, and one shared between array types would test the type each time round.

type Unary = (x: Float32Array, out: Float32Array) => void;
type FloatLoop = BinaryLoop<Float32Array, Float32Array>;
type CompareLoop = BinaryLoop<Float32Array, Uint8Array>;
type Int32Loop = BinaryLoop<Int32Array, Int32Array>;
type Int64Loop = BinaryLoop<BigInt64Array, BigInt64Array>;

/** -x over float32. */
export const negFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i]!;
};

/** |x| over float32. */
export const absFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!);
};

/** x² over float32. */
export const squareFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const value = x[i]!;
    out[i] = value * value;
  }
};

/** √x over float32. */
export const sqrtFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!);
};

/** 1/√x over float32. */
export const rsqrtFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i]!);
};

/** e^x over float32. */
export const expFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]!);
};

/** Natural logarithm over float32. */
export const logFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]!);
};

/** ln(1 + x) over float32: what rounding 1 + x in double precision loses is far below a float32's last bit but for the smallest x. */
export const log1pFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const value = x[i]!;
    out[i] = value < 1e-4 && value > -1e-4 ? Math.log1p(value) : Math.log(1 + value);
  }
};

/** 1/x over float32. */
export const reciprocalFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 / x[i]!;
};

/** tanh over float32, by way of one exponential, which is several times faster than Math.tanh. */
export const tanhFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const value = x[i]!;
    const size = Math.abs(value);
    // Below 2^-6 the quotient loses digits to cancellation; two terms of the series are exact to float32 there.
    if (size < 0.015625) out[i] = value - (value * value * value) / 3;
    else if (size > 10) out[i] = value > 0 ? 1 : -1;
    else {
      const e = Math.exp(2 * value);
      out[i] = (e - 1) / (e + 1);
    }
  }
};

/** 1/(1+e^-x) over float32. */
export const sigmoidFloat32: Unary = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-x[i]!));
};

/** a + b over float32. */
export const addFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! + b[bi]!;
};

/** a - b over float32. */
export const subFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! - b[bi]!;
};

/** a · b over float32. */
export const mulFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! * b[bi]!;
};

/** a / b over float32. */
export const divFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! / b[bi]!;
};

/** The greater over float32; NaN wins. */
export const maximumFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = Math.max(a[ai]!, b[bi]!);
};

/** The lesser over float32; NaN wins. */
export const minimumFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = Math.min(a[ai]!, b[bi]!);
};

/** (a - b)² over float32. */
export const squaredDifferenceFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
    const difference = Math.fround(a[ai]! - b[bi]!);
    out[oi] = difference * difference;
  }
};

/** dy · y · (1 - y) over float32. */
export const sigmoidGradFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
    const y = a[ai]!;
    out[oi] = b[bi]! * y * (1 - y);
  }
};

/** dy · (1 - y²) over float32. */
export const tanhGradFloat32: FloatLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) {
    const y = a[ai]!;
    out[oi] = b[bi]! * (1 - y * y);
  }
};

/** a < b over float32. */
export const lessFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! < b[bi]! ? 1 : 0;
};

/** a ≤ b over float32. */
export const lessEqualFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! <= b[bi]! ? 1 : 0;
};

/** a > b over float32. */
export const greaterFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! > b[bi]! ? 1 : 0;
};

/** a ≥ b over float32. */
export const greaterEqualFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai]! >= b[bi]! ? 1 : 0;
};

/** a = b over float32. */
export const equalFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai] === b[bi] ? 1 : 0;
};

/** a ≠ b over float32. */
export const notEqualFloat32: CompareLoop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = a[ai] !== b[bi] ? 1 : 0;
};

/** a + b over int32, wrapping. */
export const addInt32: Int32Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = (a[ai]! + b[bi]!) | 0;
};

/** a - b over int32, wrapping. */
export const subInt32: Int32Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = (a[ai]! - b[bi]!) | 0;
};

/** a · b over int32, wrapping. */
export const mulInt32: Int32Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = Math.imul(a[ai]!, b[bi]!);
};

// BigInt.asIntN right around the operation lets the engine work on the 64-bit registers themselves.

/** a + b over int64, wrapping. */
export const addInt64: Int64Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = BigInt.asIntN(64, a[ai]! + b[bi]!);
};

/** a - b over int64, wrapping. */
export const subInt64: Int64Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = BigInt.asIntN(64, a[ai]! - b[bi]!);
};

/** a · b over int64, wrapping. */
export const mulInt64: Int64Loop = (a, ai, aStep, b, bi, bStep, out, oi, n) => {
  for (const end = oi + n; oi < end; oi++, ai += aStep, bi += bStep) out[oi] = BigInt.asIntN(64, a[ai]! * b[bi]!);
};
