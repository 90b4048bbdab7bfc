import type { BigArray, NumberArray } from "../math/element-wise.js";
import type { ReduceLoop } from "./reduction-plan.js";

// Floats add up in float64, which is at least as near to the true sum as TensorFlow's float32 packets. Integers of up to 32 bits wrap in
// int32, 64-bit ones in the store.

/** Sums of float32, the hot one. */
export const sumFloat32: ReduceLoop<Float32Array, Float64Array> = (x, xi, n, acc, oi, step) => {
  if (step === 0) {
    let total = acc[oi]!;
    for (const end = xi + n; xi < end; xi++) total += x[xi]!;
    acc[oi] = total;
  } else for (let i = 0; i < n; i++) acc[oi + i]! += x[xi + i]!;
};

/** Sums of other plain numbers. */
export const sumNumbers: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi]! += x[xi]!;
};

/** Wrapping sums of integers of up to 32 bits. */
export const sumInts: ReduceLoop<NumberArray, Int32Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = (acc[oi]! + x[xi]!) | 0;
};

/** Wrapping sums of 64-bit integers. */
export const sumBig: ReduceLoop<BigArray, BigArray> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = BigInt.asIntN(64, acc[oi]! + x[xi]!);
};

/** Sums of complex numbers. */
export const sumComplex: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) {
    acc[2 * oi]! += x[2 * xi]!;
    acc[2 * oi + 1]! += x[2 * xi + 1]!;
  }
};

/** Products of floats. */
export const productNumbers: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi]! *= x[xi]!;
};

/** Wrapping products of integers of up to 32 bits. */
export const productInts: ReduceLoop<NumberArray, Int32Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = Math.imul(acc[oi]!, x[xi]!);
};

/** Wrapping products of 64-bit integers. */
export const productBig: ReduceLoop<BigArray, BigArray> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = BigInt.asIntN(64, acc[oi]! * x[xi]!);
};

/** Products of complex numbers. */
export const productComplex: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) {
    const re = acc[2 * oi]!;
    const im = acc[2 * oi + 1]!;
    acc[2 * oi] = re * x[2 * xi]! - im * x[2 * xi + 1]!;
    acc[2 * oi + 1] = re * x[2 * xi + 1]! + im * x[2 * xi]!;
  }
};

/** Sums of squares. */
export const squaresNumbers: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi]! += x[xi]! * x[xi]!;
};

/** Wrapping sums of squares of integers of up to 32 bits. */
export const squaresInts: ReduceLoop<NumberArray, Int32Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = (acc[oi]! + Math.imul(x[xi]!, x[xi]!)) | 0;
};

/** Sums of squares of 64-bit integers. */
export const squaresBig: ReduceLoop<BigArray, BigArray> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = BigInt.asIntN(64, acc[oi]! + x[xi]! * x[xi]!);
};

/** Sums of squared absolute values of complex numbers. */
export const squaresComplex: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) {
    acc[2 * oi]! += x[2 * xi]! * x[2 * xi]! + x[2 * xi + 1]! * x[2 * xi + 1]!;
  }
};

// Comparing costs less than Math.max, whose result is stored each time: most elements change nothing.

/** Greatest of float32; NaN wins. */
export const maxFloat32: ReduceLoop<Float32Array, Float64Array> = (x, xi, n, acc, oi, step) => {
  if (step === 0) {
    let most = acc[oi]!;
    for (const end = xi + n; xi < end; xi++) {
      const value = x[xi]!;
      if (!(value <= most) && !Number.isNaN(most)) most = value;
    }
    acc[oi] = most;
  } else {
    for (const end = xi + n; xi < end; xi++, oi++) {
      const value = x[xi]!;
      const most = acc[oi]!;
      if (!(value <= most) && !Number.isNaN(most)) acc[oi] = value;
    }
  }
};

/** Least of float32; NaN wins. */
export const minFloat32: ReduceLoop<Float32Array, Float64Array> = (x, xi, n, acc, oi, step) => {
  if (step === 0) {
    let least = acc[oi]!;
    for (const end = xi + n; xi < end; xi++) {
      const value = x[xi]!;
      if (!(value >= least) && !Number.isNaN(least)) least = value;
    }
    acc[oi] = least;
  } else {
    for (const end = xi + n; xi < end; xi++, oi++) {
      const value = x[xi]!;
      const least = acc[oi]!;
      if (!(value >= least) && !Number.isNaN(least)) acc[oi] = value;
    }
  }
};

/** Greatest of other plain numbers; NaN wins. */
export const maxNumbers: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = Math.max(acc[oi]!, x[xi]!);
};

/** Greatest of 64-bit integers. */
export const maxBig: ReduceLoop<BigArray, BigArray> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) if (x[xi]! > acc[oi]!) acc[oi] = x[xi]!;
};

/** Least of plain numbers; NaN wins. */
export const minNumbers: ReduceLoop<NumberArray, Float64Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi] = Math.min(acc[oi]!, x[xi]!);
};

/** Least of 64-bit integers. */
export const minBig: ReduceLoop<BigArray, BigArray> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) if (x[xi]! < acc[oi]!) acc[oi] = x[xi]!;
};

/** Whether all are true. */
export const allTrue: ReduceLoop<Uint8Array, Uint8Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi]! &= x[xi]!;
};

/** Whether any is true. */
export const anyTrue: ReduceLoop<Uint8Array, Uint8Array> = (x, xi, n, acc, oi, step) => {
  for (const end = xi + n; xi < end; xi++, oi += step) acc[oi]! |= x[xi]!;
};
