import { type DenseMatrix, luOf, luSolve, zeroMatrix } from "./dense-matrix.js";

/** What a zero pivot becomes where the caller would rather have a huge solution than none: the square root of float64's precision. */
const perturbation = 2 ** -26;

/** The whole matrix of its three diagonals: above, main, below. */
function wholeOf(bands: DenseMatrix): DenseMatrix {
  const n = bands.columns;
  const whole = zeroMatrix(n, n);
  for (let i = 0; i < n; i++) {
    for (const [row, j] of [
      [0, i + 1],
      [1, i],
      [2, i - 1],
    ] as const) {
      if (j < 0 || j >= n) continue;
      whole.re[i * n + j] = bands.re[row * n + i]!;
      whole.im[i * n + j] = bands.im[row * n + i]!;
    }
  }
  return whole;
}

/** Solves a tridiagonal system; NaN where it is singular, as TensorFlow gives. */
export function solveTridiagonal(
  bands: DenseMatrix,
  rhs: DenseMatrix,
  pivoting: boolean,
  perturb: boolean,
  isReal: boolean,
): DenseMatrix {
  const n = bands.columns;
  if (n === 0) return rhs;
  if (pivoting) {
    const factor = luOf(wholeOf(bands));
    for (let i = 0; i < n; i++) {
      const at = i * n + i;
      if (factor.lu.re[at] !== 0 || factor.lu.im[at] !== 0) continue;
      if (!perturb) return noSolution(rhs, isReal);
      factor.lu.re[at] = perturbation;
    }
    return luSolve(factor, rhs);
  }
  return eliminate(bands, rhs) ?? noSolution(rhs, isReal);
}

/** TensorFlow fills with quiet NaN, which C++ makes 0 for complex numbers. */
function noSolution(rhs: DenseMatrix, isReal: boolean): DenseMatrix {
  return isReal ? { ...rhs, re: rhs.re.map(() => Number.NaN) } : zeroMatrix(rhs.rows, rhs.columns);
}

/** Thomas' algorithm; undefined where a pivot is zero. */
function eliminate(bands: DenseMatrix, rhs: DenseMatrix): DenseMatrix | undefined {
  const n = bands.columns;
  const width = rhs.columns;
  const whole = wholeOf(bands);
  const x: DenseMatrix = { ...rhs, re: rhs.re.slice(), im: rhs.im.slice() };
  for (let i = 0; i < n; i++) {
    const [pr, pi] = [whole.re[i * n + i]!, whole.im[i * n + i]!];
    const norm = pr * pr + pi * pi;
    if (norm === 0) return undefined;
    if (i + 1 === n) break;
    const [sr, si] = [whole.re[(i + 1) * n + i]!, whole.im[(i + 1) * n + i]!];
    const [fr, fi] = [(sr * pr + si * pi) / norm, (si * pr - sr * pi) / norm];
    subtract(whole, (i + 1) * n + i + 1, i * n + i + 1, fr, fi);
    for (let j = 0; j < width; j++) subtract(x, (i + 1) * width + j, i * width + j, fr, fi);
  }
  for (let i = n - 1; i >= 0; i--) {
    const [pr, pi] = [whole.re[i * n + i]!, whole.im[i * n + i]!];
    const norm = pr * pr + pi * pi;
    for (let j = 0; j < width; j++) {
      const at = i * width + j;
      if (i + 1 < n) {
        const above = i * n + i + 1;
        subtract(x, at, at + width, whole.re[above]!, whole.im[above]!);
      }
      const [xr, xi] = [x.re[at]!, x.im[at]!];
      x.re[at] = (xr * pr + xi * pi) / norm;
      x.im[at] = (xi * pr - xr * pi) / norm;
    }
  }
  return x;
}

/** m[to] -= f · m[from]. */
function subtract(m: DenseMatrix, to: number, from: number, fr: number, fi: number): void {
  const [xr, xi] = [m.re[from]!, m.im[from]!];
  m.re[to] = m.re[to]! - (fr * xr - fi * xi);
  m.im[to] = m.im[to]! - (fr * xi + fi * xr);
}
