/** Spacing of float32 at 1. */
const epsilon = 2 ** -23;

/**
 * Solves `matrix` x = `right` for a square matrix, column-major and overwritten, into `solution`.
 *
 * A Householder QR factorization with column pivoting in float32, as TensorFlow has Eigen's `ColPivHouseholderQR` do it: it takes singular
 * matrices too, and what it gives for those decides which splits TensorFlow prefers.
 */
export function solveLeastSquares(matrix: Float32Array, right: Float32Array, solution: Float32Array): void {
  const n = right.length;
  const swaps = new Int32Array(n);
  const rest = Float32Array.from(right);
  const { norms, threshold } = columnNorms(matrix, n);
  let pivots = n;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let j = k + 1; j < n; j++) if (norms.current[j]! > norms.current[best]!) best = j;
    const biggest = Math.fround(norms.current[best]! * norms.current[best]!);
    if (pivots === n && biggest < Math.fround(threshold * (n - k))) pivots = k;
    swaps[k] = best;
    if (best !== k) {
      swapColumns(matrix, n, k, best);
      swap(norms.current, k, best);
      swap(norms.direct, k, best);
    }
    reflect(matrix, n, k, rest);
    updateNorms(matrix, n, k, norms);
  }
  solution.fill(0);
  if (pivots === 0) return;
  backSubstitute(matrix, n, pivots, rest);
  for (let i = 0; i < pivots; i++) solution[i] = rest[i]!;
  for (let k = n - 1; k >= 0; k--) if (swaps[k] !== k) swap(solution, k, swaps[k]!);
}

/** Norms of the columns' rest: as updated from step to step, and as last computed in full. */
interface ColumnNorms {
  readonly current: Float32Array;
  readonly direct: Float32Array;
}

function columnNorms(matrix: Float32Array, n: number): { norms: ColumnNorms; threshold: number } {
  const current = new Float32Array(n);
  let greatest = 0;
  for (let j = 0; j < n; j++) {
    current[j] = norm(matrix, j * n, (j + 1) * n);
    greatest = Math.max(greatest, current[j]!);
  }
  const scaled = Math.fround(greatest * epsilon);
  return {
    norms: { current, direct: current.slice() },
    threshold: Math.fround(Math.fround(scaled * scaled) / n),
  };
}

function norm(data: Float32Array, from: number, to: number): number {
  return Math.fround(Math.sqrt(sumOfSquares(data, from, to)));
}

function sumOfSquares(data: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = Math.fround(sum + Math.fround(data[i]! * data[i]!));
  return sum;
}

function swap(data: Float32Array, i: number, j: number): void {
  const kept = data[i]!;
  data[i] = data[j]!;
  data[j] = kept;
}

function swapColumns(matrix: Float32Array, n: number, a: number, b: number): void {
  for (let i = 0; i < n; i++) swap(matrix, a * n + i, b * n + i);
}

/** Turns column k below its diagonal to zero by a reflection, and applies it to the columns after it and to the right-hand side. */
function reflect(matrix: Float32Array, n: number, k: number, right: Float32Array): void {
  const at = k * n;
  const tail = sumOfSquares(matrix, at + k + 1, at + n);
  const head = matrix[at + k]!;
  // Below the smallest normal float there is nothing to reflect.
  if (tail <= 1.1754943508222875e-38) return;
  let beta = Math.fround(Math.sqrt(Math.fround(Math.fround(head * head) + tail)));
  if (head >= 0) beta = -beta;
  const scale = Math.fround(head - beta);
  for (let i = k + 1; i < n; i++) matrix[at + i] = matrix[at + i]! / scale;
  const tau = Math.fround(Math.fround(beta - head) / beta);
  matrix[at + k] = beta;
  for (let j = k + 1; j < n; j++) applyReflection(matrix, at, n, k, tau, matrix, j * n);
  applyReflection(matrix, at, n, k, tau, right, 0);
}

function applyReflection(
  matrix: Float32Array,
  reflector: number,
  n: number,
  k: number,
  tau: number,
  target: Float32Array,
  at: number,
): void {
  let dot = 0;
  for (let i = k + 1; i < n; i++) dot = Math.fround(dot + Math.fround(matrix[reflector + i]! * target[at + i]!));
  dot = Math.fround(dot + target[at + k]!);
  const step = Math.fround(tau * dot);
  target[at + k] = target[at + k]! - step;
  for (let i = k + 1; i < n; i++) {
    target[at + i] = target[at + i]! - Math.fround(step * matrix[reflector + i]!);
  }
}

/** Downdates the columns' norms; where too much has cancelled they are computed anew. */
function updateNorms(matrix: Float32Array, n: number, k: number, { current, direct }: ColumnNorms): void {
  for (let j = k + 1; j < n; j++) {
    const old = current[j]!;
    if (old === 0) continue;
    const share = Math.fround(Math.abs(matrix[j * n + k]!) / old);
    const left = Math.max(0, Math.fround(Math.fround(1 + share) * Math.fround(1 - share)));
    const ratio = Math.fround(old / direct[j]!);
    if (Math.fround(left * Math.fround(ratio * ratio)) <= Math.fround(Math.sqrt(epsilon))) {
      direct[j] = norm(matrix, j * n + k + 1, (j + 1) * n);
      current[j] = direct[j]!;
    } else {
      current[j] = old * Math.fround(Math.sqrt(left));
    }
  }
}

/** Solves the upper triangle; a zero on the right stays zero even above a zero pivot, as in Eigen. */
function backSubstitute(matrix: Float32Array, n: number, size: number, right: Float32Array): void {
  for (let i = size - 1; i >= 0; i--) {
    if (right[i] === 0) continue;
    right[i] = right[i]! / matrix[i * n + i]!;
    for (let j = 0; j < i; j++) right[j] = right[j]! - Math.fround(right[i]! * matrix[i * n + j]!);
  }
}
