import { solveLeastSquares } from "./solve-least-squares.js";

/** TensorFlow's `GainIsLarger`: by more than the noise of a float. */
export function isLargerGain(a: number, b: number): boolean {
  return Math.fround(a - b) >= gainTolerance;
}

/** TensorFlow's `GainsAreEqual`. */
export function areEqualGains(a: number, b: number): boolean {
  return Math.abs(Math.fround(a - b)) < gainTolerance;
}

/** By how much gains, and curvatures 0, must differ to count as different: TensorFlow's kTolerance and kEps, which it stores as a float. */
export const gainTolerance: number = Math.fround(1e-15);

/** Lowest finite float32: the gain of no split. */
export const lowestGain: number = -Math.fround(3.4028234663852886e38);

/**
 * The weight that lowers the loss most for a sum of gradients and of Hessians of one class, and the gain of doing so; float32 throughout,
 * for candidates are compared exactly.
 *
 * The weight goes into `weight[at]`. `l1` and `l2` regularize: TensorFlow's `CalculateWeightsAndGains`.
 */
export function scalarGain(
  gradient: number,
  hessian: number,
  l1: number,
  l2: number,
  weight: Float32Array,
  at: number,
): number {
  let regularized = gradient;
  if (l1 > 0) {
    if (gradient > l1) regularized = Math.fround(gradient - l1);
    else if (gradient < -l1) regularized = Math.fround(gradient + l1);
    else {
      weight[at] = 0;
      return 0;
    }
  }
  const curvature = Math.fround(hessian + l2);
  if (curvature <= gainTolerance) {
    weight[at] = 0;
    return 0;
  }
  const best = Math.fround(-regularized / curvature);
  weight[at] = best;
  return Math.fround(-regularized * best);
}

/**
 * `scalarGain` for several classes: `hessian` holds the full matrix or its diagonal, told apart by its length.
 *
 * The weights go into `weight`; l1 has no effect, as in TensorFlow.
 */
export function vectorGain(gradient: Float32Array, hessian: Float32Array, l2: number, weight: Float32Array): number {
  const n = gradient.length;
  if (hessian.length === n) return diagonalGain(gradient, hessian, l2, weight);
  const matrix = new Float32Array(n * n);
  for (let i = 0; i < n * n; i++) matrix[i] = hessian[i]! + (i % (n + 1) === 0 ? l2 : 0);
  return solvedGain(matrix, gradient, weight);
}

function diagonalGain(gradient: Float32Array, hessian: Float32Array, l2: number, weight: Float32Array): number {
  const n = gradient.length;
  const diagonal = new Float32Array(n);
  for (let i = 0; i < n; i++) diagonal[i] = hessian[i]! + l2;
  if (diagonal.includes(0)) {
    const matrix = new Float32Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * (n + 1)] = diagonal[i]!;
    return solvedGain(matrix, gradient, weight);
  }
  let gain = 0;
  for (let i = 0; i < n; i++) {
    weight[i] = -Math.fround(1 / diagonal[i]!) * gradient[i]!;
    gain = Math.fround(gain + Math.fround(-gradient[i]! * weight[i]!));
  }
  return gain;
}

function solvedGain(matrix: Float32Array, gradient: Float32Array, weight: Float32Array): number {
  solveLeastSquares(matrix, gradient, weight);
  let gain = 0;
  for (let i = 0; i < weight.length; i++) {
    weight[i] = -weight[i]!;
    gain = Math.fround(gain + Math.fround(-gradient[i]! * weight[i]!));
  }
  return gain;
}
